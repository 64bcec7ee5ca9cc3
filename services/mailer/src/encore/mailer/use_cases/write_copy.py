"""Has the model write for the customers of a part, and puts together each customer's words.

Frames are asked once for everybody of whom the same is known, texts on a product once for everybody who gets
it for the same reason. A field of which no wording passes is asked for once more, with what was refused; if
that fails too, it gets house text.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from encore.mailer.domain.copy.answers import (
    AnswerFormatError,
    Judged,
    Verdict,
    judge_answer,
    read_answer,
    read_product_answer,
)
from encore.mailer.domain.copy.assembly import Assembled, assembled
from encore.mailer.domain.copy.fields import PRODUCT_TEXTS, frame_fields
from encore.mailer.domain.copy.frame_prompt import frame_prompt, frame_repair
from encore.mailer.domain.copy.product_prompt import ProductPrompt, product_prompt, product_repair
from encore.mailer.domain.copy.prompt import Prompt, Style
from encore.mailer.domain.facts.email import EmailFacts
from encore.mailer.ports import ModelReply
from encore.mailer.use_cases.ask_once import AskOnce, PaidReply


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


@dataclass(frozen=True)
class PartCopy:
    """What may be said to the customers of one part, by the keys of prompts."""

    wordings: Mapping[str, Wordings]

    @property
    def replies(self) -> dict[str, PaidReply]:
        """Every reply, by its prompt's key."""
        return {key: paid for each in self.wordings.values() for key, paid in each.replies.items()}


@dataclass(frozen=True)
class _Question:
    """A prompt, and the facts that its answer is judged by."""

    prompt: Prompt
    facts: EmailFacts

    @property
    def fields(self) -> Sequence[str]:
        """What is asked for."""
        if isinstance(self.prompt, ProductPrompt):
            return PRODUCT_TEXTS
        return frame_fields(self.facts.occasion)

    def repair(self, style: Style, judged: Judged) -> Prompt | None:
        """Return the request for what is missing; None if nothing is."""
        if not (missing := judged.missing(self.fields)):
            return None
        if isinstance(self.prompt, ProductPrompt):
            return product_repair(self.prompt, fields=missing, refused=judged.verdicts)
        return frame_repair(self.facts, style, fields=missing, refused=judged.verdicts)

    def judge(self, reply: ModelReply) -> Judged:
        """Judge a reply; one that cannot be used has a verdict on `answer`."""
        if reply.refusal:
            return Judged({}, (Verdict("answer", "", reply.refusal),))
        read = read_product_answer if isinstance(self.prompt, ProductPrompt) else read_answer
        try:
            answer = read(reply.text, self.fields)
        except AnswerFormatError as error:
            return Judged({}, (Verdict("answer", "", str(error)),))
        return judge_answer(answer, self.fields, self.facts)


@dataclass(frozen=True, kw_only=True)
class Copywriter:
    """Writes in the style of one shop."""

    ask_once: AskOnce
    style: Style

    def prompts(self, everybody: Iterable[EmailFacts]) -> list[Prompt]:
        """Return what has to be known before these emails can be written, each prompt once."""
        return [question.prompt for question in self._questions(everybody).values()]

    async def prepare(self, everybody: Iterable[EmailFacts], *, payer: str) -> PartCopy:
        """Have everything written that these emails need, and judge it.

        Raises what the model raises: errors that concern more than one email.
        """
        questions = self._questions(everybody)
        replies = await self.ask_once.run([each.prompt for each in questions.values()], payer=payer)
        judged = {key: each.judge(replies[key].reply) for key, each in questions.items()}
        wanted = {key: each.repair(self.style, judged[key]) for key, each in questions.items()}
        repairs = {key: prompt for key, prompt in wanted.items() if prompt}
        repaired = await self.ask_once.run(repairs.values(), payer=payer)
        wordings = {}
        for key, question in questions.items():
            known, found = {key: replies[key]}, judged[key]
            if repair := repairs.get(key):
                again = self._key(repair)
                known[again] = repaired[again]
                found = found.mended_by(question.judge(repaired[again].reply))
            wordings[key] = Wordings(question.prompt, found, known)
        return PartCopy(wordings)

    def write(self, facts: EmailFacts, part: PartCopy, *, seed: str) -> WrittenCopy:
        """Return a customer's copy; `seed` decides between the wordings."""
        frame, *products = keys = [self._key(prompt) for prompt in self._of_email(facts)]
        texts = {key: part.wordings[key].judged.wordings for key in keys}
        return WrittenCopy(
            assembled(facts, texts[frame], [texts[key] for key in products], seed=seed),
            prompt_keys=tuple(keys),
            repair_keys=tuple(
                dict.fromkeys(again for key in keys for again in part.wordings[key].replies if again != key)
            ),
        )

    def _questions(self, everybody: Iterable[EmailFacts]) -> dict[str, _Question]:
        questions: dict[str, _Question] = {}
        for facts in everybody:
            frame, *products = self._of_email(facts)
            if (key := self._key(frame)) not in questions:
                questions[key] = _Question(frame, facts.of_frame())
            for product, prompt in zip(facts.products, products, strict=True):
                if (key := self._key(prompt)) not in questions:
                    questions[key] = _Question(prompt, facts.of_product(product))
        return questions

    def _of_email(self, facts: EmailFacts) -> list[Prompt]:
        """Return the prompts that an email comes from: its frame's, and one for each product."""
        return [
            frame_prompt(facts, self.style),
            *(product_prompt(product, self.style) for product in facts.products),
        ]

    def _key(self, prompt: Prompt) -> str:
        return prompt.key(self.ask_once.model_id)
