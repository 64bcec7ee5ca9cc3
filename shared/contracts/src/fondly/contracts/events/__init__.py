"""The events that the services exchange: CloudEvents 1.0 envelopes around small typed data.

An event carries references and counts, never rows, which are passed through S3. Its id follows from its type,
run and cause, so an event announced twice keeps its id. The tests contain a sample of every version.
"""

from fondly.contracts.events.emails import EmailBounced, EmailFinished, EmailSent, EmailSuppressed
from fondly.contracts.events.envelope import Data, Event, EventData, event_type, new_event, parse_event
from fondly.contracts.events.polls import DeliverPart, Poll, RecommenderPoll, Round, SenderPoll
from fondly.contracts.events.runs import (
    DataIngested,
    InteractionsIngested,
    PartData,
    PartNumber,
    RecommendationsReady,
    RenderPart,
    RunFinished,
    SafetyReported,
    SentimentScored,
)
from fondly.contracts.events.runs import (
    UploadRead as UploadRead,
)
