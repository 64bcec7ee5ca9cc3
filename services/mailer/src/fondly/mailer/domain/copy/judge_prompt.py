"""The question which texts of an answer say something that their facts do not prove, and how it is answered.

It is asked about what code has not refused; what the answer does not list is accepted.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from fondly.mailer.domain.copy.answers import AnswerFormatError, Judged, Verdict, entry, items, plain
from fondly.mailer.domain.copy.prompt import MEMBERS, Prompt, Task, as_json, object_schema
from fondly.mailer.domain.copy.question import Question, asked
from fondly.mailer.domain.copy.wording import Wording
from fondly.mailer.domain.slots import slots_in

REFUSAL_CHARS = 200
UNREADABLE = "not judged"
LISTED = re.compile(r"[abrs]\d+")
"""Bullets, aspects, reviews and customers' sentences: the judge reads those that are cited."""
_REFUSED = object_schema({"id": {"type": "integer"}, "span": {"type": "string"}, "why": {"type": "string"}})
_ANSWER = as_json(object_schema({"refused": {"type": "array", "items": _REFUSED}}))


def judge_prompt(question: Question, judged: Judged) -> Prompt | None:
    """Return the question about what is left of an answer; None if nothing is."""
    if not any(judged.wordings.values()):
        return None
    texts: list[dict[str, Any]] = [
        {"id": number, "field": field, "text": wording.text, "cites": _cites(wording)}
        for number, (field, wording) in enumerate(_texts(judged), 1)
    ]
    ground, cited = question.ground, set().union(*(each["cites"] for each in texts))
    facts: dict[str, Any] = {
        "sources": {
            name: text for name, text in ground.sources.items() if name in cited or not LISTED.fullmatch(name)
        },
        **question.about,
        **({"reduced": True} if ground.reduced else {}),
        "slots": sorted({*slots_in(" ".join(each["text"] for each in texts))}),
    }
    shop = as_json({"task": Task.JUDGE, "language": ground.language, "brand": ground.brand})
    return asked(
        Task.JUDGE,
        ground.language,
        shop=shop,
        entry={"facts": facts, "texts": texts},
        answer=_ANSWER,
        chars=REFUSAL_CHARS * len(texts),
    )


def accepted(judged: Judged, answer: str | None) -> Judged:
    """Return what the judge's answer leaves; without one that can be read, nothing is accepted."""
    texts = list(_texts(judged))
    try:
        refused = {number: (span, why) for number, span, why in _refusals(answer)}
        if not refused:
            return judged
    except AnswerFormatError:
        refused = {number: ("", UNREADABLE) for number, _ in enumerate(texts, 1)}
    kept: dict[str, list[Wording]] = {field: [] for field in judged.wordings}
    verdicts = list(judged.verdicts)
    for number, (field, wording) in enumerate(texts, 1):
        if number in refused:
            span, why = refused[number]
            verdicts.append(Verdict(field, why, span if span in wording.text else wording.text, wording.text))
        else:
            kept[field].append(wording)
    return Judged({field: tuple(wordings) for field, wordings in kept.items()}, tuple(verdicts))


def _texts(judged: Judged) -> Iterator[tuple[str, Wording]]:
    return ((field, wording) for field, wordings in judged.wordings.items() for wording in wordings)


def _cites(wording: Wording) -> Sequence[str]:
    return list(dict.fromkeys(each.source for each in wording.evidence))


def _refusals(answer: str | None) -> Iterator[tuple[int, str, str]]:
    if answer is None:
        raise AnswerFormatError("no answer")
    told = entry(answer, MEMBERS[Task.JUDGE], 1)
    if "refused" not in told:
        raise AnswerFormatError("no list of refused texts")
    for each in items(told["refused"]):
        if isinstance(each, dict) and str(each.get("id", "")).isdecimal():
            yield int(str(each["id"])), plain(each.get("span")), f"unproved: {plain(each.get('why'))[:80]}"
