"""Idioms of short reviews, in plain words that the models read right.

Corpora of long reviews hardly hold what people write in two words: "Must buy", "So so", "Zabardast". Only the
words of the idiom are replaced, so what stands around it, such as a negation, is read as ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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


def in_plain_words(words: Sequence[str]) -> list[str]:
    """Return words in lower case with the idioms among them replaced; of two that overlap, the longer."""
    plain: list[str] = []
    index = 0
    while index < len(words):
        for idiom, replacement in _BY_FIRST.get(words[index], ()):
            if tuple(words[index : index + len(idiom)]) == idiom:
                plain += replacement
                index += len(idiom)
                break
        else:
            plain.append(words[index])
            index += 1
    return plain


def _by_first() -> Mapping[str, Sequence[tuple[tuple[str, ...], Sequence[str]]]]:
    """Index the idioms by their first words, the longest first."""
    found: dict[str, list[tuple[tuple[str, ...], Sequence[str]]]] = {}
    for replacement, idioms in _PLAIN.items():
        for idiom in idioms:
            words = tuple(idiom.split())
            found.setdefault(words[0], []).append((words, replacement.split()))
    return {first: sorted(same, key=lambda one: -len(one[0])) for first, same in found.items()}


_BY_FIRST = _by_first()
