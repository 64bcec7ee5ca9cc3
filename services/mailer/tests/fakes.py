"""Doubles of the mailer's ports; `integration/test_ports.py` runs the same tests on their originals."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

from fondly.contracts.errors import TransientError
from fondly.mailer.domain.copy.fields import HEADLINES, frame_fields
from fondly.mailer.domain.copy.prompt import Prompt
from fondly.mailer.domain.facts.experience import Occasion
from fondly.mailer.domain.slots import FIRST_NAME, renumbered, slots_in
from fondly.mailer.ports import ModelReply
from fondly.runtime.quota.turns import Lock, WithdrawnError

MODEL = "global.anthropic.claude-haiku-5-5"
LIE = "It was forged by monks."
"""What no rule of words knows, and the judge refuses."""
KINDS = (
    *("USB cable", "kettle", "desk lamp", "headphones", "notebook", "water bottle", "hose"),
    *("bookshelf", "mug", "desk mat", "blanket", "yoga mat"),
)
"""The kinds of the products of `conftest`, by number."""


class InMemoryModel:
    """Gives its replies in turn, the last one forever, and keeps the prompts.

    `throttled_from` and `hangs_at` are the numbers of the first call that is throttled or never answered.
    """

    def __init__(self, *replies: ModelReply) -> None:
        self.replies = list(replies)
        self.calls = 0
        self.prompts: list[Prompt] = []
        self.throttled_from: int | None = None
        self.hangs_at: int | None = None
        self.hanging = asyncio.Event()

    async def ask(self, prompt: Prompt, *, lock: Lock | None = None) -> ModelReply:
        """Reply, and refuse a text that Bedrock would refuse."""
        assert prompt.max_chars > 0
        if lock and not await lock():
            raise WithdrawnError
        self.calls += 1
        self.prompts.append(prompt)
        await asyncio.sleep(0)
        if self.throttled_from is not None and self.calls >= self.throttled_from:
            raise TransientError("ThrottlingException: Too many requests")
        if self.hangs_at is not None and self.calls >= self.hangs_at:
            self.hanging.set()
            await asyncio.Event().wait()
        if not prompt.text.strip():
            return ModelReply(refusal="ValidationException: The text field is blank.")
        return self.reply_to(prompt.text)

    def reply_to(self, text: str) -> ModelReply:
        """Return the reply to a message that Bedrock would accept."""
        assert text
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


class InMemoryWriter(InMemoryModel):
    """Answers each question with its part of what a whole email says; with `replies` if it has any.

    Headlines are about product 1 there. A product that they do not suit has others, and no line gets one. It
    judges too, and refuses a lie.
    """

    def __init__(self, words: Mapping[str, Any]) -> None:
        super().__init__()
        self.words = words

    def reply_to(self, text: str) -> ModelReply:
        """Write a frame, the texts on each product, or what a customer reads; or judge what was written."""
        if self.replies:
            return super().reply_to(text)
        facts, answer = asked(text), dict[str, object]()
        if facts["task"] == "frame":
            answer = {name: self.words[name] for name in frame_fields(Occasion(facts["occasion"]))}
        elif facts["task"] == "product":
            answer = {"products": {str(each["n"]): self._product(each) for each in facts["products"]}}
        elif facts["task"] == "own":
            answer = {"customers": {str(each["n"]): self.words["own"] for each in facts["customers"]}}
        else:
            answer = {"questions": {str(each["n"]): _verdict(each["texts"]) for each in facts["questions"]}}
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


def _verdict(texts: Sequence[Mapping[str, Any]]) -> dict[str, object]:
    lies = [each["id"] for each in texts if LIE in each["text"]]
    return {"refused": [{"id": number, "span": LIE, "why": "no fact says so"} for number in lies]}


def asked(text: str) -> dict[str, Any]:
    """Return the facts of a message."""
    found: dict[str, Any] = json.loads(text.split("<facts>\n")[1].split("\n</facts>", maxsplit=1)[0])
    return found
