"""Reads what a customer wrote of a product of theirs: of which parts, and whether they like them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

from understudy.engines.copywriter.repertoire import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from understudy.engines.copywriter.facts import Own

Opinion = Literal["plus", "minus"]
_LIKED_STARS, _DISLIKED_STARS = 4, 2
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")  # noqa: RUF001 - the typographic apostrophe
_DEGREE = r"(?:(?:very|really|so|quite|also|pretty) )?"


@dataclass(frozen=True)
class Said:
    """Something that a customer wrote, with the clause that says it."""

    opinion: Opinion
    source: str
    quote: str
    aspect: str = ""
    word: str = ""
    """Their own word for it: an adjective, or what the product does and how."""


@dataclass(frozen=True)
class _Lists:
    words: Mapping[str, frozenset[str]]
    aspects: Mapping[str, str]
    turns: re.Pattern[str]
    deed: re.Pattern[str]


def read(own: Own, language: str) -> list[Said]:
    """Return what a customer wrote, the most telling first; nothing of what an email must not repeat."""
    lists = _lists(language if language in LANGUAGES else "en")
    found: dict[tuple[str, str], Said] = {}
    for source, text in readable(own, language).items():
        for each in _of_sentence(source, text, own, lists):
            found.setdefault((each.aspect, each.opinion), each)
    return sorted(found.values(), key=lambda each: (not each.aspect, not each.word))


def readable(own: Own, language: str) -> dict[str, str]:
    """Return the customer's sentences of which an email may speak: of no other people, shops or illness."""
    never = _lists(language if language in LANGUAGES else "en").words["never"]
    return {source: text for source, text in own.said.items() if never.isdisjoint(_words(text))}


def _of_sentence(source: str, text: str, own: Own, lists: _Lists) -> Iterator[Said]:
    called = {*_words(own.kind), *_words(own.name)}
    for clause in (each.strip() for each in lists.turns.split(text)):
        words = _words(clause)
        opinion = _opinion(words, lists)
        aspects = [lists.aspects[word] for word in words if word in lists.aspects and word not in called]
        if opinion and aspects:
            for aspect in dict.fromkeys(aspects):
                yield Said(opinion, source, clause, aspect, _word_for(aspect.lower(), clause, lists))
        elif clause and (opinion := opinion or _by_stars(own.stars)):
            yield Said(opinion, source, clause, word=_word_for("", clause, lists) or _deed(clause, lists))


def _opinion(words: list[str], lists: _Lists) -> Opinion | None:
    """Return the opinion that the words of a clause have."""
    praise = sum(word in lists.words["plus"] for word in words)
    blame = sum(word in lists.words["minus"] for word in words)
    if praise == blame:
        return None
    negated = not lists.words["negations"].isdisjoint(words)
    return "plus" if (praise > blame) != negated else "minus"


def _by_stars(stars: float | None) -> Opinion | None:
    if stars is None or _DISLIKED_STARS < stars < _LIKED_STARS:
        return None
    return "plus" if stars >= _LIKED_STARS else "minus"


def _word_for(aspect: str, clause: str, lists: _Lists) -> str:
    """Return the adjective that a clause has for its aspect, or for the product."""
    subject = rf"(?:the|its) {aspect}" if aspect else "(?:it|this|they)"
    found = re.search(rf"\b{subject} (?:is|are|was|feels?) {_DEGREE}([a-z]+)(?!\w| [a-z])", clause.lower())
    return found[1] if found and found[1] in lists.words["called_plus"] else ""


def _deed(clause: str, lists: _Lists) -> str:
    found = lists.deed.search(clause.lower())
    return f"{found[1]} {found[2]}" if found else ""


def _words(text: str) -> list[str]:
    return [each.lower().replace("’", "'") for each in _WORD.findall(text)]  # noqa: RUF001


@cache
def _lists(language: str) -> _Lists:
    data = files(__package__).joinpath("data", "opinions.toml").read_text("utf-8")
    table: dict[str, str] = tomllib.loads(data)[language]
    words = {name: frozenset(text.split()) for name, text in table.items()}
    deeds, manners = ("|".join(table[name].split()) or "(?!)" for name in ("deeds", "manners"))
    return _Lists(
        words=words,
        aspects={
            each.rpartition("/")[2].lower(): each.replace("/", " ") for each in table["aspects"].split()
        },
        turns=re.compile(rf"[.;:!?,]+(?:\s|$)|\b(?:{table['turns']})\b", re.IGNORECASE),
        deed=re.compile(rf"\b(?:it|this) ({deeds}) {_DEGREE}({manners})\b"),
    )
