"""The tables of words and patterns that are shipped beside this module."""

import re
from functools import cache
from importlib import resources
from itertools import product
from typing import Any

import yaml

_BRACES = re.compile(r"\{([a-z ]+)\}")


@cache
def read_table(name: str) -> Any:  # noqa: ANN401 - each table has a form of its own
    """Return the content of a table that is shipped beside this module."""
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=yaml.CSafeLoader)


@cache
def pattern_source(table: str, name: str) -> str:
    """Return the text of one of the `patterns` of a table, with those that it is made of."""
    return filled(read_table(table)["patterns"][name], table)


def filled(text: str, table: str) -> str:
    """Return the text of a pattern with those of a table that it names in braces."""
    return _BRACES.sub(lambda part: pattern_source(table, part[1]), text)


@cache
def word_set(*lists: str) -> frozenset[str]:
    """Return all words of these lists in lower case."""
    return frozenset(word for name in lists for word in _list(name))


@cache
def german_colours() -> frozenset[str]:
    """Return German colours, joined with a tone and inflected: `dunkelblaues`."""
    tones, endings = ("", *_list("german tones")), ("", *_list("german endings"))
    return frozenset(map("".join, product(tones, _list("german colours"), endings)))


def _list(name: str) -> list[str]:
    text: str = read_table("words.yaml")[name]
    return text.casefold().split()


def complement_table() -> dict[str, list[str]]:
    """Return the authored table of complements: phrases by phrase, best first."""
    table: dict[str, list[str]] = read_table("complements.yaml")
    return table


def complement_phrases() -> list[str]:
    """Return every phrase of the authored table of complements once."""
    table = complement_table()
    return list(dict.fromkeys(phrase for kind, others in table.items() for phrase in (kind, *others)))
