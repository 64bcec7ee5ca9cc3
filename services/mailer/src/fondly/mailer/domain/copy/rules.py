"""What copy may not say in a language, and how its figures are written: `languages/<code>/rules.toml`."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain
from typing import Any, Self

from fondly.mailer.domain.copy.places import places
from fondly.mailer.domain.text import folded

FOLDER = files("fondly.mailer.domain") / "languages"
CACHED_TEXTS = 8_192
"""Sources, which many wordings are compared with, and wordings that many emails share."""
_NAMED = re.compile(r"(?<!\(\?P)<([a-z]+)>")
_DASHES_AND_QUOTES = str.maketrans("’‘‐‑“”„", '\'\'--"""')  # noqa: RUF001 - signs that mean the same


def plain(text: str) -> str:
    """Return text as rules and quotes are compared: folded, with plain quotes, and single spaces."""
    as_ascii = text.lower() if text.isascii() else folded(text).translate(_DASHES_AND_QUOTES)
    return " ".join(as_ascii.split())


plain_source = lru_cache(maxsize=CACHED_TEXTS)(plain)
"""The same of what is compared again and again."""


class _Spaced(dict[int, int]):
    """A table for `str.translate` that leaves letters and digits alone."""

    def __missing__(self, char: int) -> int:
        self[char] = char if chr(char).isalnum() else ord(" ")
        return self[char]


_SPACED, _DIGIT = _Spaced(), re.compile(r"\d")


def apart(text: str) -> list[str]:
    """Return the words of a text, parted by whatever is no letter and no digit."""
    return text.translate(_SPACED).split()


@dataclass(frozen=True)
class Group:
    """Phrases that are wrong for the same cause; the writer is told what it `says`."""

    says: str
    pattern: re.Pattern[str]
    fields: frozenset[str] = frozenset()
    """The fields that it is about; empty for all."""
    unless: frozenset[str] = frozenset()
    """What excuses a phrase."""
    when: str = ""
    """For which emails it holds: `apology`, `own` (the customer's words are told); empty for all."""

    @classmethod
    def of(cls, written: Mapping[str, str], words: Mapping[str, str]) -> Self:
        """Return a group as it stands in the file, with the words that it names."""
        return cls(
            written["says"],
            _any_of(written["words"], words),
            frozenset(written.get("fields", "").split()),
            frozenset(written.get("unless", "").split()),
            written.get("when", ""),
        )


@dataclass(frozen=True, eq=False)
class Phrases:
    """Groups of phrases, and where a phrase of any of them may begin."""

    groups: tuple[Group, ...]
    places: re.Pattern[str]
    """Finds the character before each such place."""

    @classmethod
    def of(cls, written: Sequence[Mapping[str, str]], words: Mapping[str, str]) -> Self:
        """Return the groups as they stand in the file."""
        lines = "|".join(_lines(group["words"], words) for group in written)
        return cls(tuple(Group.of(group, words) for group in written), places(lines))

    def spoken(self, said: str) -> list[tuple[Group, list[str]]]:
        """Return the groups of which a plain text has phrases, and these."""
        found: dict[int, list[re.Match[str]]] = {}
        for start in (place.start() for place in self.places.finditer(f" {said}")):
            for n, group in enumerate(self.groups):
                phrase = group.pattern.match(said, start)
                if phrase and (n not in found or found[n][-1].end() <= start):
                    found.setdefault(n, []).append(phrase)
        return [(self.groups[n], [phrase[0] for phrase in found[n]]) for n in sorted(found)]


@dataclass(frozen=True, eq=False)
class Numbers:
    """How a language writes figures."""

    words: Mapping[str, float]
    factors: frozenset[str]
    """Words that multiply the one before them, such as "hundred"."""
    articles: frozenset[str]
    """"A litre" is a figure too; "a day" is a manner of speaking."""
    thousands: str
    """What stands between thousands and hundreds."""
    joining: frozenset[str]
    """Words between two figures of the same unit, as in "14 to 32 inches"."""
    half: str
    """What adds a half to the figure before it, as in "a metre and a half"."""
    units: Mapping[str, tuple[str, float]]
    """The dimension of a unit, and how many of the smallest unit of the dimension it is."""
    telling: frozenset[str]
    """Words of which a text without digits has one if it has a figure: an article alone is none."""

    @classmethod
    def of(cls, written: Mapping[str, Any]) -> Self:
        """Return the numbers as they stand in the file."""
        ones, tens = written["ones"].split(), written["tens"].split()
        compounds = {
            written["compound"].format(one=one, ten=ten): 10.0 * high + low
            for high, ten in enumerate(tens, 2)
            for low, one in enumerate(ones[:10])
            if low
        }
        words = dict(zip(ones, range(20), strict=True)) | dict(zip(tens, range(20, 100, 10), strict=True))
        words |= {**compounds, **written["factors"], **written["others"]}
        units = dict(chain.from_iterable(map(_unit, written["units"].strip().splitlines())))
        return cls(
            words,
            frozenset(written["factors"]),
            frozenset(written["articles"].split()),
            written["thousands"],
            frozenset(written["joining"].split()),
            written["half"],
            units,
            telling=frozenset(max(apart(name), key=len) for name in (*words, *units) if len(name) > 1),
        )

    def may_be_in(self, said: str) -> bool:
        """Whether a plain text may have a figure: most have none, and to look for one takes long."""
        return _DIGIT.search(said) is not None or not self.telling.isdisjoint(apart(said))


@dataclass(frozen=True, eq=False)
class Rules:
    """The rules of a language; there is one object for each language."""

    letters: frozenset[str]
    phrases: Phrases
    quotes: Phrases
    """What a quote of a review must not have either."""
    sense: Phrases
    """What is no sentence, whoever says it; read with the slots filled."""
    frames: Mapping[str, re.Pattern[str]]
    """What stands around the slot of a figure, where `~` is the slot."""
    numbers: Numbers
    harmless: re.Pattern[str]
    """Idioms with a number word that counts nothing."""
    labels: re.Pattern[str]
    """Quotes that prove nothing."""
    names: frozenset[str]
    """Words with a capital letter that name nobody; empty if the language writes others so too."""
    common: frozenset[str]
    """The words that a shop with strict copy may use without a source."""

    @classmethod
    @cache
    def load(cls, language: str) -> Self:
        """Return the rules of a language; `LookupError` if it has none."""
        try:
            text = (FOLDER / language / "rules.toml").read_text("utf-8")
        except FileNotFoundError as error:
            raise LookupError(f"no rules for copy in {language}") from error
        written = tomllib.loads(text.replace("ß", "ss"))  # as `plain` folds it
        words: Mapping[str, str] = written["words"]
        return cls(
            letters=frozenset(written["letters"]) | {"ß"},
            phrases=Phrases.of(written["groups"], words),
            quotes=Phrases.of(written["quotes"], words),
            sense=Phrases.of(written["sense"], words),
            frames={name: _any_of(frame, words) for name, frame in written["frames"].items()},
            numbers=Numbers.of(written["numbers"]),
            harmless=_any_of(written["harmless"], words),
            labels=_any_of(written["labels"], words),
            names=frozenset(written["names"].split()),
            common=frozenset(written["common"].split()),
        )


def _any_of(written: str, words: Mapping[str, str]) -> re.Pattern[str]:
    """Return what finds any of the expressions of some lines, as whole words."""
    return re.compile(rf"(?<!\w)(?:{_lines(written, words)})(?!\w)")


def _lines(written: str, words: Mapping[str, str]) -> str:
    """Return the expressions of some lines, with the words that they name."""
    lines = "|".join(filter(None, written.splitlines()))
    while named := _NAMED.search(lines):
        lines = lines.replace(named[0], "".join(words[named[1]].split("\n")))
    return lines


def _unit(line: str) -> Iterator[tuple[str, tuple[str, float]]]:
    """Yield the names of a unit as it stands in the file: `cm centimetre = 10 length`."""
    names, _, size = line.partition(" = ")
    factor, _, dimension = size.partition(" ")
    yield from ((name.replace("_", " "), (dimension, float(factor))) for name in names.split())
