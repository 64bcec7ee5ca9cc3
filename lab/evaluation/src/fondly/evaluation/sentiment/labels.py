"""What the values of a label column mean: sentiments by name, or stars."""

import re
from collections.abc import Iterable, Mapping

from fondly.contracts.records import Sentiment

NAMES: Mapping[str, Sentiment] = {
    **dict.fromkeys(("positive", "pos", "+"), Sentiment.POSITIVE),
    **dict.fromkeys(("negative", "neg", "-"), Sentiment.NEGATIVE),
    **dict.fromkeys(("neutral", "neu", "neut"), Sentiment.NEUTRAL),
    **dict.fromkeys(("mixed", "mix", "conflict"), Sentiment.MIXED),
}
"""In lower case. SemEval calls a mixed opinion a conflict."""
STARS: Mapping[float, Sentiment] = {
    **dict.fromkeys((1, 2), Sentiment.NEGATIVE),
    3: Sentiment.NEUTRAL,
    **dict.fromkeys((4, 5), Sentiment.POSITIVE),
}
_NUMBER = re.compile(r"([+-]?\d+(?:\.\d+)?)(?: ?(?:/ ?5|stars?|out of 5(?: stars)?))?")

Given = Mapping[str, Sentiment | None]
"""What a person says that values mean; None leaves their rows out."""


class Labels:
    """The meaning of one file's values; numbers are stars if the largest is above 1 and at most 5."""

    def __init__(self, values: Iterable[str], given: Given) -> None:
        self._given = {_key(value): sentiment for value, sentiment in given.items()}
        free = [value for value in values if _key(value) not in self._given]
        highest = max((number for value in free if (number := _number(value)) is not None), default=0)
        self._stars = STARS if 1 < highest <= max(STARS) else {}

    def sentiment(self, value: str) -> Sentiment | None:
        """Return what a value means; None if nobody said and it has no common meaning."""
        key = _key(value)
        if key in self._given:
            return self._given[key]
        number = _number(value)
        return NAMES.get(key) if number is None else self._stars.get(number)


def read_map(words: Iterable[str]) -> dict[str, Sentiment | None]:
    """Read meanings written as VALUE=LABEL, an empty LABEL for rows to leave out; raise `ValueError`."""
    found: dict[str, Sentiment | None] = {}
    for each in words:
        value, equals, label = each.rpartition("=")
        name = label.strip().casefold()
        if not equals or (name and name not in NAMES):
            raise ValueError(f"{each!r} is not VALUE=LABEL, such as 1=POSITIVE")
        found[value] = NAMES.get(name)
    return found


def _key(value: str) -> str:
    number = _number(value)
    return " ".join(value.casefold().split()) if number is None else f"{number:g}"


def _number(value: str) -> float | None:
    text = " ".join(value.casefold().split())
    if text and set(text) <= {"★", "☆"}:
        return text.count("★")
    found = _NUMBER.fullmatch(text)
    return float(found[1]) if found else None
