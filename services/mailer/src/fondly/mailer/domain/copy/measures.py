"""Figures in copy: a number, in digits or in words, stands with its unit in what is cited, or it is a lie.

Lengths, weights and times are compared across their units, so that "ninety centimetres" is proved by "0.9 m".
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from fondly.mailer.domain.copy.phrases import shares_a_word
from fondly.mailer.domain.copy.places import by_letter
from fondly.mailer.domain.copy.rules import CACHED_TEXTS, Numbers, Rules, plain
from fondly.mailer.domain.copy.wording import Ground, Wording
from fondly.mailer.domain.slots import SLOT

_MODEL = re.compile(r"(?<![\w{.])(?:[^\W\d_]+\d\w*|(?-i:[IVXLC]{2,}))(?!\w)")
"""Names with a figure in them, such as CR2032, and Roman numerals."""
_IN_A_MODEL = re.compile(r"[\dIVXLC](?:(?<=\d)|[IVXLC])")

MOST_OF_A_SCENE = 12
SPOKEN = frozenset({"time", "years", "imperial weight"})
"""Dimensions in which "a" is a manner of speaking: "a minute", "a stone"."""


class Figure(NamedTuple):
    """A value in the smallest unit of its dimension; what is counted has no dimension."""

    value: float
    dimension: str


class Figures(NamedTuple):
    """The figures of a text with their words, what it says, and its names that have some."""

    figures: Sequence[tuple[Figure, str]]
    said: str
    models: Sequence[str]


def unproved_figures(wording: Wording, ground: Ground, has: Figures) -> Iterator[str]:
    """Yield the figures of a text that neither the name, which the card shows, nor anything cited has."""
    figures, said, models = has
    if figures:
        cited = [ground.sources.get("name", ""), *(each.quote for each in wording.evidence)]
        proved = frozenset().union(*(_proved(each, ground.language) for each in cited))
        for figure, words in figures:
            if figure not in proved and not _is_of_a_scene(figure, words, said, ground):
                yield words
    if models:
        told = set(re.findall(r"\w+", f"{plain(ground.told)} {plain(ground.told).replace('-', '')}"))
        yield from (model for model in models if plain(model) not in told)


def _is_of_a_scene(figure: Figure, words: str, said: str, ground: Ground) -> bool:
    """Whether a few of what no source speaks of are counted, as in "two mugs, one balcony": the judge's."""
    if figure.dimension or figure.value > MOST_OF_A_SCENE or not words.isalpha():
        return False
    counted = re.search(rf"\b{words}\b((?: [\w'-]+){{1,2}})", said)
    told = (*ground.sources.values(), ground.brand)
    return counted is not None and not shares_a_word(counted[1], *told)


@lru_cache(maxsize=CACHED_TEXTS)
def _proved(source: str, language: str) -> frozenset[Figure]:
    """Return the figures that a text proves, which many wordings cite."""
    return frozenset(figure for figure, _ in _figures(plain(source), Rules.load(language).numbers))


def figures_in(text: str, rules: Rules) -> Figures:
    """Return the figures of a text."""
    own_words = SLOT.sub(" ; ", text)
    models = _MODEL.findall(own_words) if _IN_A_MODEL.search(own_words) else []
    if not rules.numbers.may_be_in(said := plain(own_words)):
        return Figures([], said, models)
    said = rules.harmless.sub(" ; ", said)
    return Figures(list(_figures(said, rules.numbers, counting=True)), said, models)


def _figures(text: str, numbers: Numbers, *, counting: bool = False) -> Iterator[tuple[Figure, str]]:
    """Yield figures with their words; `counting` leaves out what counts nothing, such as "a day"."""
    for found in _figure(numbers).finditer(f" {text}"):
        number, unit = found["number"], found["unit"] or ""
        is_word, is_article = number.isalpha(), number in numbers.articles
        if is_word and len(unit) == 1:  # "each one a bowl" is no current
            unit = ""
        dimension, factor = numbers.units.get(unit, ("", 1.0))
        if is_article and (not dimension or (counting and dimension in SPOKEN and not found["half"])):
            continue
        value = _value(number, numbers) + (0.5 if unit and found["half"] else 0)
        if not (counting and not dimension and value in {0.5, 1}):
            yield Figure(round(value * factor, 4), dimension), f"{number} {unit}".strip()
            if dimension and not counting:  # "at 78" for "78 rpm"
                yield Figure(value, ""), number


def _value(number: str, numbers: Numbers) -> float:
    if number[0].isdigit():
        grouped = re.fullmatch(rf"\d{{1,3}}(\{numbers.thousands}\d{{3}})+", number)
        first, *more = re.split("[.,]", number)
        return float(first + "".join(more)) if grouped or len(more) > 1 else float(".".join((first, *more)))
    if number in numbers.articles:
        return 1
    value = numbers.words.get(number, 0.0)
    for word in () if value else re.split(r"[\s-]+", number):
        known = numbers.words.get(word, 0.0)
        value = max(value, 1) * known if word in numbers.factors else value + known
    return value


@cache
def _figure(numbers: Numbers) -> re.Pattern[str]:
    small, big = _any(numbers.words), _any(numbers.factors)
    digits = r"\d+(?:[.,]\d+)*"
    hundreds = rf"(?:(?:{small})[\s-]+)?(?:{big})(?:[\s-]+(?:and[\s-]+)?(?:{small}))?(?!\w)"
    number = rf"(?:{digits}|{hundreds}|(?:{small})(?!\w))"
    joined = rf"(?:[\s-]*(?:{_any(numbers.joining)}|-|/)[\s-]*{number})?"
    unit = rf"(?P<unit>{_any(numbers.units)})(?!\w)(?P<half> {numbers.half}\b)?"
    return re.compile(
        rf"[^\w.,](?P<number>{number}|(?:{_any(numbers.articles)})(?!\w))(?:(?={joined}[\s-]*{unit})|)"
    )


def _any(words: Iterable[str]) -> str:
    return by_letter(map(re.escape, sorted(words, key=len, reverse=True)))
