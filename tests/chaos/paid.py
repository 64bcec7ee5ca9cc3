"""Counts the paid work of calls, as the proxy sees them."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from tests.chaos.calls import Call, Reply

CONVERSE_PROMPTS = "Converse prompts"
COMPREHEND_DOCUMENTS = "Comprehend documents"
PERSONALIZE_CREATES = "Personalize creates"
_FACTS = re.compile(r"<facts>(.*)</facts>", re.DOTALL)


@dataclass
class Bill:
    """Paid work whose answer was delivered, by kind and by what was requested.

    `undelivered` counts work whose answer the proxy cut off: no client can know that it was done.
    """

    delivered: dict[str, Counter[str]] = field(
        default_factory=lambda: {
            kind: Counter() for kind in (CONVERSE_PROMPTS, COMPREHEND_DOCUMENTS, PERSONALIZE_CREATES)
        }
    )
    undelivered: Counter[str] = field(default_factory=Counter)
    most_in_flight: Counter[str] = field(default_factory=Counter)
    """The most work of a kind that one process had asked for and not been answered, at any moment."""
    _in_flight: Counter[tuple[str, str]] = field(default_factory=Counter)

    @contextmanager
    def asking(self, call: Call) -> Iterator[None]:
        """Count the call's work as in flight meanwhile."""
        kind, units = _asked(call)
        place = (call.caller, kind)
        self._in_flight[place] += units
        self.most_in_flight[kind] = max(self.most_in_flight[kind], self._in_flight[place])
        try:
            yield
        finally:
            self._in_flight[place] -= units

    def record(self, call: Call, reply: Reply, *, delivered: bool) -> None:
        """Count a call by its reply and by whether the caller got that reply."""
        if not reply.is_ok:
            return
        kind, requested = _work(call, reply)
        if delivered:
            self.delivered.get(kind, Counter[str]()).update(requested)
        elif requested:
            self.undelivered[kind] += len(requested)

    def total(self, kind: str) -> int:
        """How much work of a kind was delivered."""
        return self.delivered[kind].total()

    def repeated(self, kind: str) -> int:
        """How much work of a kind was delivered again, compared request by request."""
        return self.total(kind) - len(self.delivered[kind])

    def excess_over(self, calm: "Bill", kind: str) -> int:
        """How much more work of a kind was delivered than in a calm run, compared request by request."""
        return (self.delivered[kind] - calm.delivered[kind]).total()


def prompts(call: Call) -> list[str]:
    """What a call asks the model, as digests: each product alone, though several are asked about at once."""
    text = "".join(block.get("text", "") for each in call.json["messages"] for block in each["content"])
    found = _FACTS.search(text)
    facts = json.loads(found[1]) if found else {}
    products = facts.get("products")
    if not isinstance(products, list):
        return [_digest(call.json.get("system"), text)]
    return [_digest(call.json.get("system"), {**facts, "products": _unnumbered(each)}) for each in products]


def _unnumbered(product: Mapping[str, Any]) -> dict[str, Any]:
    slots = [slot.partition(".")[2] for slot in product.get("slots", ())]
    return {**product, "n": 1, "slots": slots}


def _digest(*asked: object) -> str:
    return sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _asked(call: Call) -> tuple[str, int]:
    """The kind of paid work that a call asks for, and how much; an empty kind for free calls."""
    if call.operation == "Converse":
        return CONVERSE_PROMPTS, len(prompts(call))
    if call.service == "comprehend" and "Detect" in call.operation:
        return COMPREHEND_DOCUMENTS, len(call.json.get("TextList", ["one"]))
    if call.service == "personalize" and call.operation.startswith("Create"):
        return PERSONALIZE_CREATES, 1
    return "", 0


def _work(call: Call, reply: Reply) -> tuple[str, list[str]]:
    """The kind of paid work and what was requested; an empty kind for free calls."""
    if call.operation == "Converse":
        return CONVERSE_PROMPTS, prompts(call)
    if call.operation.startswith("BatchDetect"):
        question, texts = call.operation.removeprefix("BatchDetect"), call.json["TextList"]
        return COMPREHEND_DOCUMENTS, [
            f"{question} {texts[result['Index']]}" for result in reply.json["ResultList"]
        ]
    if call.operation.startswith("Detect"):
        return COMPREHEND_DOCUMENTS, [f"{call.operation.removeprefix('Detect')} {call.json['Text']}"]
    if call.service == "personalize" and call.operation.startswith("Create"):
        name = call.json.get("name") or call.json.get("jobName") or ""
        return PERSONALIZE_CREATES, [f"{call.operation} {name}"]
    return "", []
