"""Judges texts by the facts of their question.

A text is refused for what a reasonable reader would take as a statement of fact that no source proves:
figures, idioms that claim something, claims about the customer and others, what the product is said to do or
have, and words that are neither proved nor of daily life. What the repertoire says is true where its
conditions hold.
"""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import filterfalse
from typing import TYPE_CHECKING, Any

from understudy.engines.copywriter.pools import Pools
from understudy.engines.copywriter.repertoire import find_kind
from understudy.engines.judge.evidence import Evidence
from understudy.engines.judge.lexicon import load_lexicon
from understudy.engines.judge.phrases import BREAK, CACHED_TEXTS, is_slot, sentences
from understudy.engines.judge.statements import misreported, unproved_statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from understudy.engines.copywriter.facts import Facts, Question, Text
    from understudy.engines.copywriter.repertoire import Kind
    from understudy.engines.judge.phrases import Sentence

_FIGURES = frozenset({"{price}", "{was_price}", "{saving}", "{discount}", "{rating}", "{rating_count}"})
_FRAME = frozenset({"intro", "closing"})
"""Fields that are not about a product."""

Fault = tuple[str, str]
"""The words that are unproved, and why."""


def judge(facts: Facts) -> dict[str, Any]:
    """Return, for each question, the texts that are refused, with the fewest words that are unproved."""
    return {"questions": {str(each.n): {"refused": list(_refused(each, facts))} for each in facts.questions}}


def _refused(question: Question, facts: Facts) -> Iterator[dict[str, Any]]:
    evidence = Evidence(question.facts, load_lexicon(facts.language), facts.brand.name)
    for text in question.texts:
        if fault := next(_faults(text, evidence), None):
            yield {"id": text.id, "span": fault[0], "why": fault[1]}


def _faults(text: Text, evidence: Evidence) -> Iterator[Fault]:
    if text.field == "quote":
        yield from _of_quote(text.text, evidence)
        return
    words = text.text
    for said in _repertoire(words.lower(), evidence):
        words = _replaced(said, "", words)
    for scene in _scenes(evidence):
        words = _replaced(scene, BREAK, words)
    for sentence in sentences(words):
        yield from _of_sentence(sentence, text.field, evidence)


def _replaced(said: str, instead: str, words: str) -> str:
    """Replace what is said, in lower case, wherever `words` have it."""
    at = words.lower().find(said)
    while at >= 0:
        words = f"{words[:at]}{instead}{words[at + len(said) :]}"
        at = words.lower().find(said, at + len(instead))
    return words


def _of_quote(text: str, evidence: Evidence) -> Iterator[Fault]:
    """Yield what must not be quoted of a review, which is a buyer's word and needs no other proof."""
    for sentence in sentences(text):
        for at, token in enumerate(sentence.tokens):
            if token in evidence.lexicon.words("unquotable"):
                yield sentence.words(at, at + 1), "objects, warns or is private"


def _repertoire(words: str, evidence: Evidence) -> Iterator[str]:
    """Yield what `words`, in lower case, have of the repertoire: said of any product, or proved of this."""
    sources, occasion = evidence.sources, str(evidence.facts.get("occasion") or "new")
    found = [*_said_of_any(words, evidence.lexicon.language, occasion)]
    known = [sources.get("remedy", "").lower()]
    if kind := _kind(evidence):
        known += kind.scenes
        begun = (each for each in kind.lines if each.start in words)
        known += (said.text.lower() for each in begun if (said := each.proved_by(sources)))
    found += (each for each in known if each and each in words)
    yield from sorted(found, key=len, reverse=True)


def _scenes(evidence: Evidence) -> tuple[str, ...]:
    """Return what the pools say of the theme of the first product, in lower case."""
    kind, pools = _kind(evidence), Pools.load(evidence.lexicon.language)
    return tuple(map(str.lower, pools.of(f"scenes.{kind.theme}"))) if kind else ()


def _kind(evidence: Evidence) -> Kind | None:
    sources = evidence.sources
    return find_kind(sources.get("kind", ""), sources.get("name", ""), evidence.lexicon.language)


@lru_cache(CACHED_TEXTS)
def _said_of_any(words: str, language: str, occasion: str) -> tuple[str, ...]:
    """Return what `words` have that may be said of any product: most texts are judged more than once."""
    return tuple(each for each in _of_any(language, occasion) if each in words)


@cache
def _of_any(language: str, occasion: str) -> tuple[str, ...]:
    tables = ("subjects", "preheaders", "lines", "closing", f"frame.{occasion}")
    texts = (text.lower() for name in tables for text in Pools.load(language).all_of(name))
    return tuple(filter(None, texts))


def _of_sentence(sentence: Sentence, field: str, evidence: Evidence) -> Iterator[Fault]:
    tokens = sentence.tokens
    yield from _phrases(sentence, evidence)
    supported = _beside_figures(sentence, evidence)
    yield from _assertions(sentence, evidence, supported)
    if field in _FRAME and evidence.has_words:
        yield from (
            (sentence.words(at, at + 1), "the customer did not write this")
            for at in misreported(tokens, evidence)
        )
    if field not in _FRAME:
        for at, why in unproved_statements(tokens, evidence):
            if at not in supported:
                yield sentence.words(at, at + 1), why
    is_plain = evidence.lexicon.is_plain
    for at in (at for at, token in enumerate(tokens) if not is_plain(token)):
        if at not in supported and (why := _of_word(at, sentence, evidence)):
            yield sentence.words(at, at + 1), why


def _phrases(sentence: Sentence, evidence: Evidence) -> Iterator[Fault]:
    """Yield idioms that claim something, and phrases that a source must have."""
    lexicon, tokens, dull = evidence.lexicon, sentence.tokens, evidence.lexicon.dull
    for start, end, subject in lexicon.idioms.found(tokens):
        told = evidence.told.issuperset(map(lexicon.stem, tokens[start:end]))
        if subject != "a size or a number" or not told:
            yield sentence.words(start, end), f"claims {subject}"
    for start, end, _ in lexicon.proved.found(tokens):
        pair = tokens[end - 2], tokens[end - 1]
        if pair not in evidence.pairs and " ".join(tokens[start:end]) not in evidence.text:
            yield sentence.words(start, end), "no source says so"
    for start, end, _ in lexicon.stated.found(tokens):
        if not all(map(evidence.states, filterfalse(dull.__contains__, tokens[start:end]))):
            yield sentence.words(start, end), "no source says so"
    for start, end, _ in lexicon.contents.found(tokens):
        things = [each for each in tokens[:start] if each not in dull]
        if things and not evidence.states(things[-1]):
            yield sentence.words(0, end), "no source says so"


def _assertions(sentence: Sentence, evidence: Evidence, supported: set[int]) -> Iterator[Fault]:
    """Yield claims that nothing known supports, and note where those are that something does."""
    lexicon, tokens = evidence.lexicon, sentence.tokens
    for start, end, subject in lexicon.assertions.found(tokens):
        known = evidence.known.union(filter(is_slot, tokens))
        is_the_reason = " ".join(tokens[start : end + 1]) in evidence.sources.get("reason", "").lower()
        if is_the_reason or not lexicon.assertion_needs[subject].isdisjoint(known):
            supported |= set(range(start, end))
        elif lexicon.words("negations").isdisjoint(tokens[start:end]):
            yield sentence.words(start, end), f"nothing supports a claim about {subject}"


def _beside_figures(sentence: Sentence, evidence: Evidence) -> set[int]:
    """Return where words are that belong to an amount or a rating of their sentence."""
    if _FIGURES.isdisjoint(sentence.tokens):
        return set()
    words = evidence.lexicon.words("figure_words")
    return {at for at, token in enumerate(sentence.tokens) if token in words}


def _of_word(at: int, sentence: Sentence, evidence: Evidence) -> str:
    """Return what is wrong with a word, nothing if it may be said."""
    tokens = sentence.tokens
    lexicon, token, before = evidence.lexicon, tokens[at], tokens[at - 1] if at else BREAK
    if token == BREAK or is_slot(token):
        return ""
    if token in lexicon.words("units") and (before[0].isdigit() or before in lexicon.figures):
        return ""
    if token[0].isdigit():
        return "" if evidence.counts(token) else "a figure that no source has"
    if token in lexicon.words("numbers"):
        counted = before in lexicon.words("before_numbers") or _is_counted(tokens[at + 1 : at + 3], evidence)
        return "a figure that no source has" if counted and not evidence.counts(token) else ""
    if token in lexicon.words("currencies"):
        return "a price in words"
    harmless = evidence.allows(token) or lexicon.names_nothing(sentence.words(at, at + 1))
    return "" if harmless else "neither proved nor of daily life"


def _is_counted(following: Sequence[str], evidence: Evidence) -> bool:
    """Whether a number counts units or parts, and not evenings or sisters."""
    scenes = evidence.lexicon.words("scenes")
    return any(each != BREAK for each in following[:1]) and scenes.isdisjoint(following)
