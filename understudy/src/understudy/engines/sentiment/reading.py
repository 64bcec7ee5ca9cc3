"""How the sentiment models read a text: as words, with marks put into words and idioms into plain ones.

Training and scoring share this module, so they always agree on the words.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from understudy.engines.sentiment.marks import in_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PLAIN = {
    "highly recommended": (
        "must buy",
        "must - buy",
        "must have",
        "must - have",
        "blindly buy",
        "buy blindly",
        "buy it blindly",
        "don't think twice",
        "dont think twice",
        "no second thoughts",
    ),
    "excellent": (
        "game changer",
        "game - changer",
        "show stopper",
        "zabardast",
        "jabardast",
        "badhiya",
        "badiya",
        "shandar",
        "shaandar",
        "lajawab",
        "jhakaas",
        "dhansu",
        "exellent",
        "excelent",
        "excellant",
        "excellnt",
    ),
    "very impressed": ("blown away", "bowled over"),
    "perfect": ("wouldn't change a thing", "would not change a thing", "wouldn't change anything"),
    "value for money": ("vfm", "paisa wasool", "paisa vasul", "pesa vasool"),
    "accha": ("achha", "achcha", "achaa", "achchha"),
    "very": ("bahut", "bohot", "bahot", "bhot", "bhut", "ekdum", "ek dum"),
    "awesome": ("mast",),
    "theek": ("thik", "teek"),
    "waste of money": (
        "save your money",
        "save your time and money",
        "save your hard earned money",
        "save yourself the money",
        "paisa barbad",
        "paise barbad",
        "money down the drain",
    ),
    "poor quality": ("cheap quality", "chip quality", "third class quality"),
    "useless": ("good for nothing", "bekar", "bekaar", "bakwas", "bakwaas", "faltu", "faaltu"),
    "terrible": ("ghatiya", "ghatia", "wahiyat"),
    "rip off": ("ripoff", "rip - off"),
    "disappointed": ("disapointed", "dissapointed", "dissappointed", "disappoited", "dissapoint"),
    "just average": ("so so", "so - so", "neither good nor bad", "mediocre", "run of the mill"),
    "it is okay": ("fair enough",),
}
"""What each idiom says, by the plain words; words and marks are separated as the models see them."""


_AT_THE_START = frozenset(_PLAIN["waste of money"])
"""Advice only where a clause begins: "it will save your money" praises."""
_FOLLOWED_BY = {
    "so so": frozenset({"product", "quality", "only"}),
    "must have": frozenset({"for", "in", "if", "item", "product", "gadget", "accessory", "tool"}),
}
"""What may follow besides the end of a clause: "so so happy" and "they must have sent it" are no idioms."""


class _Idiom(NamedTuple):
    words: tuple[str, ...]
    plain: Sequence[str]
    starts_clause: bool
    followed_by: frozenset[str] | None

    def stands_at(self, index: int, words: Sequence[str]) -> bool:
        """Whether the words from `index` on are the idiom, in a place where it is one."""
        end = index + len(self.words)
        if tuple(words[index:end]) != self.words:
            return False
        if self.starts_clause and index and words[index - 1][0].isalpha():
            return False
        following = words[end] if end < len(words) else "."
        return self.followed_by is None or not following[0].isalpha() or following in self.followed_by


def in_plain_words(words: Sequence[str]) -> list[str]:
    """Return words in lower case with the idioms among them replaced; of two that overlap, the longer."""
    plain: list[str] = []
    index = 0
    while index < len(words):
        idioms = _BY_FIRST.get(words[index], ())
        found = next((idiom for idiom in idioms if idiom.stands_at(index, words)), None)
        if found is None:
            plain.append(words[index])
            index += 1
        else:
            plain += found.plain
            index += len(found.words)
    return plain


def _by_first() -> Mapping[str, Sequence[_Idiom]]:
    """Index the idioms by their first words, the longest first."""
    found: dict[str, list[_Idiom]] = {}
    for replacement, idioms in _PLAIN.items():
        for idiom in idioms:
            words = tuple(idiom.split())
            entry = _Idiom(words, replacement.split(), idiom in _AT_THE_START, _FOLLOWED_BY.get(idiom))
            found.setdefault(words[0], []).append(entry)
    return {first: sorted(same, key=lambda one: -len(one.words)) for first, same in found.items()}


_BY_FIRST = _by_first()


_APOSTROPHES = dict.fromkeys(map(ord, "’‘`´"), "'")  # noqa: RUF001 - the characters that people type
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<]+|\b[\w.-]+\.(?:com|net|org|in)/[^\s<]*|[^\s<]+@[\w.-]+\.\w+|</?\w[^<>]{0,200}>",
    re.IGNORECASE,
)
_LINK_MARKS = ("/", "@", "<", "www.")
"""One of them is in every link."""
_SPLIT_CONTRACTION = re.compile(r"\s+(?=n't\b|'(?:t|s|ve|re|m|ll|d)\b)")
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+(?:[.,]\d+)*|[!?]+|[^\w\s]")


def tokens(text: str) -> list[str]:
    """Return the lower-case words, numbers and punctuation of a text, without links and idioms."""
    text = html.unescape(text).translate(_APOSTROPHES)
    if any(mark in text for mark in _LINK_MARKS):
        text = _LINK.sub(" ", text)
    plain = unicodedata.normalize("NFKC", in_words(text)).lower()
    return in_plain_words(_TOKEN.findall(_SPLIT_CONTRACTION.sub("", plain)))
