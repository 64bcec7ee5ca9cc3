"""Has the model write for the customers of a part, and puts together each customer's words.

Frames are asked once for everybody of whom the same is known, texts on a product once for everybody who gets
it for the same reason. A field of which no wording passes is asked for once more, with what was refused; if
that fails too, it gets template copy.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from fondly.contracts.records import Product
from fondly.mailer.domain.copy.answers import (
    AnswerFormatError,
    Judged,
    Verdict,
    judge_answer,
    read_answer,
    read_product_answer,
)
from fondly.mailer.domain.copy.assembly import Assembled, assembled
from fondly.mailer.domain.copy.fields import PRODUCT_TEXTS, frame_fields
from fondly.mailer.domain.copy.frame_prompt import frame_prompt, frame_repair
from fondly.mailer.domain.copy.product_prompt import ProductPrompt, product_prompt, product_repair
from fondly.mailer.domain.copy.prompt import Prompt, Style
from fondly.mailer.domain.copy.subjects import SubjectTest
from fondly.mailer.domain.facts.email import EmailFacts
from fondly.mailer.domain.facts.product import ProductFacts
from fondly.mailer.ports import ModelReply
from fondly.mailer.use_cases.ask_once import AskOnce, PaidReply

CACHED_JUDGEMENTS = 8_192
"""Of some kilobytes each: most parts of a run use the same answers."""


@dataclass(frozen=True)
class Wordings:
    """What may be said of some facts: the wordings of each field that passed, and how they came about."""

    prompt: Prompt
    judged: Judged
    replies: Mapping[str, PaidReply]
    """The answer to the prompt, and that to the request for repairs if there was one, by their keys."""


@dataclass(frozen=True)
class WrittenCopy:
    """The copy of one email, and the keys of the prompts and repairs that it comes from."""

    assembled: Assembled
    prompt_keys: tuple[str, ...]
    """The frame's, and that of each product."""
    repair_keys: tuple[str, ...]
    variant: str = ""
    """Of the subject, where some are compared."""


class Support(NamedTuple):
    """What vouches for words on a product beside what the model is told of it."""

    entry: Product
    known: frozenset[str]


@dataclass(frozen=True)
class Question:
    """A prompt, and the facts that its answer is judged by, which no customer has alone.

    Products of which the model is told the same share a prompt and its answer, but their catalogue entries
    may prove different things: equal questions have the same support.
    """

    prompt: Prompt
    support: tuple[Support, ...]
    """That of the product; none for a frame around several."""
    facts: EmailFacts = field(compare=False, repr=False)
    """What holds for everybody whose email raises the question; judgements are cached with it."""

    @property
    def fields(self) -> Sequence[str]:
        """What is asked for."""
        return PRODUCT_TEXTS if isinstance(self.prompt, ProductPrompt) else frame_fields(self.facts.occasion)

    def repair(self, style: Style, judged: Judged) -> Prompt | None:
        """Return the request for what is missing; None if nothing is."""
        if not (missing := judged.missing(self.fields)):
            return None
        if isinstance(self.prompt, ProductPrompt):
            return product_repair(self.prompt, fields=missing, refused=judged.verdicts)
        return frame_repair(self.facts, style, fields=missing, refused=judged.verdicts)


@dataclass(frozen=True)
class PartCopy:
    """What may be said to the customers of one part."""

    wordings: Mapping[Question, Wordings]
    questions: Mapping[str, Sequence[Question]]
    """What each customer's email raises, by customer id: to find it out again takes as long as to write."""

    @property
    def replies(self) -> dict[str, PaidReply]:
        """Every reply, by its prompt's key."""
        return {key: paid for each in self.wordings.values() for key, paid in each.replies.items()}


@dataclass(frozen=True, kw_only=True)
class Copywriter:
    """Writes in the style of one shop."""

    ask_once: AskOnce
    style: Style
    subjects: SubjectTest | None = None
    """The comparison of subject lines, if there is one."""

    async def prepare(self, everybody: Iterable[EmailFacts], *, payer: str) -> PartCopy:
        """Have everything written that these emails need, and judge it; raise what concerns more than one."""
        of_emails = {facts.customer_id: self._of_email(facts) for facts in everybody}
        questions = list(dict.fromkeys(chain.from_iterable(of_emails.values())))
        replies = await self.ask_once.run([each.prompt for each in questions], payer=payer)
        judged = {each: judge(each, replies[self._key(each.prompt)].reply) for each in questions}
        wanted = {each: each.repair(self.style, judged[each]) for each in questions}
        repairs = {question: prompt for question, prompt in wanted.items() if prompt}
        repaired = await self.ask_once.run(repairs.values(), payer=payer)
        wordings = {}
        for question in questions:
            key, found = self._key(question.prompt), judged[question]
            known = {key: replies[key]}
            if repair := repairs.get(question):
                again = self._key(repair)
                known[again] = repaired[again]
                found = found.mended_by(judge(question, repaired[again].reply))
            wordings[question] = Wordings(question.prompt, found, known)
        return PartCopy(wordings, of_emails)

    def write(self, facts: EmailFacts, part: PartCopy, *, seed: str) -> WrittenCopy:
        """Return the copy of a customer of the part; `seed` decides between the wordings."""
        questions = part.questions[facts.customer_id]
        frame, *products = said = [part.wordings[question] for question in questions]
        asked = [next(iter(each.replies)) for each in said]
        made = assembled(
            facts,
            frame.judged.wordings,
            [each.judged.wordings for each in products],
            seed=seed,
            suits=self.subjects.suits if self.subjects else None,
        )
        copy, variant = self.subjects.applied(facts, made.copy) if self.subjects else (made.copy, "")
        return WrittenCopy(
            replace(made, copy=copy),
            variant=variant,
            prompt_keys=tuple(asked),
            repair_keys=tuple(dict.fromkeys(again for each in said for again in list(each.replies)[1:])),
        )

    def _of_email(self, facts: EmailFacts) -> list[Question]:
        """Return the questions that an email raises: its frame's, and one for each product."""
        alone = tuple(map(_support, facts.products)) if facts.has_one_product else ()
        return [
            Question(frame_prompt(facts, self.style), alone, facts.of_frame()),
            *(
                Question(product_prompt(product, self.style), (_support(product),), facts.of_product(product))
                for product in facts.products
            ),
        ]

    def _key(self, prompt: Prompt) -> str:
        return prompt.key(self.ask_once.model_id)


def _support(product: ProductFacts) -> Support:
    return Support(product.entry, product.known)


@lru_cache(maxsize=CACHED_JUDGEMENTS)
def judge(question: Question, reply: ModelReply) -> Judged:
    """Judge a reply, which parts share; one that cannot be used has a verdict on `answer`."""
    if reply.refusal:
        return Judged({}, (Verdict("answer", reply.refusal),))
    read = read_product_answer if isinstance(question.prompt, ProductPrompt) else read_answer
    try:
        answer = read(reply.text, question.fields)
    except AnswerFormatError as error:
        return Judged({}, (Verdict("answer", str(error)),))
    return judge_answer(answer, question.fields, question.facts)
