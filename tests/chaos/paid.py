"""Counts work that AWS bills by the call, as seen from between the services and AWS."""

from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256

from tests.chaos.calls import Call, Reply

EMAILS = "Converse calls"
DOCUMENTS = "Comprehend documents"
RESOURCES = "Personalize creates"


@dataclass
class Bill:
    """What was done and answered, by kind of work and by what was asked for.

    `unseen` are pieces of work whose answer we cut off: no client can know that they were done.
    """

    done: dict[str, Counter[str]] = field(
        default_factory=lambda: {kind: Counter() for kind in (EMAILS, DOCUMENTS, RESOURCES)}
    )
    unseen: Counter[str] = field(default_factory=Counter)

    def note(self, call: Call, reply: Reply, *, delivered: bool) -> None:
        """Count one call that was answered, and whether the answer went out."""
        if not reply.is_ok:
            return
        kind, asked = _work(call, reply)
        if delivered:
            self.done.get(kind, Counter[str]()).update(asked)
        elif asked:
            self.unseen[kind] += len(asked)

    def total(self, kind: str) -> int:
        """How many pieces of work of a kind were delivered."""
        return self.done[kind].total()

    def beyond(self, calm: "Bill", kind: str) -> int:
        """How many pieces of work were delivered that a calm run does not need, or not as often."""
        return (self.done[kind] - calm.done[kind]).total()


def _work(call: Call, reply: Reply) -> tuple[str, list[str]]:
    """The kind of paid work that a call was and what it was about; a kind of nothing for free calls."""
    if call.operation == "Converse":
        return EMAILS, [sha256(call.body).hexdigest()]
    if call.operation == "BatchDetectSentiment":
        texts = call.json["TextList"]
        return DOCUMENTS, [texts[result["Index"]] for result in reply.json["ResultList"]]
    if call.operation == "DetectSentiment":
        return DOCUMENTS, [call.json["Text"]]
    if call.service == "personalize" and call.operation.startswith("Create"):
        name = call.json.get("name") or call.json.get("jobName") or ""
        return RESOURCES, [f"{call.operation} {name}"]
    return "", []
