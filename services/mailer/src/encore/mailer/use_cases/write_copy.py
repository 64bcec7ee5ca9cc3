"""Has the model write an email's copy and checks it; template copy replaces copy that breaks the rules."""

from collections.abc import Sequence
from dataclasses import dataclass

from encore.mailer.domain.copy.fields import Copy, CopyFormatError, CopySource, parse_copy
from encore.mailer.domain.copy.problem import Problem
from encore.mailer.domain.copy.prompt import SYSTEM, answer_schema, repair_message, user_message
from encore.mailer.domain.copy.rules import problems
from encore.mailer.domain.copy.template_copy import template_copy
from encore.mailer.domain.facts.email import EmailFacts
from encore.mailer.ports import Model, ModelMessage, ModelReply

ATTEMPTS = 2


@dataclass(frozen=True)
class WrittenCopy:
    """Copy that keeps every rule, with who wrote it and the calls it took."""

    copy: Copy
    source: CopySource
    problems: tuple[str, ...]
    calls: int
    input_tokens: int
    output_tokens: int


class Copywriter:
    """Asks at most twice; the second request says what was wrong with the first answer."""

    def __init__(self, model: Model, *, max_tokens: int) -> None:
        self._model = model
        self._max_tokens = max_tokens

    async def write(self, facts: EmailFacts) -> WrittenCopy:
        """Return the model's copy, or template copy after two answers that break rules; keep all problems."""
        schema = answer_schema(len(facts.products))
        request = ModelMessage("user", user_message(facts))
        messages, replies, found = [request], list[ModelReply](), list[Problem]()
        while len(replies) < ATTEMPTS:
            reply = await self._model.converse(SYSTEM, messages, schema=schema, max_tokens=self._max_tokens)
            replies.append(reply)
            copy, broken = _check(reply, facts)
            found += broken
            if copy:
                return _written(copy, CopySource.AI, found, replies)
            messages = [request, *_repair(reply, broken)]
        return _written(template_copy(facts), CopySource.TEMPLATE, found, replies)


def _check(reply: ModelReply, facts: EmailFacts) -> tuple[Copy | None, list[Problem]]:
    """Return the copy if it keeps every rule, else what is wrong with the reply."""
    if reply.refusal:
        return None, [Problem("answer", reply.refusal)]
    try:
        copy = parse_copy(reply.text)
    except CopyFormatError as error:
        return None, [Problem("answer", str(error))]
    broken = problems(copy, facts)
    return (None, broken) if broken else (copy, [])


def _repair(reply: ModelReply, broken: Sequence[Problem]) -> list[ModelMessage]:
    """Return the messages that show the model its answer again; none if there is no answer to repair."""
    if reply.refusal or not reply.text.strip():
        return []
    return [ModelMessage("assistant", reply.text), ModelMessage("user", repair_message(broken))]


def _written(
    copy: Copy, source: CopySource, found: Sequence[Problem], replies: Sequence[ModelReply]
) -> WrittenCopy:
    return WrittenCopy(
        copy=copy,
        source=source,
        problems=tuple(str(problem) for problem in found),
        calls=len(replies),
        input_tokens=sum(reply.input_tokens for reply in replies),
        output_tokens=sum(reply.output_tokens for reply in replies),
    )
