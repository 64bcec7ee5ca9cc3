"""The word lists of a language, by which the gate judges copy; `languages/<code>/*.toml` holds them.

A list is text: words separated by whitespace, or phrases separated by commas, in lower case.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Self

from fondly.mailer.domain.words.claims import Needs
from fondly.mailer.domain.words.compounds import MIN_PART_CHARS, Compounds
from fondly.mailer.domain.words.endings import Endings
from fondly.mailer.domain.words.frames import Frames
from fondly.mailer.domain.words.phrases import Phrases, Subject

FOLDER = files("fondly.mailer.domain") / "languages"


@dataclass(frozen=True, eq=False)
class WordLists:
    """What the gate knows of a language; there is one for each, so it is its own identity."""

    code: str
    neutral: frozenset[str]
    """Words that state nothing."""
    neutral_stems: frozenset[str]
    scenes: frozenset[str]
    """What a text may speak of that is not about one product."""
    restricted: frozenset[str]
    """Words that are harmless only within a phrase, or in the frame of a figure."""
    physical: frozenset[str]
    """Qualities, which belong to a moment, or to a product whose catalogue entry has them."""
    moments: frozenset[str]
    audience: frozenset[str]
    """Other people."""
    audience_sentence: frozenset[str]
    """All that a sentence about other people may say besides."""
    price: frozenset[str]
    rating: frozenset[str]
    reduction: frozenset[str]
    """Besides these, all that a sentence about a reduced price may say."""
    pronouns: frozenset[str]
    """Words that stand for the product."""
    light_verbs: frozenset[str]
    """What may be said of any product: whatever else it is said to do must be in the catalogue."""
    modals: frozenset[str]
    """After these, a verb has no ending."""
    verb_ending: str
    """The ending of what one thing does."""
    before_deeds: frozenset[str]
    being: frozenset[str]
    """Forms of "be"."""
    participle_ending: str
    """The ending of what is said to be done with a thing; empty where participles have several."""
    light_participles: frozenset[str]
    """What may be said to be done with any product."""
    before_objects: frozenset[str]
    """Before a product these show that it is not the subject."""
    having: frozenset[str]
    """Verbs of which the object must be in the catalogue."""
    having_pairs: frozenset[str]
    """Two words that are such a verb, as in "comes with"."""
    having_after: frozenset[str]
    abstract: frozenset[str]
    """Objects that say nothing."""
    people_verbs: frozenset[str]
    """What only the reader may be said to do with a product."""
    reader: frozenset[str]
    people: frozenset[str]
    """Groups of people, who are not said to do anything with a product."""
    plain_verbs: frozenset[str]
    """What such a group is not said to do."""
    joining: frozenset[str]
    """Words that end a noun phrase."""
    coordinating: frozenset[str]
    """Words between two noun phrases of one verb."""
    sweeping: frozenset[str]
    """Words that an amount, which is that of one product, must not be said of."""
    before_neutral: frozenset[str]
    """Restricted words that say nothing before a neutral one."""
    amount_sentence: frozenset[str]
    """What a sentence with an amount may say besides."""
    reduction_claims: frozenset[str]
    seller: frozenset[str]
    """A seller's words, which vouch for nothing."""
    negations: frozenset[str]
    numbers: frozenset[str]
    currencies: frozenset[str]
    greeting: frozenset[str]
    """All words of greetings."""
    headline_never: frozenset[str]
    """What makes a subject look like a message about an order, an account or money."""
    loose_ends: frozenset[str]
    """Words with which no noun phrase begins or ends."""
    spellings: Mapping[str, str]
    """Names and abbreviations as they are written, by their lower case."""
    common: frozenset[str]
    """Words that are no abbreviations even in capitals."""
    longest_acronym: int
    keeps_capitals: bool
    """Whether capitals within a sentence are more than emphasis, as those of German nouns are."""
    plurals: tuple[tuple[str, str], ...]
    """Endings of plurals, longest first, and what one thing has instead; none where words change more."""
    adjective_endings: tuple[str, ...]
    """Endings of words before a noun that keep no capital, in a language whose nouns do."""
    letters: frozenset[str]
    """Letters besides a to z."""
    phrases: Phrases
    """Phrases that excuse words (`harmless`), that the catalogue must have (`proved`), that make a claim of
    harmless words (`idiom`), and those of claims (`claim`)."""
    several: Phrases
    """How a text speaks of several products, which is wrong where an email has one."""
    frames: Frames
    claim_needs: Needs
    """Claims that a reason of the email, or what is known of the customer, must support."""
    kinds: Mapping[str, frozenset[str]]
    """What is true of a kind of product, by each word that names the kind."""
    same: Mapping[str, frozenset[str]]
    """Words that mean the same, by word."""
    endings: Endings
    compounds: Compounds

    def kind_words(self, head: str) -> frozenset[str]:
        """Return what is true of the kind that a word names, or the head of a compound does."""
        found = self.kinds.get(head) or self.kinds.get(self.endings.stem(head))
        if found is not None or not self.compounds.links:
            return found or frozenset()
        heads = (head[at:] for at in range(MIN_PART_CHARS, len(head) - MIN_PART_CHARS))
        return next((self.kinds[each] for each in heads if each in self.kinds), frozenset())

    @cached_property
    def no_features(self) -> frozenset[str]:
        """Words that make a noun phrase something else than a feature."""
        sellers = self.seller | self.price | self.reduction_claims
        return sellers | self.numbers | self.currencies | self.audience

    @classmethod
    @cache
    def load(cls, code: str) -> Self:
        """Read the lists of a language once; raise `LookupError` if it has none."""
        _require(code)
        words, phrases, kinds = (_read(code, name) for name in ("words", "phrases", "kinds"))
        claims = _read(code, "claims")["claims"]
        endings = Endings.of(words["endings"])
        plain = [each.name for each in fields(cls) if each.type == frozenset[str] and each.name in words]
        lists = {name: _words(words, name) for name in plain} | {
            "neutral_stems": frozenset(map(endings.stem, _words(words, "neutral"))),
            "having_pairs": frozenset(map(str.strip, words["having_pairs"].split(","))),
            "seller": _words(kinds, "seller"),
            "common": _words(words, "common", "neutral", "physical", "scenes"),
            "letters": frozenset(words["letters"]),
        }
        plurals = (each.partition(":") for each in words["plurals"].split())
        return cls(
            code=code,
            **lists,
            verb_ending=words["verb_ending"],
            participle_ending=words["participle_ending"],
            spellings={each.lower(): each for each in words["spellings"].split()},
            longest_acronym=words["longest_acronym"],
            keeps_capitals=words["keeps_capitals"],
            plurals=tuple((end, left) for end, _, left in plurals),
            adjective_endings=tuple(words["adjective_endings"].split()),
            phrases=Phrases.of(_phrases(phrases, claims)),
            several=Phrases.of([(("several", ""), phrases["several"])]),
            frames=Frames.of(_read(code, "frames")),
            claim_needs={each["subject"]: frozenset(each["needs"].split()) for each in claims},
            kinds=_by_word((each["heads"], each["words"]) for each in kinds["kinds"]),
            same=_by_word((group, group) for group in kinds["same"]),
            endings=endings,
            compounds=Compounds.of(words["compounds"]) if "compounds" in words else Compounds(),
        )


def _require(code: str) -> None:
    """Raise `LookupError` if a language has no lists."""
    known = sorted(each.name for each in FOLDER.iterdir() if (each / "words.toml").is_file())
    if code not in known:
        raise LookupError(f"copy can be checked in {', '.join(known)}; there are no word lists for {code!r}")


def _phrases(table: Mapping[str, Any], claims: Iterable[Mapping[str, str]]) -> Iterator[tuple[Subject, str]]:
    yield from (((group, ""), table[group]) for group in ("harmless", "proved"))
    yield from ((("idiom", subject), text) for subject, text in table["idioms"].items())
    yield from ((("claim", each["subject"]), each["phrases"]) for each in claims)


def _read(code: str, name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / code / f"{name}.toml").read_text("utf-8"))


def _words(table: Mapping[str, str], *names: str) -> frozenset[str]:
    return frozenset(word for name in names for word in table[name].split())


def _by_word(groups: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for heads, words in groups:
        for head in heads.split():
            found[head] = found.get(head, frozenset()) | frozenset(words.split())
    return found
