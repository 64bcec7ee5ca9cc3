"""The repertoire: lines written by hand for kinds of products, each with the condition of its truth."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from itertools import count
from typing import TYPE_CHECKING, Any

from understudy.engines.copywriter.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LANGUAGES = frozenset({"en", "de"})
_MEASURE = re.compile(r"<(\w+)>")
_NUMBER = r"\d+(?:[.,]\d+)*"
_WORDS = re.compile(r"[\w&']+")
_SPOKEN = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_CLAUSE_END = re.compile(r"[;:|!?()\[\]{}【】•]|[.,](?=\s|$)|\s[-–—]+\s")  # noqa: RUF001 - dashes of the catalogue
_DENIAL = re.compile(r"\b(?:no|not|non|never|without|\w+n't|cannot|kein\w*|nicht|ohne)\b", re.IGNORECASE)
_SIZES = frozenset({"mah", "gb", "litres", "ml", "watts"})
"""The measures of which the name tells the product's own."""
_TEXTS = frozenset({"lines", "subjects", "preheaders"})
_CACHED_SOURCES = 65_536
_CACHED_KINDS = 4_096
_MAX_QUOTE_CHARS = 110
_MAX_PHRASE_WORDS = 6
_MIN_END_CHARS = 4
"""The shortest end of a German compound that tells its kind: "Schreibtischlampe" is a "Lampe"."""
_NAME_END = re.compile(r"\b(?:for|with|compatible|supports?|für|mit)\b|[,(|]|\s-\s", re.IGNORECASE)
_LABEL_COUNTS = 6
"""By how many characters a phrase of the label counts longer than one of the name."""


@dataclass(frozen=True, eq=False)
class Line:
    """A text, and what a source must say for it to be true; nothing if it always is."""

    condition: str
    text: str
    language: str = "en"

    @cached_property
    def is_free(self) -> bool:
        """Whether it states nothing that needs proof."""
        return self.condition == "*"

    @cached_property
    def start(self) -> str:
        """The text before its first measure, in lower case."""
        return self.text.partition("<")[0].lower()

    def proved_by(self, sources: Mapping[str, str]) -> Wording | None:
        """Return the text with its measures filled, and the clause that proves it, if a source does."""
        if self.is_free:
            return Wording(self.text)
        for source, said in sources.items():
            if found := _found(self.condition, self.language, said):
                clause, figures = found
                if _is_of_another_thing(figures, sources.get("name", ""), self.language):
                    continue
                filled = _MEASURE.sub(
                    lambda each: _written(each[1], figures.get(each[1], ""), self.language),  # noqa: B023
                    self.text,
                )
                return Wording(filled, ((source, clause),))
        return None


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of product: what it is called, and what may be said of it."""

    called: str
    theme: str
    lines: tuple[Line, ...]
    subjects: tuple[str, ...]
    preheaders: tuple[str, ...]
    plural: bool = False
    gender: str = ""

    @cached_property
    def scenes(self) -> tuple[str, ...]:
        """Its subjects and preheaders in lower case."""
        return tuple(each.lower() for each in (*self.subjects, *self.preheaders))


@lru_cache(maxsize=_CACHED_KINDS)
def proved(kind: Kind, sources: tuple[tuple[str, str], ...]) -> Mapping[Line, Wording]:
    """Return the lines of a kind that need proof and have it, with their texts: many ask for a product."""
    lines, said = (line for line in kind.lines if not line.is_free), dict(sources)
    return {line: wording for line in lines if (wording := line.proved_by(said))}


@cache
def load_kinds(language: str) -> Mapping[str, Kind]:
    """Return the kinds of a language, those of English if it has none, by the phrases that tell them."""
    known = language if language in LANGUAGES else "en"
    tables: dict[str, dict[str, Any]] = {}
    for file in files(__package__).joinpath("repertoire", known).iterdir():
        tables |= tomllib.loads(file.read_text("utf-8"))
    for table in tables.values():
        extended = tables.get(table.get("extends", ""), {})
        for name in _TEXTS & extended.keys() & table.keys():
            extended[name] += table[name]
    kinds: dict[str, Kind] = {}
    for _, table in sorted(tables.items()):
        if "words" in table:
            kind = _kind(table, known)
            kinds |= {" ".join(words_of(phrase)): kind for phrase in table["words"].split(",")}
    return {phrase.removesuffix("s"): kind for phrase, kind in kinds.items()} | kinds


@lru_cache(maxsize=_CACHED_KINDS)
def find_kind(label: str, name: str, language: str) -> Kind | None:
    """Return the kind that the longest phrase of the label, or of the beginning of the name, tells."""
    kinds = load_kinds(language)
    beginning = _NAME_END.split(name, maxsplit=1)[0]
    found = [(len(each) + _LABEL_COUNTS, each) for each in _phrases(label, kinds, language)]
    found += [(len(each), each) for each in _phrases(beginning, kinds, language)]
    return kinds[max(found)[1]] if found else None


@cache
def spoken_words(language: str) -> frozenset[str]:
    """Return the words of the repertoire that are no proof: those of no condition, and of what needs none."""
    kinds = {id(each): each for each in load_kinds(language).values()}.values()
    lines = [line for kind in kinds for line in kind.lines]
    free = [line.text for line in lines if line.is_free]
    free += [each for kind in kinds for each in (*kind.subjects, *kind.preheaders)]
    stated = {word for line in lines for word in words_in(line.text)}
    conditions = {word for line in lines for word in words_in(_MEASURE.sub(" ", line.condition))}
    return frozenset(word for text in free for word in words_in(text)).union(stated - conditions)


def words_in(text: str) -> list[str]:
    """Return the words of a text in lower case, hyphens and apostrophes included."""
    return _SPOKEN.findall(text.lower().replace("’", "'"))  # noqa: RUF001 - the typographic apostrophe


@lru_cache(maxsize=_CACHED_SOURCES)
def _found(condition: str, language: str, said: str) -> tuple[str, Mapping[str, str]] | None:
    """Return the first clause of a source that meets a condition, and its figures by their measure."""
    for found in _pattern(condition, language).finditer(said):
        start, end = clause_around(said, found.start(), found.end())
        if not _DENIAL.search(said[start : found.start()]):
            figures = {name.rpartition("_")[0]: each for name, each in found.groupdict().items() if each}
            return said[start:end], figures
    return None


def _is_of_another_thing(figures: Mapping[str, str], name: str, language: str) -> bool:
    """Whether the name has another such figure: a power bank's bullet may tell the capacity of a phone."""
    for measure in _SIZES & figures.keys():
        named = [each[0] for each in re.finditer(_figure(measure, language), name, re.IGNORECASE)]
        numbers = [re.match(_NUMBER, each) for each in (figures[measure], *named)]
        said, *known = [each[0] for each in numbers if each]
        if known and said not in known:
            return True
    return False


@cache
def _pattern(condition: str, language: str) -> re.Pattern[str]:
    counted = count()

    def group(measure: re.Match[str]) -> str:
        return rf"(?P<{measure[1]}_{next(counted)}>{_figure(measure[1], language)})"

    return re.compile(_MEASURE.sub(group, condition), re.IGNORECASE)


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return _WORDS.findall(text.lower().replace("-", " "))


def clause_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the clause with a place in a text begins and ends, or the place itself if it is long."""
    ends = [each.span() for each in _CLAUSE_END.finditer(text)]
    first = max((each[1] for each in ends if each[1] <= start), default=0)
    last = min((each[0] for each in ends if each[0] >= end), default=len(text))
    if last - first > _MAX_QUOTE_CHARS:
        first, last = text.rfind(" ", 0, start) + 1, text.find(" ", end)
        last = last if last >= 0 else len(text)
    clause = text[first:last]
    return first + len(clause) - len(clause.lstrip()), last - len(clause) + len(clause.rstrip())


def _phrases(text: str, kinds: Mapping[str, Kind], language: str) -> Iterator[str]:
    words = words_of(text)
    for size in range(1, min(_MAX_PHRASE_WORDS, len(words)) + 1):
        for start in range(len(words) - size + 1):
            phrase = " ".join(words[start : start + size])
            yield from (each for each in _forms(phrase, language) if each in kinds)


def _forms(phrase: str, language: str) -> Iterator[str]:
    """Yield a phrase, what it may be the plural of, and the ends of a German compound, the longest first."""
    yield from (phrase, phrase.removesuffix("s"), phrase.removesuffix("es"), phrase.removesuffix("ies") + "y")
    if language == "de":
        yield from (phrase[start:] for start in range(1, len(phrase) - _MIN_END_CHARS + 1))


def _kind(table: Mapping[str, Any], language: str) -> Kind:
    lines = (entry.partition(" => ") for entry in table["lines"])
    return Kind(
        called=table["called"],
        theme=table.get("theme", ""),
        lines=tuple(Line(condition, text, language) for condition, _, text in lines),
        subjects=tuple(table["subjects"]),
        preheaders=tuple(table["preheaders"]),
        plural=table.get("plural", table.get("gender") == "p"),
        gender=table.get("gender", ""),
    )


@cache
def _units(language: str) -> Mapping[str, Mapping[str, str]]:
    """Return, by measure, the units as a catalogue writes them, and as a text does."""
    tables = tomllib.loads(files(__package__).joinpath("data", "measures.toml").read_text("utf-8"))
    return {
        measure: {**tables[language].get(measure, {}), **tables["en"][measure]} for measure in tables["en"]
    }


def _figure(measure: str, language: str) -> str:
    units = "|".join(f"(?:{each})" for each in _units(language)[measure])
    return rf"(?<![\w.,]){_NUMBER}\+?[ -]?(?:{units})(?!\w)"


def _written(measure: str, figure: str, language: str) -> str:
    """Return a figure of the catalogue as a text has it: "1.8Ltr" is "1.8 litres"."""
    number = re.match(_NUMBER, figure)
    if number is None:
        return figure
    unit, units = figure[number.end() :].lstrip("+ -"), _units(language)[measure]
    written = (name for known, name in units.items() if name and re.fullmatch(known, unit, re.IGNORECASE))
    return f"{number[0]} {next(written, unit)}"
