"""Answers about languages and aspects, as they are kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter

from fondly.contracts.records import AspectMention, Sentiment

ASPECT_KIND = "ATTRIBUTE"
"""Comprehend's entity type of a quality of something; others are persons, brands, places and so on."""
_language = TypeAdapter(str | None)
_mentions = TypeAdapter(tuple[AspectMention, ...])


@dataclass(frozen=True)
class Found:
    """A mention as Comprehend reports it; offsets are code points."""

    words: str
    begin: int
    end: int
    sentiment: Sentiment
    kind: str


def mentions_of(found: Iterable[Found]) -> tuple[AspectMention, ...]:
    """Return one mention for each aspect, where it is first mentioned, in the order of the text."""
    mentions = [
        AspectMention(
            aspect=" ".join(each.words.lower().split()),
            sentiment=each.sentiment,
            begin=each.begin,
            end=each.end,
        )
        for each in found
        if each.kind == ASPECT_KIND and each.words.strip()
    ]
    return one_each(mentions)


def one_each(mentions: Iterable[AspectMention]) -> tuple[AspectMention, ...]:
    """Return one mention for each aspect, where it is first mentioned.

    Several mentions of an aspect agree, or are neutral beside one that is not; otherwise they are mixed.
    """
    by_aspect: dict[str, list[AspectMention]] = {}
    for mention in sorted(mentions, key=lambda one: (one.begin, one.end)):
        by_aspect.setdefault(mention.aspect, []).append(mention)
    return tuple(
        same[0].model_copy(update={"sentiment": _verdict(one.sentiment for one in same)})
        for same in by_aspect.values()
    )


def _verdict(sentiments: Iterable[Sentiment]) -> Sentiment:
    said = set(sentiments) - {Sentiment.NEUTRAL}
    if len(said) > 1:
        return Sentiment.MIXED
    return next(iter(said), Sentiment.NEUTRAL)


def write_language(language: str | None) -> str:
    """Return a language code, or None for an unrecognised one, as JSON."""
    return _language.dump_json(language).decode()


def read_language(text: str) -> str | None:
    """Return the code that `write_language` wrote."""
    return _language.validate_json(text)


def write_mentions(mentions: Sequence[AspectMention]) -> str:
    """Return mentions as JSON."""
    return _mentions.dump_json(tuple(mentions)).decode()


def read_mentions(text: str) -> tuple[AspectMention, ...]:
    """Return the mentions that `write_mentions` wrote."""
    return _mentions.validate_json(text)
