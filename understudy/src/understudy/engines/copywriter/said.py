"""Reads what a customer wrote of a product of theirs: of which parts, and whether they like them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, get_args

from understudy.engines.copywriter.chance import shuffled
from understudy.engines.copywriter.repertoire import LANGUAGES, Line
from understudy.engines.copywriter.retold import Teller

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from understudy.engines.copywriter.facts import Own

Opinion = Literal["plus", "minus", "none"]
_LIKED_STARS, _DISLIKED_STARS = 4, 2
_NEGATED = 3
"""How many words a denial reaches."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")  # noqa: RUF001 - the typographic apostrophe
_FELT = re.compile(
    r"^(?:i (?:really )?)?(love|like)(?:d)? (?:it|this|these|them)\b|\b(happy) (?:with|customer)\b"
)
_STOCK = r"(?:one|product|item|quality|buy|purchase)"
_DEGREE = r"(?:(?:very|really|so|quite|also|pretty) )?"


@dataclass(frozen=True)
class Said:
    """Something that a customer wrote, with the clause that says it."""

    opinion: Opinion
    source: str
    quote: str
    aspect: str = ""
    word: str = ""
    """Their own word for it: an adjective, or love, like and happy."""
    told: str = ""
    """What they wrote, as we would tell it."""
    use: str = ""
    """What they use it for."""


@dataclass(frozen=True)
class _Lists:
    words: Mapping[str, frozenset[str]]
    aspects: Mapping[str, str]
    turns: re.Pattern[str]
    clauses: re.Pattern[str]
    leads: re.Pattern[str]
    use: re.Pattern[str]
    retellings: tuple[tuple[Opinion, Line], ...]
    """What a clause comes to, in languages whose clauses cannot be turned word by word."""


def read(own: Own, language: str, called: str = "", occasion: str = "") -> list[Said]:
    """Return what a customer wrote, the most telling first; nothing of what an email must not repeat."""
    lists = _lists(language if language in LANGUAGES else "en")
    said = readable(own, language)
    teller = Teller(tuple(called.lower().split()), lists.words, lists.aspects)
    usual = _usual([*own.said.values()], own, occasion, lists)
    found: dict[tuple[str, str], Said] = {}
    for source, text in said.items():
        told = _retold(source, text, teller, usual, lists)
        for each in (*told, *_of_sentence(source, text, own, lists)):
            found.setdefault((each.told or each.aspect, each.opinion), each)
    return sorted(found.values(), key=_telling)


def _telling(said: Said) -> tuple[bool, ...]:
    is_plain = re.match(r"your [a-z -]+ (?:is|are) ", said.told) is not None
    return not said.told, is_plain, not said.aspect, not said.word


def _usual(texts: list[str], own: Own, occasion: str, lists: _Lists) -> Opinion:
    """Return the opinion of clauses that have none in words."""
    opinions = {_opinion(_words(text), lists) for text in texts}
    by_stars = _by_stars(own.stars) or {"liked": "plus", "sorry": "minus"}.get(occasion, "none")
    if by_stars == "plus":
        return "none" if "minus" in opinions else "plus"
    return "minus" if by_stars == "minus" and "plus" not in opinions else "none"


def _retold(source: str, text: str, teller: Teller, usual: Opinion, lists: _Lists) -> Iterator[Said]:
    """Yield the clauses of a sentence that can be told again."""
    if not teller.called:
        return
    for opinion, line in shuffled(lists.retellings, text, *teller.called):
        if wording := line.proved_by({source: text}):
            yield Said(opinion, *wording.evidence[0], told=wording.text)
    for part in lists.clauses.split(text):
        clause = lists.leads.sub("", part.strip()).strip()
        if told := teller.retold(clause):
            yield Said(_opinion(_words(clause), lists) or usual, source, clause, told=told)


def readable(own: Own, language: str) -> dict[str, str]:
    """Return the customer's sentences of which an email may speak: of no other people, shops or illness."""
    never = _lists(language if language in LANGUAGES else "en").words["never"]
    return {source: text for source, text in own.said.items() if never.isdisjoint(_words(text))}


def _of_sentence(source: str, text: str, own: Own, lists: _Lists) -> Iterator[Said]:
    called = {*_words(own.kind), *_words(own.name)}
    for clause in (each.strip() for each in lists.turns.split(text)):
        words = _words(clause)
        opinion = _opinion(words, lists)
        aspects = [
            lists.aspects[word]
            for before, word in pairwise(["", *words])
            if word in lists.aspects and word not in called and before not in lists.words["negations"]
        ]
        if use := lists.use.search(clause.lower()):
            yield Said("none", source, clause, use=use[0].replace(" my ", " the "))
        if opinion and aspects:
            for aspect in dict.fromkeys(aspects):
                yield Said(opinion, source, clause, aspect, _word_for(aspect.lower(), clause, lists))
        elif clause and (opinion := opinion or _by_stars(own.stars)):
            yield Said(opinion, source, clause, word=_word_for("", clause, lists))


def _opinion(words: list[str], lists: _Lists) -> Opinion | None:
    """Return the opinion that the words of a clause have; a denial turns a word that follows it closely."""
    balance = 0
    for at, word in enumerate(words):
        sign = (word in lists.words["plus"]) - (word in lists.words["minus"])
        negated = not lists.words["negations"].isdisjoint(words[max(0, at - _NEGATED) : at])
        balance += -sign if negated else sign
    return "plus" if balance > 0 else "minus" if balance < 0 else None


def _by_stars(stars: float | None) -> Opinion | None:
    if stars is None or _DISLIKED_STARS < stars < _LIKED_STARS:
        return None
    return "plus" if stars >= _LIKED_STARS else "minus"


def _word_for(aspect: str, clause: str, lists: _Lists) -> str:
    """Return the adjective that a clause has for its aspect or the product, or is."""
    subject = rf"(?:the|its) {aspect}" if aspect else "(?:it|this|they)"
    said = " ".join(_words(clause))
    found = re.search(rf"\b{subject} (?:is|are|was|feels?) {_DEGREE}([a-z]+)(?! [a-z])", said)
    alone = None if aspect else re.fullmatch(rf"(?:a )?{_DEGREE}([a-z]+)(?: {_STOCK})?", said)
    named = next((each[1] for each in (found, alone) if each and each[1] in lists.words["called_plus"]), "")
    felt = None if aspect or named else _FELT.search(said)
    return named or (felt[1] or felt[2] if felt else "")


def _words(text: str) -> list[str]:
    return [each.lower().replace("’", "'") for each in _WORD.findall(text)]  # noqa: RUF001


@cache
def _lists(language: str) -> _Lists:
    data = files(__package__).joinpath("data", "opinions.toml").read_text("utf-8")
    tables: dict[str, dict[str, str]] = tomllib.loads(data)
    table = tables[language]
    words = {name: frozenset(text.split()) for name, text in table.items()}
    ends = r"[.;:!?,()]+(?:\s|$)|\s-+\s"
    return _Lists(
        words=words,
        aspects={
            each.rpartition("/")[2].lower(): each.replace("/", " ") for each in table["aspects"].split()
        },
        turns=re.compile(rf"[.;:!?,]+(?:\s|$)|\b(?:{table['turns']})\b", re.IGNORECASE),
        clauses=re.compile(rf"{ends}|\b(?:{table['retold_turns'] or '(?!)'})\b", re.IGNORECASE),
        leads=re.compile(rf"^-? ?(?:(?:{table['retold_leads'] or '(?!)'})\b,? ?)*", re.IGNORECASE),
        use=re.compile(rf"\b(?:for|on|in|at) (?:{table['uses'] or '(?!)'})\b"),
        retellings=tuple(
            (sign, Line(condition, told, language))
            for sign in get_args(Opinion)
            for each in tables.get("retellings", {}).get(f"{language}_{sign}", "").strip().splitlines()
            for condition, _, told in [each.partition(" => ")]
        ),
    )
