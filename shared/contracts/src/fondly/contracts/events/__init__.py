"""The events that the services exchange: CloudEvents 1.0 envelopes around small typed data.

An event carries references and counts, never rows, which are passed through S3. Its id follows from its type,
run and cause, so an event announced twice keeps its id. The tests contain a sample of every version.
"""

from fondly.contracts.events.emails import (
    EmailBounced as EmailBounced,
)
from fondly.contracts.events.emails import (
    EmailFinished as EmailFinished,
)
from fondly.contracts.events.emails import (
    EmailSent as EmailSent,
)
from fondly.contracts.events.emails import (
    EmailSuppressed as EmailSuppressed,
)
from fondly.contracts.events.envelope import (
    Data as Data,
)
from fondly.contracts.events.envelope import (
    Event as Event,
)
from fondly.contracts.events.envelope import (
    EventData as EventData,
)
from fondly.contracts.events.envelope import (
    event_type as event_type,
)
from fondly.contracts.events.envelope import (
    new_event as new_event,
)
from fondly.contracts.events.envelope import (
    parse_event as parse_event,
)
from fondly.contracts.events.polls import (
    DeliverPart as DeliverPart,
)
from fondly.contracts.events.polls import (
    Poll as Poll,
)
from fondly.contracts.events.polls import (
    RecommenderPoll as RecommenderPoll,
)
from fondly.contracts.events.polls import (
    Round as Round,
)
from fondly.contracts.events.polls import (
    SenderPoll as SenderPoll,
)
from fondly.contracts.events.runs import (
    DataIngested as DataIngested,
)
from fondly.contracts.events.runs import (
    InteractionsIngested as InteractionsIngested,
)
from fondly.contracts.events.runs import (
    PartData as PartData,
)
from fondly.contracts.events.runs import (
    PartNumber as PartNumber,
)
from fondly.contracts.events.runs import (
    RecommendationsReady as RecommendationsReady,
)
from fondly.contracts.events.runs import (
    RunFinished as RunFinished,
)
from fondly.contracts.events.runs import (
    SentimentScored as SentimentScored,
)
