"""The model's answers: several wordings of each field with their evidence, of which some pass."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fondly.mailer.domain.copy.checks import problems
from fondly.mailer.domain.copy.sense import strict as uncommon
from fondly.mailer.domain.copy.wording import Evidence, Ground, Problem, Wording
from fondly.mailer.domain.slots import renumbered

MAX_WORDINGS = 12
"""More of one field are not read: an answer is untrusted."""
MAX_EVIDENCE = 6
MAX_QUOTE_CHARS = 300
_READER = json.JSONDecoder(strict=False)
NEITHER = "use common words, and those of the facts"


@dataclass(frozen=True)
class Verdict(Problem):
    """Why a wording was refused."""

    text: str = ""


class AnswerFormatError(ValueError):
    """An answer that is not in the expected format."""


@dataclass(frozen=True)
class Judged:
    """The wordings that pass, by field, and why others do not."""

    wordings: Mapping[str, tuple[Wording, ...]]
    verdicts: tuple[Verdict, ...]

    def mended_by(self, repairs: "Judged") -> "Judged":
        """Return the wordings with those of repairs for fields that have none."""
        kept = {name: texts for name, texts in self.wordings.items() if texts}
        return Judged({**repairs.wordings, **kept}, (*self.verdicts, *repairs.verdicts))

    def missing(self, fields: Iterable[str]) -> tuple[str, ...]:
        """Return the fields without a wording."""
        return tuple(field for field in fields if not self.wordings.get(field))


def read_answer(text: str, fields: Iterable[str], *, member: str | None = None) -> dict[str, list[Wording]]:
    """Return an answer's wordings of these fields, of its first `member` if it has several.

    What is no wording is left out. Raises `AnswerFormatError` for what is no JSON object.
    """
    texts = entry(text, member, 1) if member else json_object(text)
    return {field: wordings for field in fields if (wordings := _wordings(texts.get(field)))}


def split_answer(text: str, count: int, *, member: str, numbered: bool) -> list[str]:
    """Return an answer about several entries as one about each, called 1; what cannot be read stays.

    Where slots are `numbered`, a slot of another entry is none of entry 1's.
    """
    try:
        entries = [entry(text, member, number) for number in range(1, count + 1)]
    except AnswerFormatError:
        return [text] * count
    return [
        renumbered(alone, number, 1) if numbered else alone
        for number, each in enumerate(entries, 1)
        for alone in [json.dumps({member: {"1": each}}, ensure_ascii=False)]
    ]


def entry(text: str, member: str, number: int) -> Mapping[str, object]:
    """Return what an answer says of an entry; raise `AnswerFormatError` for what is no JSON object."""
    return _mapping(_mapping(json_object(text).get(member)).get(str(number)))


def json_object(text: str) -> Mapping[str, object]:
    """Read an answer; raise `AnswerFormatError` for what is no JSON object."""
    try:
        answer = _READER.decode(text)
    except (ValueError, RecursionError) as error:
        raise AnswerFormatError("not JSON") from error
    if not isinstance(answer, dict):
        raise AnswerFormatError("not a JSON object")
    return answer


def items(value: object) -> list[object]:
    """Return the items of a list; a value that is none is the only item."""
    return value if isinstance(value, list) else [] if value is None else [value]


def plain(value: object) -> str:
    """Return a text on one line, without the half characters that JSON can escape and UTF-8 cannot hold."""
    text = value if isinstance(value, str) else ""
    return " ".join((text if text.isascii() else text.encode("utf-8", "replace").decode()).split())


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _wordings(value: object) -> list[Wording]:
    wordings = (
        Wording(plain(told.get("text")), _evidence(told.get("evidence")))
        for each in items(value)[:MAX_WORDINGS]
        for told in [each if isinstance(each, dict) else {"text": each}]
    )
    return list({each.text: each for each in wordings if each.text}.values())


def _evidence(value: object) -> tuple[Evidence, ...]:
    """Read what is cited, each "id: words"."""
    cited = (plain(each).partition(": ") for each in items(value)[:MAX_EVIDENCE])
    return tuple(Evidence(source, quote[:MAX_QUOTE_CHARS]) for source, _, quote in cited if source and quote)


def check_answer(answer: Mapping[str, Sequence[Wording]], ground: Ground, *, strict: bool) -> Judged:
    """Check every wording of an answer by the rules that code knows."""
    passed: dict[str, tuple[Wording, ...]] = {}
    verdicts: list[Verdict] = []
    for field, wordings in answer.items():
        wrong = {
            each: problems(field, each, ground)
            or [Problem(field, NEITHER, word) for word in (uncommon(each, ground) if strict else ())]
            for each in wordings
        }
        passed[field] = tuple(each for each, found in wrong.items() if not found)
        verdicts += [
            Verdict(field, problem.rule, problem.found, each.text)
            for each, found in wrong.items()
            for problem in found
        ]
    return Judged(passed, tuple(verdicts))
