"""The patterns of facts.yaml, compiled."""

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from encore.recommender.domain.taxonomy import read_table

_CACHED = 8_192


def found(kind: str, text: str) -> set[str]:
    """Return the values of a kind that a text in lower case names."""
    return {value for value, _, _ in places(kind, text)}


def in_order(kind: str, text: str) -> list[str]:
    """Return the values that a text names, in the order of their first places."""
    return list(dict.fromkeys(value for value, _, _ in places(kind, text)))


def places(kind: str, text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the values that a text names, each with the place where it starts and ends."""
    needed = hints().get(kind)
    if needed and not any(map(text.__contains__, needed)):
        return
    pattern, values = _patterns(kind)
    for match in pattern.finditer(text):
        yield values[match.lastindex or 0], match.start(), match.end()


@cache
def hints() -> Mapping[str, tuple[str, ...]]:
    """Return the words without which a text says nothing of a kind."""
    return {kind: tuple(map(str, words)) for kind, words in _content()["hints"].items()}


@cache
def makers() -> Mapping[str, str]:
    """Return the makers by every name that texts give them."""
    entries: Mapping[str, list[str]] = _content()["makers"]
    return {name: maker for maker, others in entries.items() for name in (maker, *others)}


@cache
def series() -> list[tuple[str, str, str, str]]:
    """Return the series of models: as names have them, what they are called, which devices, what follows."""
    return [(phrase, name, device, "".join(number)) for phrase, name, device, *number in _content()["models"]]


@cache
def series_devices() -> Mapping[str, tuple[str, ...]]:
    """Return which devices a series such as "fire tv" is made for."""
    return {name: tuple(devices) for name, devices in _content()["series_devices"].items()}


@cache
def suffixes() -> tuple[str, ...]:
    """Return the words that belong to a model's number before them, such as "pro"."""
    return tuple(map(str, _content()["suffixes"]))


@lru_cache(maxsize=_CACHED)
def by_model(model: str) -> Mapping[str, tuple[str, ...]]:
    """Return which connectors a model has, by kind; empty if that is unknown."""
    return next((facts for pattern, facts in _ports() if pattern.fullmatch(model)), {})


@cache
def _ports() -> list[tuple[re.Pattern[str], Mapping[str, tuple[str, ...]]]]:
    return [
        (re.compile(pattern), {kind: tuple(map(str, values)) for kind, values in facts.items()})
        for pattern, facts in _content()["ports"]
    ]


@cache
def _patterns(kind: str) -> tuple[re.Pattern[str], dict[int, str]]:
    entries: Mapping[str, str] = _content()[kind]
    joined = "|".join(f"({pattern})" for pattern in entries.values())
    values = dict(enumerate(map(str, entries), start=1))
    return re.compile(rf"(?<![^\W_])(?:{joined})(?![^\W_])"), values


@cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = read_table("facts.yaml")
    return content
