"""Review titles and texts with a known sentiment, in the many ways buyers write."""

from dataclasses import dataclass
from random import Random

from fondly.evaluation.sample.catalogue import Listing
from fondly.evaluation.sample.chance import every, likely, rng_for
from fondly.evaluation.sample.vocabulary import Tone, Vocabulary

# The sentiments of a listing's first, second, ... review, repeated: a disliked product is mostly
# disliked, however few reviews it has.
_SENTIMENTS = {
    "loved": "positive positive positive neutral positive positive mixed positive positive negative",
    "fair": "positive mixed neutral positive negative positive neutral positive mixed negative",
    "disliked": "negative negative mixed negative negative negative neutral negative negative positive",
}
_DECKS = {reception: tuple(deck.split()) for reception, deck in _SENTIMENTS.items()}
_AMBIGUOUS_TITLES = every(211, first=17)


@dataclass(frozen=True, slots=True)
class Review:
    """A title and a text; the text may be empty."""

    title: str
    text: str


def compose_review(
    vocabulary: Vocabulary, listing: Listing, *, number: int, position: int, seed: int
) -> Review:
    """Return review `number`, the one at `position` among its listing's reviews."""
    rng = rng_for("review", seed, number)
    deck = _DECKS[listing.reception]
    tone = vocabulary.tones[deck[position % len(deck)]]
    title = rng.choice(tone.titles).format(thing=listing.family.thing)
    return Review(_odd_title(title, number), _odd_text(_text(rng, tone, listing), number))


def _text(rng: Random, tone: Tone, listing: Listing) -> str:
    if likely(rng, 0.14):
        text = rng.choice(tone.short if likely(rng, 0.7) else tone.devanagari)
    else:
        text = " ".join(_sentences(rng, tone)).format(**_slots(rng, listing))
    return f"{text} {rng.choice(tone.emoji)}" if likely(rng, 0.15) else text


def _sentences(rng: Random, tone: Tone) -> list[str]:
    opener = [rng.choice(tone.openers)] if likely(rng, 0.65) else []
    closer = [rng.choice(tone.closers)] if likely(rng, 0.5) else []
    return [*opener, rng.choice(tone.bodies), *closer]


def _slots(rng: Random, listing: Listing) -> dict[str, str]:
    first, second, third, fourth = rng.sample(listing.family.aspects, 4)
    clauses = {
        "good": rng.choice(first.good),
        "good2": rng.choice(second.good),
        "bad": rng.choice(third.bad),
        "bad2": rng.choice(fourth.bad),
    }
    capital = {key.capitalize(): text[0].upper() + text[1:] for key, text in clauses.items()}
    return {**clauses, **capital, "thing": listing.family.thing}


def _odd_title(title: str, number: int) -> str:
    return f"{title},must read" if number in _AMBIGUOUS_TITLES else title


def _odd_text(text: str, number: int) -> str:
    """Return the text, often with one of the quirks of real files."""
    picture = f"https://images.example.com/reviews/{number}.jpg"
    quirks = (
        (every(41, first=3), ""),
        (every(37, first=5), f"{text},as told to the seller"),
        (every(97, first=6), f"{text},{picture}"),
        (every(53, first=9), f"{picture} {text}"),
        (every(59, first=7), text.replace(" ", "\N{NO-BREAK SPACE}", 1)),
        (every(61, first=8), text.replace(" ", " \N{ZERO WIDTH SPACE}", 1)),
        (every(67, first=10), f"{text} Can\x92t say more."),
        (every(83, first=2), f"- {text}"),
        (every(89, first=4), f"+ {text}"),
    )
    return next((odd for numbers, odd in quirks if number in numbers), text)
