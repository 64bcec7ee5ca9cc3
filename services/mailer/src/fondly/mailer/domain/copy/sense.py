"""The floor of sense: a text that is no sentence is refused, whoever writes it."""

import re
from collections.abc import Iterator
from functools import lru_cache

from fondly.mailer.domain.copy.phrases import STEM, stems
from fondly.mailer.domain.copy.rules import CACHED_TEXTS, Rules, plain
from fondly.mailer.domain.copy.wording import Ground, Wording
from fondly.mailer.domain.slots import SLOT

SENTENCES = frozenset({"preheader", "intro", "line"})
"""Fields of whole sentences; a closing may end as a letter does."""
FEW_WORDS, MIN_CHARS = 6, 4
_WORD = re.compile(r"[^\W\d_]+")
_BEGINS_SMALL = re.compile(r"[\"“„(]?[a-zß-ÿ]+(?![\wA-Z])")
_PAIRED = re.compile('["“”„()]')
ENDS = tuple(mark + closed for mark in ".?!…" for closed in ("", '"', "”", "“", ")"))


def sense_problems(field: str, shown: str, language: str) -> Iterator[tuple[str, str]]:
    """Yield (rule, what breaks it) for a text with its slots filled."""
    if field != "quote" and _BEGINS_SMALL.match(shown):
        yield "begin with a capital letter", shown[:12]
    if field in SENTENCES and not shown.endswith(ENDS):
        yield "end a sentence with an end mark", shown[-12:]
    yield from _nonsense(shown, language)


@lru_cache(maxsize=CACHED_TEXTS)
def _nonsense(shown: str, language: str) -> list[tuple[str, str]]:
    """Return what breaks the rules that are the same for all fields."""
    is_closed = not _PAIRED.search(shown) or _is_balanced(shown)
    open_ones = [] if is_closed else [("close what is opened: quotes and brackets", "")]
    spoken = Rules.load(language).sense.spoken(plain(shown))
    return open_ones + [(group.says, phrase) for group, phrases in spoken for phrase in phrases]


def _is_balanced(text: str) -> bool:
    opened, closed = ("„", "“") if "„" in text else ("“", "”")
    pairs = ((opened, closed), ("(", ")"))
    return text.count('"') % 2 == 0 and all(text.count(first) == text.count(last) for first, last in pairs)


def strict(wording: Wording, ground: Ground) -> list[str]:
    """Return the words that are neither common nor from the facts, for shops that want it so."""
    common, known = Rules.load(ground.language).common, stems(ground.told)
    words = (word for word in _own_words(wording.text) if len(word) >= MIN_CHARS)
    return [word for word in words if word not in common and word[:STEM] not in known]


def is_common(text: str, language: str) -> bool:
    """Whether a text has a common word of the language, which most have."""
    return not Rules.load(language).common.isdisjoint(text.split())


def is_foreign(wording: Wording, ground: Ground) -> bool:
    """Whether a text of several words has none of its language: no common word, and none of the facts."""
    common = Rules.load(ground.language).common
    words = _own_words(wording.text)
    is_unknown = len(words) >= FEW_WORDS and common.isdisjoint(words)
    return is_unknown and stems(ground.told).isdisjoint(word[:STEM] for word in words)


def _own_words(text: str) -> list[str]:
    return _WORD.findall(plain(SLOT.sub("~", text)))
