"""Has the model write for the customers of a part, and puts together each customer's words.

Texts on a product are asked once for everybody who gets it for the same reason, a frame of one's own for
whoever has said something, and for the others a frame once for everybody of whom the same is known. What
code and the judge accept may be said. A field without such a wording is asked for once more, with what was
refused; if that fails too, it gets house text.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain

from fondly.contracts.revisions import RunRevisions
from fondly.mailer.domain.copy.answers import Judged
from fondly.mailer.domain.copy.assembly import Answers, Assembled, assembled
from fondly.mailer.domain.copy.fields import HERO_TEXTS, OWN_TEXTS, PRODUCT_TEXTS, kind_of
from fondly.mailer.domain.copy.frame_prompt import frame_question
from fondly.mailer.domain.copy.judge_prompt import accepted
from fondly.mailer.domain.copy.own_prompt import own_question
from fondly.mailer.domain.copy.product_prompt import product_question
from fondly.mailer.domain.copy.prompt import Prompt, Style
from fondly.mailer.domain.copy.question import Question
from fondly.mailer.domain.copy.revising import revised_wording
from fondly.mailer.domain.copy.subjects import SubjectTest
from fondly.mailer.domain.facts.email import EmailFacts
from fondly.mailer.domain.facts.experience import Occasion
from fondly.mailer.ports import ModelReply
from fondly.mailer.use_cases.ask_once import KeptReplies, PaidReply
from fondly.mailer.use_cases.check_reply import check

NOT_ASKED = ModelReply(refusal="nobody has been asked", calls=0)
Replies = Mapping[str, PaidReply]
"""By the keys of their prompts."""


@dataclass(frozen=True)
class Wordings:
    """What may be said of some facts: the wordings of each field that passed, and how they came about."""

    prompt: Prompt
    judged: Judged
    replies: Replies
    """The answer to the prompt, and that to the request for repairs if there was one."""
    judging: Mapping[str, Prompt] = field(default_factory=dict)
    """What the judge was asked, by key."""
    judgements: Replies = field(default_factory=dict)


@dataclass(frozen=True)
class EmailQuestions:
    """The questions that an email raises."""

    frame: Question
    products: Sequence[Question]
    own: Question | None

    @property
    def first(self) -> Sequence[Question]:
        """Those asked at once: an own frame spares the shared one and the first product's question."""
        return [*self.products[1:], self.own] if self.own else [self.frame, *self.products]

    def needed(self, wordings: "Mapping[Question, Wordings]") -> Sequence[Question]:
        """Return these, and all if the frame of their own lacks a text."""
        lacks = self.own and wordings[self.own].judged.missing(OWN_TEXTS)
        return [self.frame, self.products[0], *self.first] if lacks else self.first


@dataclass(frozen=True)
class WrittenCopy:
    """The copy of one email, and the keys of the prompts, repairs and judgements that it comes from."""

    assembled: Assembled
    prompt_keys: tuple[str, ...]
    """The shared frame's, if it was needed, those of products, and that of the customer's own frame."""
    repair_keys: tuple[str, ...]
    judge_keys: tuple[str, ...]
    refused_fields: tuple[str, ...] = ()
    """The fields of which some wording was refused."""
    own_fields: frozenset[str] = frozenset()
    """The fields whose wording takes up what the customer said."""
    variant: str = ""
    """Of the subject, where some are compared."""


@dataclass(frozen=True)
class PartCopy:
    """What may be said to the customers of one part."""

    wordings: Mapping[Question, Wordings]
    questions: Mapping[str, EmailQuestions]
    """What each customer's email raises, by customer id: to find it out again takes as long as to write."""

    @property
    def replies(self) -> dict[str, PaidReply]:
        """Every reply, the judge's too, by its prompt's key."""
        return {
            key: paid
            for each in self.wordings.values()
            for key, paid in {**each.replies, **each.judgements}.items()
        }


@dataclass(frozen=True, kw_only=True)
class Copywriter:
    """Writes in the style of one shop."""

    ask_once: KeptReplies
    """An `AskOnce`, or what can ask nobody."""
    judge: KeptReplies | None
    """Whom the judge's questions go to; None for a shop that is content with the rules in code."""
    style: Style
    subjects: SubjectTest | None = None
    """The comparison of subject lines, if there is one."""

    def alone(self, writer: str, judge: str) -> "Copywriter":
        """Return one that has what these models have answered before, and can ask nobody."""
        judges = self.ask_once.alone(judge) if judge else None
        return replace(self, ask_once=self.ask_once.alone(writer), judge=judges)

    async def prepare(self, everybody: Iterable[EmailFacts], *, payer: str) -> PartCopy:
        """Have everything written that these emails need, and judge it; raise what concerns more than one."""
        of_emails = {facts.customer_id: self._of_email(facts) for facts in everybody}
        asked = dict.fromkeys(chain.from_iterable(each.first for each in of_emails.values()))
        wordings = await self._answered(asked, payer)
        needed = chain.from_iterable(each.needed(wordings) for each in of_emails.values())
        more = dict.fromkeys(each for each in needed if each not in wordings)
        return PartCopy(wordings | await self._answered(more, payer), of_emails)

    def write(
        self, facts: EmailFacts, part: PartCopy, *, seed: str, revisions: RunRevisions | None = None
    ) -> WrittenCopy:
        """Return the copy of a customer of the part; `seed` decides between the wordings.

        What people have struck is not said, and what they wrote in its place is.
        """
        questions = part.questions[facts.customer_id]
        said = {each: part.wordings[each] for each in questions.needed(part.wordings)}
        texts = {each: wordings.judged.wordings for each, wordings in said.items()}
        answers = Answers(
            texts.get(questions.frame, {}),
            [texts.get(each, {}) for each in questions.products],
            texts[questions.own] if questions.own else {},
        )
        suits = self.subjects.suits if self.subjects else None
        revised = None
        if revisions:
            judged = {each: wordings.judged for each, wordings in said.items()}
            revised = partial(revised_wording, facts, judged, revisions)
        made = assembled(facts, answers, seed=seed, suits=suits, remedy=self.style.remedy, revised=revised)
        copy, variant = self.subjects.applied(facts, made.copy) if self.subjects else (made.copy, "")
        return WrittenCopy(
            replace(made, copy=copy),
            variant=variant,
            own_fields=frozenset(
                name
                for name, wording in made.wordings.items()
                if wording in answers.own.get(kind_of(name), ())
            ),
            refused_fields=tuple(
                sorted({verdict.field for each in said.values() for verdict in each.judged.verdicts})
            ),
            prompt_keys=tuple(chain.from_iterable(list(each.replies)[:1] for each in said.values())),
            repair_keys=tuple(
                dict.fromkeys(again for each in said.values() for again in list(each.replies)[1:])
            ),
            judge_keys=tuple(dict.fromkeys(chain.from_iterable(each.judgements for each in said.values()))),
        )

    async def _answered(self, questions: Iterable[Question], payer: str) -> dict[Question, Wordings]:
        """Have questions answered, and asked once more about the fields without a wording."""
        wordings = await self._written({each: (each.prompt, each.fields) for each in questions}, payer)
        missing = {each: found.judged.missing(each.fields) for each, found in wordings.items()}
        repairs = {
            each: (each.repair(fields, wordings[each].judged.verdicts), fields)
            for each, fields in missing.items()
            if fields
        }
        for question, repaired in (await self._written(repairs, payer)).items():
            wordings[question] = _mended(wordings[question], repaired)
        return wordings

    async def _written(
        self, prompts: Mapping[Question, tuple[Prompt, tuple[str, ...]]], payer: str
    ) -> dict[Question, Wordings]:
        """Have these prompts for fields answered, and what code leaves of the answers judged."""
        replies = await self.ask_once.run((prompt for prompt, _ in prompts.values()), payer=payer)
        paid = {
            each: {key: replies[key]} if (key := prompt.key(self.ask_once.model_id)) in replies else {}
            for each, (prompt, _) in prompts.items()
        }
        found = {
            each: check(each, next((one.reply for one in paid[each].values()), NOT_ASKED), fields)
            for each, (_, fields) in prompts.items()
        }
        judgements: Replies = {}
        if self.judge:
            judgements = await self.judge.run(
                filter(None, (asked for _, asked in found.values())), payer=payer
            )
        return {
            each: self._judged(Wordings(each.prompt, judged, paid[each]), asked, judgements)
            for each, (judged, asked) in found.items()
        }

    def _judged(self, written: Wordings, asked: Prompt | None, judgements: Replies) -> Wordings:
        """Return what the judge leaves of an answer; all of it if there was nothing to ask."""
        if not (self.judge and asked):
            return written
        key = asked.key(self.judge.model_id)
        answer = judgements.get(key)
        left = accepted(written.judged, None if answer is None or answer.reply.refusal else answer.reply.text)
        found = {key: answer} if answer else {}
        return Wordings(written.prompt, left, written.replies, {key: asked}, found)

    def _of_email(self, facts: EmailFacts) -> EmailQuestions:
        """Return the questions that an email raises: its frame's, and one for each product."""
        frame, own = frame_question(facts, self.style), own_question(facts, self.style)
        hero, *others = facts.products
        of_hero = PRODUCT_TEXTS if own or facts.occasion is Occasion.SORRY else HERO_TEXTS
        products = [
            product_question(hero, self.style, of_hero),
            *(product_question(product, self.style) for product in others),
        ]
        return EmailQuestions(frame, products, own)


def _mended(first: Wordings, second: Wordings) -> Wordings:
    return Wordings(
        first.prompt,
        first.judged.mended_by(second.judged),
        {**first.replies, **second.replies},
        {**first.judging, **second.judging},
        {**first.judgements, **second.judgements},
    )
