"""A stage's messages to its own queue, which `fondly runs retry` sends again. No topic carries them."""

from enum import StrEnum

from fondly.contracts.events.envelope import EventData
from fondly.contracts.events.runs import PartNumber
from fondly.contracts.records import Count


class Poll(EventData):
    """A stage's delayed message to itself, to look again at a job or a delivery."""

    topic = ""
    attempt: Count

    @property
    def cause(self) -> str:
        """The attempt number."""
        return f"poll-{self.attempt}"


class RecommenderPoll(Poll):
    """The recommender's."""

    type = "fondly.recommender-poll.v1"


class SenderPoll(Poll):
    """The sender's, which is also sent when somebody has decided about a delivery."""

    type = "fondly.sender-poll.v1"


class DeliverPart(EventData):
    """The sender's message to itself about one part of a run whose emails may be delivered."""

    type = "fondly.deliver-part.v1"
    topic = ""
    part: PartNumber
    release: Count = 0
    """How often the run's parts have been released: a later release is another event."""
    doubted: tuple[str, ...] = ()
    """Customers whose emails were in doubt: nothing is delivered, only what was recorded late is told."""
    refuted: bool = False
    """Whether their mail server's log shows that none of these was accepted: they are tried again."""

    @property
    def cause(self) -> str:
        """The release and the part, and whose emails were in doubt."""
        cause, why = f"release-{self.release}-part-{self.part}", "refuted" if self.refuted else "doubted"
        return "\n".join((f"{cause}-{why}", *self.doubted)) if self.doubted else cause


class Round(StrEnum):
    """Work that the recommender shares out among its tasks, in order: each ends before the next begins."""

    PREPARE = "prepare"
    """Write what Personalize imports and ranks for, count what the customers share, and remember them."""
    GATHER = "gather"
    """Do the same for the customers of earlier files whom this one does not have."""
    STUDY = "study"
    """Count which products customers have together, by family."""
    SELECT = "select"
    """Turn rankings into products."""
