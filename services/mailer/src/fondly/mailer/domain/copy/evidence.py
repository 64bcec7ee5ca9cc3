"""What is cited stands in the facts, and nobody is named who does not."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from fondly.mailer.domain.copy.rules import CACHED_TEXTS, Rules, plain, plain_source
from fondly.mailer.domain.copy.wording import Ground, Wording
from fondly.mailer.domain.slots import SLOT, attribute, slots_in

QUOTE = "quote"
QUOTE_WORDS = range(4, 21)
WORDS_IN_A_ROW = 5
"""So many words of a customer's in a row are a quotation."""
OWN_SENTENCES = 64
"""So few are remembered: all wordings for a customer are compared with the same ones, one after the other."""
_WORDS = re.compile(r"[\w'-]*\w")
_NAMED = re.compile(r" (?<![.?!…:] )[\"“„(]?([A-Z]\w*[a-z][\w-]*)")
"""A word with a capital letter within a sentence."""


def evidence_problems(
    field: str, wording: Wording, ground: Ground, named: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Yield (rule, what breaks it) for evidence that is none, and for words and names from elsewhere."""
    rules = Rules.load(ground.language)
    for cited in wording.evidence:
        quote = plain_source(cited.quote).strip(" .,:;-")
        if not quote or quote not in plain_source(ground.sources.get(cited.source, "")):
            yield "evidence is quoted letter by letter from the source of its id", cited.quote or cited.source
        elif quote == plain_source(ground.brand) or (
            cited.source[0] != "a" and rules.labels.fullmatch(quote)
        ):
            yield "a brand or a bare label proves nothing", cited.quote
    if named and (stranger := _stranger(field, named, ground, rules.names)):
        yield "name nobody, and no product or maker that the facts do not name", stranger
    if field == QUOTE:
        yield from _quote_problems(wording.text, ground)
        return
    words = _words(wording.text) if ground.own_words else ()
    for said in ground.own_words:
        if taken := _run_of(said, words):
            yield "tell in other words what the customer wrote", taken
    if not _may_name_own(ground) and (own := _own_name(wording.text, ground)):
        yield "the reason is not about the customer's own product: do not name it", own


def _may_name_own(ground: Ground) -> bool:
    return ground.goes_with_own or ground.better_rated or bool(ground.own_words)


def _own_name(text: str, ground: Ground) -> str | None:
    own = plain_source(ground.sources.get("own", ""))
    slot = next((slot for slot in slots_in(text) if attribute(slot) == "own"), None)
    return own if own and own in plain(text) else slot


def named_in(text: str, rules: Rules) -> list[str]:
    """Return the words of a text that look like names; none in a language that writes other words so."""
    return _NAMED.findall(SLOT.sub("~", text)) if rules.names else []


def _stranger(field: str, named: Sequence[str], ground: Ground, names: frozenset[str]) -> str | None:
    """Return the first name that no source has; a quote may name only what the product is called."""
    sources = [
        ground.sources.get(each, "") for each in (("name", "kind") if field == QUOTE else ground.sources)
    ]
    known = (names, *map(_known, (ground.brand, *sources)))
    for name in named:
        forms = _forms(plain(name))
        if all(words.isdisjoint(forms) for words in known):
            return name
    return None


@lru_cache(maxsize=CACHED_TEXTS)
def _known(source: str) -> frozenset[str]:
    return frozenset(_words(source))


def _forms(name: str) -> tuple[str, str, str]:
    """Return a name as sources may have it: "Kenya's" and "Kenyan" are proof of "Kenya"."""
    return name, name.removesuffix("s"), f"{name}n"


def _run_of(said: str, words: Sequence[str]) -> str | None:
    theirs = _spaced_words(said)
    runs = (" ".join(words[at : at + WORDS_IN_A_ROW]) for at in range(len(words) - WORDS_IN_A_ROW + 1))
    return next((run for run in runs if f" {run} " in theirs), None)


@lru_cache(maxsize=OWN_SENTENCES)
def _spaced_words(said: str) -> str:
    return f" {' '.join(_words(said))} "


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORDS.findall(plain(text)))


def _quote_problems(text: str, ground: Ground) -> Iterator[tuple[str, str]]:
    reviews = (said for source, said in ground.sources.items() if source[:1] == "r")
    if not any(plain(text) in plain(said) for said in reviews if said):
        yield "a quote stands letter by letter in a review", ""
    if len(text.split()) not in QUOTE_WORDS:
        yield f"a quote has {QUOTE_WORDS.start} to {QUOTE_WORDS.stop - 1} words", ""
    if any(sign in text for sign in "?!") or text.isupper():
        yield "a quote neither asks nor shouts", ""
