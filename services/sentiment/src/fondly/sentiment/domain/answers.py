"""Answers about languages and aspects, as they are kept."""

from collections.abc import Iterable, Mapping
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

from fondly.contracts.records import AspectMention, Sentiment

ASPECT_KIND = "ATTRIBUTE"
"""Comprehend's entity type of a quality of something; others are persons, brands, places and so on."""
Answer = TypeVar("Answer")


class Kept(Generic[Answer]):
    """A kind of answer in the form in which it is kept: JSON."""

    def __init__(self, kind: Any) -> None:  # noqa: ANN401 - any type
        self._adapter: TypeAdapter[Answer] = TypeAdapter(kind)

    def write(self, answer: Answer) -> str:
        """Return an answer as JSON."""
        return self._adapter.dump_json(answer, exclude_none=True).decode()

    def read(self, text: str) -> Answer:
        """Return the answer that `write` wrote."""
        return self._adapter.validate_json(text)


LANGUAGE = Kept[str | None](str | None)
"""A language's code; None if it is not recognised."""
MENTIONS = Kept[tuple[AspectMention, ...]](tuple[AspectMention, ...])


def mentions_of(reply: Mapping[str, Any]) -> tuple[AspectMention, ...]:
    """Return a mention for each aspect in a reply of Comprehend, where it is first mentioned, in order."""
    found = (mention for entity in reply["Entities"] for mention in entity["Mentions"])
    return one_each(
        AspectMention(
            aspect=" ".join(each["Text"].lower().split()),
            sentiment=Sentiment(each["MentionSentiment"]["Sentiment"]),
            begin=each["BeginOffset"],
            end=each["EndOffset"],
        )
        for each in found
        if each["Type"] == ASPECT_KIND and each["Text"].strip()
    )


def one_each(mentions: Iterable[AspectMention]) -> tuple[AspectMention, ...]:
    """Return one mention for each aspect, where it is first mentioned; mixed if others contradict it."""
    by_aspect: dict[str, list[AspectMention]] = {}
    for mention in sorted(mentions, key=lambda one: (one.begin, one.end)):
        by_aspect.setdefault(mention.aspect, []).append(mention)
    return tuple(map(_verdict, by_aspect.values()))


def _verdict(same: list[AspectMention]) -> AspectMention:
    said = {one.sentiment for one in same} - {Sentiment.NEUTRAL} or {Sentiment.NEUTRAL}
    verdict = Sentiment.MIXED if len(said) > 1 else said.pop()
    return same[0] if same[0].sentiment is verdict else same[0].model_copy(update={"sentiment": verdict})
