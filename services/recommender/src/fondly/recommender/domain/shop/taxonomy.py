"""What a shop's categories are about, in words that tables can be written in.

Every shop has a tree of its own ("HomeTheater,TV&Video", "TVs", "Fernseher"), so tables name kinds of things
by a phrase of singular English words ("washing machine"), and a category is matched by the words of its
levels.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib import resources
from itertools import groupby, product, takewhile
from typing import Any, NamedTuple

import yaml

Category = tuple[str, ...]
"""A category path, from the root to the leaf."""

_TOKEN = re.compile(r"[^\W_]+")
_BRACES = re.compile(r"\{([a-z ]+)\}")
_NESTED = re.compile(r"[>|]|::|\s/\s")
_POSSESSIVE = re.compile(r"['\u2019]s\b", re.IGNORECASE)
_SEVERAL = re.compile(r"[&,;/+()]|\s-\s|\b(?:and|und|et|y)\b")
_FOR = re.compile(r"\b(?:for|with|fur|pour|para)\b")
_CAMEL = re.compile(
    r"(?<=[a-z])(?<!\b[a-z])(?=[A-Z])"  # HomeTheater, but not iPhone
    r"|(?<=[A-Z0-9])(?=[A-Z](?!s(?![a-z]))[a-z])"  # TVMounts, but not TVs
)
_ENDINGS = (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"), ("s", ""))
_SINGULAR_ENDINGS = ("ss", "us", "is")
_MAX_ACRONYM = 3
_MIN_PART = 4
"""The shortest part of a compound word, in letters."""
_LINKS = ("", "n", "s", "en", "es")
"""What German puts between the parts of a compound word."""
_SETS = frozenset(("combo", "set"))
"""What is sold together is all that it names: a set of keyboard and mouse is either."""
_CACHED_LEVELS = 65_536


class _Lexicon(NamedTuple):
    """The words of taxonomy.yaml, folded."""

    irregular: Mapping[str, str]
    translations: Mapping[str, tuple[str, ...]]
    known: frozenset[str]
    apart: frozenset[str]
    tails: frozenset[str]


class _Level(NamedTuple):
    """A level's words, the last words of the things it names, and those of them that name parts of others."""

    words: frozenset[str]
    heads: frozenset[str]
    parts: frozenset[str]
    several: bool


class Entries:
    """The phrases of a table, matched against categories.

    The lowest level that any phrase matches says what the category is; levels above only add words, so that
    ("Dogs", "Beds") is a "dog bed". Two kinds of levels are special:

    - Words such as "cable", "bag" or "cartridge" make something else of the thing named before them. A level
      that ends in one matches phrases with that word: "TV Mounts" are not televisions, and "TVs & Mounts" are
      mounts first. If none matches, the search ends: the levels above say only what the part is for.
    - A level above the leaf that names several things ("Cameras & Photography") is a department, and matches
      only phrases that name all of it.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        self._words: dict[str, frozenset[str]] = {}
        self._by_last_word: dict[str, list[str]] = {}
        for phrase in phrases:
            own = words(phrase)
            self._words[phrase] = frozenset(own)
            self._by_last_word.setdefault(own[-1], []).append(phrase)

    def matches(self, category: Category) -> list[list[str]]:
        """Return the phrases that the category matches, in groups, most specific first.

        Where some have the last word of what the deciding level names, only they count: "Table Fans" are
        fans, not tables. Phrases with more words in that level come first, then those with more words in all;
        a group is in alphabetical order.
        """
        levels = [_level(part) for level in category for part in _NESTED.split(level)]
        for depth in range(len(levels) - 1, -1, -1):
            above = frozenset[str]().union(*(upper.words for upper in levels[:depth]))
            found = self._at(levels[depth], above, is_leaf=depth == len(levels) - 1)
            if found or levels[depth].parts:
                return found
        return []

    def best(self, category: Category) -> list[str]:
        """Return the most specific phrases that the category matches, in alphabetical order."""
        return next(iter(self.matches(category)), [])

    def _at(self, level: _Level, above: frozenset[str], *, is_leaf: bool) -> list[list[str]]:
        """Return the phrases that one level matches: with its own last word, the others here or `above`."""
        ending = {phrase for word in level.words for phrase in self._by_last_word.get(word, ())}
        found = {phrase: own for phrase in ending if (own := self._words[phrase]) <= level.words | above}
        if level.several and not is_leaf:
            found = {phrase: own for phrase, own in found.items() if own >= level.words}
        last = {phrase: own for phrase, own in found.items() if own & level.heads}
        chosen = last or ({} if level.parts else found)
        ranks = {
            phrase: (bool(own & level.parts), len(own & level.words), len(own))
            for phrase, own in chosen.items()
        }
        best_first = sorted(ranks, key=lambda phrase: (tuple(-int(each) for each in ranks[phrase]), phrase))
        return [list(group) for _, group in groupby(best_first, key=ranks.__getitem__)]


@lru_cache(maxsize=_CACHED_LEVELS)
def words(level: str) -> tuple[str, ...]:
    """Return a level's words in lower case, without accents, in the singular, known foreign ones in English.

    "HomeTheater,TV&Video" gives ("home", "theater", "television", "video"); German compounds are split where
    both parts are known ("Druckerpatronen": "printer", "cartridge").
    """
    return tuple(word for token in _TOKEN.findall(_CAMEL.sub(" ", _plain(level))) for word in _read(token))


@lru_cache(maxsize=_CACHED_LEVELS)
def audience(category: Category) -> frozenset[str]:
    """Return the people or animals that a category is for ("woman", "child", "dog"); empty for everyone."""
    known = read_table("taxonomy.yaml")["audiences"]
    return frozenset(word for level in category for word in words(level) if word in known)


def shared_levels(one: Category, other: Category) -> int:
    """Return how many levels two categories have in common from the top."""
    shared = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda levels: levels[0] == levels[1], shared))


def same_audience(one: Category, other: Category) -> bool:
    """Return whether things of both categories are for the same people, as far as their names say."""
    mine, theirs = audience(one), audience(other)
    return mine <= theirs or theirs <= mine


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


@lru_cache(maxsize=_CACHED_LEVELS)
def _level(level: str) -> _Level:
    parts = [part for part in _SEVERAL.split(_CAMEL.sub(" ", _plain(level))) if words(part)]
    named = (words(_FOR.split(part)[0]) for part in parts)
    heads = frozenset(own[-2] if len(own) > 1 and own[-1] in _SETS else own[-1] for own in named if own)
    return _Level(frozenset(words(level)), heads, heads & _lexicon().apart, len(parts) > 1)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", _POSSESSIVE.sub("", text).replace("ß", "ss"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _read(token: str) -> tuple[str, ...]:
    """Return the English words of one token."""
    lexicon = _lexicon()
    word = _singular(token, lexicon.irregular)
    return lexicon.translations.get(word) or _compound(word, lexicon) or (word,)


def _singular(token: str, irregular: Mapping[str, str]) -> str:
    word = token.casefold()
    is_acronym = len(word) < _MAX_ACRONYM or (len(word) == _MAX_ACRONYM and token.isupper())
    if word in irregular or is_acronym or word.endswith(_SINGULAR_ENDINGS):
        return irregular.get(word, word)
    endings = (pair for pair in _ENDINGS if word.endswith(pair[0]))
    ending, singular = next(endings, ("", ""))
    return word.removesuffix(ending) + singular


def _compound(word: str, lexicon: _Lexicon) -> tuple[str, ...] | None:
    """Return the English of a German compound of known words, or of an unknown one and a known tail."""
    if word in lexicon.known:
        return None
    for cut in range(_MIN_PART, len(word) - _MIN_PART + 1):
        head, end = word[:cut], word[cut:]
        tail = lexicon.translations.get(end) or ((end,) if end in lexicon.tails else None)
        if tail is None:
            continue
        stems = (head.removesuffix(link) for link in _LINKS if head.endswith(link))
        stem = next((stem for stem in stems if stem in lexicon.known), None)
        if stem is not None or end in lexicon.tails or tail[-1] in lexicon.apart:
            return (*lexicon.translations.get(stem or head, (stem or head,)), *tail)
    return None


@cache
def _lexicon() -> _Lexicon:
    content = read_table("taxonomy.yaml")
    irregular = {_plain(plural): singular for plural, singular in content["irregular"].items()}
    translations = {
        _singular(_plain(foreign), irregular): tuple(english.split())
        for english, others in content["translations"].items()
        for foreign in others
    }
    english = (word for phrase in content["translations"] for word in phrase.split())
    apart, tails = frozenset(content["apart"]), frozenset(content["tails"])
    return _Lexicon(irregular, translations, apart.union(translations, english), apart, tails)
