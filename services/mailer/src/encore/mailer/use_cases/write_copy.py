"""Has the model write an email's copy, holds it to the rules, and falls back to the plain template."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from encore.mailer.domain.copy.copy import Copy, CopyError, CopySource, parse_copy
from encore.mailer.domain.copy.prompt import SYSTEM, answer_schema, repair_message, user_message
from encore.mailer.domain.copy.rules import Problem, problems
from encore.mailer.domain.copy.template_copy import plain_copy
from encore.mailer.domain.facts.facts import EmailFacts

ATTEMPTS = 2


@dataclass(frozen=True)
class Turn:
    """One turn of the conversation with the model."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True)
class Reply:
    """What the model answered and what it billed; `refusal` says why there is no usable answer."""

    text: str = ""
    refusal: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0


class Model(Protocol):
    """A language model; see `encore.mailer.adapters.bedrock.BedrockModel`."""

    @property
    def takes_schema(self) -> bool:
        """True when the answer can be held to a JSON schema."""
        ...

    async def converse(self, system: str, turns: Sequence[Turn], *, schema: str) -> Reply:
        """Answer in JSON. Raises what concerns more than this one request."""
        ...


@dataclass(frozen=True)
class Written:
    """Copy that keeps every rule, with what it took to get it."""

    copy: Copy
    source: CopySource
    problems: tuple[str, ...]
    calls: int
    input_tokens: int
    output_tokens: int


class Copywriter:
    """Asks at most twice: the second time with what was wrong with the first answer."""

    def __init__(self, model: Model) -> None:
        self._model = model

    async def write(self, facts: EmailFacts) -> Written:
        """Return the model's copy, or the plain one when two answers broke rules; all problems are kept."""
        schema = answer_schema(len(facts.products))
        request = Turn("user", user_message(facts, with_schema=not self._model.takes_schema))
        turns, replies, found = [request], list[Reply](), list[Problem]()
        while len(replies) < ATTEMPTS:
            reply = await self._model.converse(SYSTEM, turns, schema=schema)
            replies.append(reply)
            copy, broken = _judge(reply, facts)
            found += broken
            if copy:
                return _written(copy, CopySource.AI, found, replies)
            turns = [request, *_repair(reply, broken)]
        return _written(plain_copy(facts), CopySource.TEMPLATE, found, replies)


def _judge(reply: Reply, facts: EmailFacts) -> tuple[Copy | None, list[Problem]]:
    """Return the copy if it keeps every rule, else what is wrong with the reply."""
    if reply.refusal:
        return None, [Problem("answer", reply.refusal)]
    try:
        copy = parse_copy(reply.text)
    except CopyError as error:
        return None, [Problem("answer", str(error))]
    broken = problems(copy, facts)
    return (None, broken) if broken else (copy, [])


def _repair(reply: Reply, broken: Sequence[Problem]) -> list[Turn]:
    """The turns that show the model its answer again; none when it gave no answer to repair."""
    if reply.refusal or not reply.text.strip():
        return []
    return [Turn("assistant", reply.text), Turn("user", repair_message(broken))]


def _written(copy: Copy, source: CopySource, found: list[Problem], replies: list[Reply]) -> Written:
    return Written(
        copy=copy,
        source=source,
        problems=tuple(str(problem) for problem in found),
        calls=len(replies),
        input_tokens=sum(reply.input_tokens for reply in replies),
        output_tokens=sum(reply.output_tokens for reply in replies),
    )
