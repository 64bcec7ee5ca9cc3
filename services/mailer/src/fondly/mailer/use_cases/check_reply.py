"""Checks what the model replied by the rules that code knows, once for all emails that share it."""

from dataclasses import replace
from functools import lru_cache

from fondly.mailer.domain.copy.answers import AnswerFormatError, Judged, Verdict, check_answer, read_answer
from fondly.mailer.domain.copy.fields import QUOTE
from fondly.mailer.domain.copy.judge_prompt import judge_prompt
from fondly.mailer.domain.copy.prompt import MEMBERS, Prompt
from fondly.mailer.domain.copy.question import Question
from fondly.mailer.domain.copy.wording import Wording
from fondly.mailer.ports import ModelReply

CACHED_JUDGEMENTS = 8_192
"""Of some kilobytes each: most parts of a run use the same answers."""


@lru_cache(maxsize=CACHED_JUDGEMENTS)
def check(question: Question, reply: ModelReply, fields: tuple[str, ...]) -> tuple[Judged, Prompt | None]:
    """Check a reply, which parts share, by code, and return what the judge is to be asked of the rest.

    One that cannot be used has a verdict on `answer`. Quotes of reviews are checked beside the first reply.
    """
    quoted = question.quotes if fields == question.fields else ()
    quotes = {QUOTE: [*map(Wording, quoted)]} if quoted else {}
    refusal, answer = reply.refusal, dict[str, list[Wording]]()
    if not refusal:
        try:
            answer = read_answer(reply.text, fields, member=MEMBERS.get(question.prompt.task))
        except AnswerFormatError as error:
            refusal = str(error)
    judged = check_answer(answer | quotes, question.ground, strict=question.strict)
    if refusal:
        judged = replace(judged, verdicts=(Verdict("answer", refusal), *judged.verdicts))
    return judged, judge_prompt(question, judged)
