"""Has the model write copy once for equal facts, judges it, and puts together each customer's words.

A field of which no wording passes is asked for once more, with what was refused; if that fails too, it gets
house text.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from encore.mailer.domain.copy.answers import (
    AnswerFormatError,
    Judged,
    Verdict,
    judge_answer,
    read_answer,
    wanted_fields,
)
from encore.mailer.domain.copy.choice import chosen
from encore.mailer.domain.copy.fields import Copy, CopySource
from encore.mailer.domain.copy.house_copy import house_text
from encore.mailer.domain.copy.prompt import Prompt, Style, copy_prompt, repair_prompt
from encore.mailer.domain.facts.email import EmailFacts
from encore.mailer.use_cases.ask_once import AskOnce, PaidReply


@dataclass(frozen=True)
class Wordings:
    """What may be said of some facts: the wordings of each field that passed, and how they came about."""

    prompt: Prompt
    prompt_key: str
    model_id: str
    judged: Judged
    replies: tuple[PaidReply, ...]
    """The answer to the prompt, and that to the request for repairs if there was one."""


@dataclass(frozen=True)
class WrittenCopy:
    """The copy of one email: every text passed the gate or is house text."""

    copy: Copy
    source: CopySource
    house_fields: tuple[str, ...]
    wordings: Wordings
    is_first: bool
    """True for the first email of the part that uses these wordings: what they cost is counted with it."""


@dataclass
class PartCopy:
    """The copy of one part: equal facts are judged once."""

    payer: str
    counted: set[str] = field(default_factory=set)
    """Keys of the prompts of which the cost is in an email's record."""
    tasks: dict[str, asyncio.Task[Wordings]] = field(default_factory=dict)
    is_left: bool = False
    """True once nobody waits for the answers: no further call is made for them."""


@dataclass(frozen=True, kw_only=True)
class Copywriter:
    """Writes in the style of one shop."""

    ask_once: AskOnce
    style: Style

    async def write(self, facts: EmailFacts, part: PartCopy, *, seed: str) -> WrittenCopy:
        """Return a customer's copy; `seed` decides between the wordings.

        Raises what the model raises: errors that concern more than this email.
        """
        prompt = copy_prompt(facts, self.style)
        key = prompt.key(self.ask_once.model_id)
        if key not in part.tasks:
            part.tasks[key] = asyncio.create_task(self._wordings(prompt, facts.for_anybody(), part))
        wordings = await asyncio.shield(part.tasks[key])
        is_first = key not in part.counted
        part.counted.add(key)
        return combined(wordings, facts, seed, is_first=is_first)

    async def _wordings(self, prompt: Prompt, facts: EmailFacts, part: PartCopy) -> Wordings:
        fields = wanted_fields(facts)

        async def ask(question: Prompt) -> PaidReply:
            return await self.ask_once.run(question, payer=part.payer, is_wanted=lambda: not part.is_left)

        replies = [await ask(prompt)]
        judged = judge_reply(replies[0], facts)
        if missing := judged.missing(fields):
            repair = repair_prompt(facts, self.style, fields=missing, refused=judged.verdicts)
            replies.append(await ask(repair))
            judged = judged.mended_by(judge_reply(replies[1], facts))
        model_id = self.ask_once.model_id
        return Wordings(prompt, prompt.key(model_id), model_id, judged, tuple(replies))


def judge_reply(paid: PaidReply, facts: EmailFacts) -> Judged:
    """Judge a reply of the model; one that cannot be used has a verdict on `answer`."""
    reply = paid.reply
    if reply.refusal:
        return Judged({}, (Verdict("answer", "", reply.refusal),))
    try:
        answer = read_answer(reply.text)
    except AnswerFormatError as error:
        return Judged({}, (Verdict("answer", "", str(error)),))
    return judge_answer(answer, facts)


def combined(wordings: Wordings, facts: EmailFacts, seed: str, *, is_first: bool) -> WrittenCopy:
    """Return a customer's copy from the wordings that passed, with house text where none did."""
    fields = wanted_fields(facts)
    written = {
        name: chosen(name, wordings.judged.wordings.get(name, ()), facts.slots, seed=seed) for name in fields
    }
    house = [name for name in fields if written[name] is None]
    texts = {name: text or house_text(name, facts) for name, text in written.items()}
    return WrittenCopy(
        copy=Copy.of(texts),
        source=_source(house, fields),
        house_fields=tuple(house),
        wordings=wordings,
        is_first=is_first,
    )


def _source(house: Sequence[str], fields: Sequence[str]) -> CopySource:
    if not house:
        return CopySource.AI
    return CopySource.TEMPLATE if len(house) == len(fields) else CopySource.MIXED
