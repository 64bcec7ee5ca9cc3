"""The tables of facts.yaml, compiled."""

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from encore.recommender.domain.taxonomy import pattern_source, read_table

_CACHED = 8_192


def found(kind: str, text: str) -> set[str]:
    """Return the values of a kind that a text in lower case names; of sizes only the first."""
    return {value for value, _ in places(kind, text)}


def places(kind: str, text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Yield the values that a text names, in order, each with its place."""
    hints = table("hints").get(kind)
    if hints and not any(map(text.__contains__, hints)):
        return
    compiled, values = _compiled(kind)
    for match in compiled.finditer(text):
        value = values[match.lastgroup or ""]
        if value == "=":
            sizes = filter(None, match.groups()[match.lastindex or 0 :])
            plain = (size.replace(",", ".").removesuffix(".0") for size in sizes)
            yield "x".join(sorted(plain, key=float)), match
            return
        yield value, match


@cache
def table(name: str) -> Any:  # noqa: ANN401 - each table has a form of its own
    """Return one of the tables."""
    return read_table("facts.yaml")[name]


@cache
def makers() -> Mapping[str, str]:
    """Return the makers by every name that texts give them."""
    return {name: maker for maker, others in table("makers").items() for name in (maker, *others)}


@lru_cache(maxsize=_CACHED)
def by_model(model: str) -> Mapping[str, list[str]]:
    """Return which connectors a model has, by kind; empty if that is unknown."""
    return next((facts for expression, facts in table("ports") if re.fullmatch(expression, model)), {})


@cache
def pattern(name: str) -> re.Pattern[str]:
    """Return one of the single patterns, compiled."""
    return re.compile(pattern_source("facts.yaml", name), re.VERBOSE)


@cache
def _compiled(kind: str) -> tuple[re.Pattern[str], Mapping[str, str]]:
    entries = list(table(kind).items())
    joined = "|".join(f"(?P<g{number}>{expression})" for number, (_, expression) in enumerate(entries))
    values = {f"g{number}": str(value) for number, (value, _) in enumerate(entries)}
    return re.compile(rf"(?<![^\W_])(?<!\d[.,])(?:{joined})(?![^\W_])"), values
