"""The word lists by which a written name is read; `name_words.toml` beside this file explains each."""

import tomllib
from importlib.resources import files

from fondly.mailer.domain.text import word_set

_LISTS = tomllib.loads(files(__package__).joinpath("name_words.toml").read_text("utf-8"))


def _words(key: str) -> frozenset[str]:
    return word_set(_LISTS[key])


TITLES = _words("titles")
COURTESY = _words("courtesy")
SUFFIXES = _words("suffixes")
PARTICLES = _words("particles")
LOWER_PARTICLES = _words("lower_particles")
SHORT_NAMES = _words("short_names")
NOT_GREETED = _words("not_greeted")
ADDRESS_ENDS = _words("address_ends")
REFUSED_WORDS = _words("not_persons") | _words("insults")
"""Whole words that no name of a person has."""
REFUSED_PARTS = tuple(sorted(_words("not_persons_within") | _words("insults_within")))
"""Letters that no name of a person has, wherever they stand."""
