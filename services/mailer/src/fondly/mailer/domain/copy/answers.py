"""The model's answers: several wordings of each field, of which those that pass are kept."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fondly.mailer.domain.copy.fields import PRODUCT_TEXTS, Problem
from fondly.mailer.domain.copy.gate import Gate
from fondly.mailer.domain.copy.style import style_problems
from fondly.mailer.domain.facts.email import EmailFacts
from fondly.mailer.domain.slots import renumbered

LINE, ONLY_LINE = "line", "lines.1"
MAX_WORDINGS = 12
"""More of one field are not read: an answer is untrusted."""


@dataclass(frozen=True)
class Verdict(Problem):
    """Why a wording was refused."""

    text: str = ""


class AnswerFormatError(ValueError):
    """An answer that is not in the expected format."""


def read_answer(text: str, fields: Iterable[str]) -> dict[str, list[str]]:
    """Return an answer's wordings of these fields, without what is no text, or raise `AnswerFormatError`."""
    return _texts(_object(text), fields)


def read_product_answer(text: str, fields: Iterable[str] = PRODUCT_TEXTS) -> dict[str, list[str]]:
    """Return the wordings of the texts on the one product of an answer, as `read_answer` does."""
    return _texts(_products(_object(text)).get("1"), fields)


def split_answer(text: str, products: int) -> list[str]:
    """Return an answer about several products as one about each, called 1; what cannot be read stays."""
    try:
        found = _products(_object(text))
    except AnswerFormatError:
        return [text] * products
    return [
        json.dumps({"products": {"1": _renumbered(found.get(str(number)), number)}}, ensure_ascii=False)
        for number in range(1, products + 1)
    ]


def _object(text: str) -> Mapping[str, object]:
    try:
        answer = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise AnswerFormatError("not JSON") from error
    if not isinstance(answer, dict):
        raise AnswerFormatError("not a JSON object")
    return answer


def _products(answer: Mapping[str, object]) -> Mapping[str, object]:
    products = answer.get("products")
    return products if isinstance(products, dict) else {}


def _texts(members: object, fields: Iterable[str]) -> dict[str, list[str]]:
    known = members if isinstance(members, dict) else {}
    return {field: wordings for field in fields if (wordings := _wordings(known.get(field)))}


def _renumbered(texts: object, number: int) -> dict[str, list[str]]:
    """Return a product's texts as those of product 1; a slot of another product is none of product 1's."""
    return {
        field: [renumbered(text, number, 1) for text in wordings]
        for field, wordings in _texts(texts, PRODUCT_TEXTS).items()
    }


def _wordings(value: object) -> list[str]:
    """Return texts without the half characters that JSON can escape and UTF-8 cannot hold, each once."""
    texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    whole = (
        each.encode("utf-8", "replace").decode() for each in texts[:MAX_WORDINGS] if isinstance(each, str)
    )
    return list(dict.fromkeys(filter(None, (" ".join(each.split()) for each in whole))))


@dataclass(frozen=True)
class Judged:
    """The wordings that pass, by field, and why others do not."""

    wordings: Mapping[str, tuple[str, ...]]
    verdicts: tuple[Verdict, ...]

    def mended_by(self, repairs: "Judged") -> "Judged":
        """Return the wordings with those of repairs for fields that have none."""
        found = {name: texts for name, texts in self.wordings.items() if texts}
        return Judged({**repairs.wordings, **found}, (*self.verdicts, *repairs.verdicts))

    def missing(self, fields: Sequence[str]) -> list[str]:
        """Return the fields without a wording."""
        return [field for field in fields if not self.wordings.get(field)]


def judge_answer(answer: Mapping[str, Sequence[str]], fields: Iterable[str], facts: EmailFacts) -> Judged:
    """Judge every wording of these fields by the gate and by style; `line` is that on product 1."""
    gate = Gate(facts)
    wordings: dict[str, tuple[str, ...]] = {}
    verdicts: list[Verdict] = []
    for name in fields:
        field, passed = ONLY_LINE if name == LINE else name, list[str]()
        for text in answer.get(name, ()):
            problems = gate.judge(field, text) or style_problems(field, text, facts)
            verdicts += [Verdict(name, each.rule, each.found, text) for each in problems]
            if not problems:
                passed.append(text)
        wordings[name] = tuple(passed)
    return Judged(wordings, tuple(verdicts))
