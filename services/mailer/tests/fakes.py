"""Doubles of the mailer's ports; `integration/test_ports.py` runs the same tests on their originals."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

from fondly.contracts.errors import TransientError
from fondly.contracts.records import EmailRecord
from fondly.mailer.domain.copy.fields import HEADLINES, TEXTS
from fondly.mailer.domain.facts.features import ProductFeatures
from fondly.mailer.domain.slots import FIRST_NAME, renumbered, slots_in
from fondly.mailer.ports import Claim, ModelMessage, ModelReply
from fondly.runtime.quota.turns import WithdrawnError

MODEL = "anthropic.claude-haiku-5-5"
KINDS = (
    *("USB Cables", "Kettles", "Desk Lamps", "Headphones", "Notebooks", "Water Bottles", "Hoses"),
    *("Bookshelves", "Mugs", "Desk Mats", "Blankets", "Yoga Mats"),
)
"""The kinds of the products of `conftest`, by number."""


class InMemoryEmailRecords:
    """The table of finished emails in a dictionary, each as the JSON it is stored as."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], Mapping[str, Any]] = {}

    async def put_all(self, records: Sequence[EmailRecord]) -> None:
        """Store every record."""
        assert len({(record.run_id, record.customer_id) for record in records}) == len(records)
        for record in records:
            self.items[record.run_id, record.customer_id] = record.model_dump(mode="json")

    async def existing(self, run_id: str, customer_ids: Sequence[str]) -> dict[str, EmailRecord]:
        """Return the records of those customers who have one."""
        found = {customer_id: self.items.get((run_id, customer_id)) for customer_id in customer_ids}
        return {key: EmailRecord.model_validate(item) for key, item in found.items() if item}


class InMemoryFeatureRecords:
    """The table of product features in a dictionary."""

    def __init__(self, *records: ProductFeatures) -> None:
        self.items = {record.product_id: record for record in records}

    async def put_all(self, records: Sequence[ProductFeatures]) -> None:
        """Store every record."""
        self.items.update({record.product_id: record for record in records})

    async def existing(self, product_ids: Sequence[str]) -> dict[str, ProductFeatures]:
        """Return the records of those products that have one."""
        return {product_id: self.items[product_id] for product_id in product_ids if product_id in self.items}


class InMemoryModel:
    """Gives its replies in turn, the last one forever, and keeps the conversations.

    `throttled_from` and `hangs_at` are the numbers of the first call that is throttled or never answered.
    """

    def __init__(self, *replies: ModelReply) -> None:
        self.replies = list(replies)
        self.calls = 0
        self.conversations: list[Sequence[ModelMessage]] = []
        self.system = self.schema = ""
        self.throttled_from: int | None = None
        self.hangs_at: int | None = None
        self.hanging = asyncio.Event()

    async def converse(
        self,
        system: str,
        messages: Sequence[ModelMessage],
        *,
        schema: str,
        max_tokens: int,
        claim: Claim | None = None,
    ) -> ModelReply:
        """Reply, and refuse a conversation that Bedrock would refuse."""
        assert max_tokens > 0
        if claim and not await claim():
            raise WithdrawnError
        self.system, self.schema = system, schema
        self.calls += 1
        self.conversations.append(messages)
        await asyncio.sleep(0)
        if self.throttled_from is not None and self.calls >= self.throttled_from:
            raise TransientError("ThrottlingException: Too many requests")
        if self.hangs_at is not None and self.calls >= self.hangs_at:
            self.hanging.set()
            await asyncio.Event().wait()
        if refusal := _refusal(messages):
            return ModelReply(refusal=f"ValidationException: {refusal}")
        return self.reply_to(messages[-1].text)

    def reply_to(self, text: str) -> ModelReply:
        """Return the reply to a message that Bedrock would accept."""
        assert text
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


class InMemoryWriter(InMemoryModel):
    """Answers each question with its part of what a whole email says; with `replies` if it has any.

    Headlines are about product 1 there. A product that they do not suit has others, and no line gets one.
    """

    def __init__(self, words: Mapping[str, Any]) -> None:
        super().__init__()
        self.words = words

    def reply_to(self, text: str) -> ModelReply:
        """Write a frame, or the texts on each product; a product has no features."""
        if self.replies:
            return super().reply_to(text)
        facts, answer = asked(text), dict[str, object]()
        if facts["task"] == "frame":
            answer = {name: self.words[name] for name in TEXTS}
        elif facts["task"] == "product":
            answer = {"products": {str(each["n"]): self._product(each) for each in facts["products"]}}
        return ModelReply(text=json.dumps(answer), input_tokens=1_000, output_tokens=300)

    def _product(self, told: Mapping[str, Any]) -> dict[str, list[str]]:
        number, at = told["n"], KINDS.index(told["kind"]) + 1 if told["kind"] in KINDS else 1
        lines = self.words["lines"].get(str(at), [])
        headlines = {name: self._suitable(self.words[name], told) for name in HEADLINES}
        return headlines | {"line": [renumbered(each, at, number) for each in lines]}

    def _suitable(self, texts: Sequence[str], told: Mapping[str, Any]) -> list[str]:
        own = [renumbered(each, 1, told["n"]) for each in texts]
        known = {*told["slots"], FIRST_NAME}
        return [each for each in own if known.issuperset(slots_in(each))] or [
            f"A word on {{{told['n']}.name}}."
        ]


def asked(text: str) -> dict[str, Any]:
    """Return the facts of a message."""
    found: dict[str, Any] = json.loads(text.split("<facts>\n")[1].split("\n</facts>", maxsplit=1)[0])
    return found


def _refusal(messages: Sequence[ModelMessage]) -> str | None:
    roles = [message.role for message in messages]
    if not roles or roles[-1] != "user" or roles != [("user", "assistant")[n % 2] for n in range(len(roles))]:
        return "A conversation must alternate between user and assistant, and end with the user."
    if not all(message.text.strip() for message in messages):
        return "The text field is blank."
    return None
