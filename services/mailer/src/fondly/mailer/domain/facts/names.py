"""The name to greet a customer by, if what stands in the name's place is a person's name.

Names come from strangers: accounts are called "Amazon Customer", "Evil.com" or worse. A greeting without a
name is always right, so whatever is in doubt is not greeted.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain, dropwhile

from fondly.mailer.domain.facts.name_words import (
    ADDRESS_ENDS,
    COURTESY,
    NOT_GREETED,
    PARTICLES,
    REFUSED_PARTS,
    REFUSED_WORDS,
    SHORT_NAMES,
    SUFFIXES,
    TITLES,
)
from fondly.mailer.domain.facts.scripts import script_of
from fondly.mailer.domain.facts.spelling import mended

MAX_WRITTEN_CHARS = 120
MAX_NAME_CHARS = 24
MIN_NAME_CHARS = 2
SIGNS = frozenset(" .,-'\u2019")
FAMILY_NAME_FIRST = frozenset({"CJK", "HANGUL"})
"""Scripts in which a name is greeted whole: nothing tells the family's part from the person's."""

_PARENTHESIS = re.compile(r"\([^()]*\)")
_RELATIVE = re.compile(r"\s[sdwc]/o\b.*", re.IGNORECASE)
_QUOTES = re.compile("[\"\u201c\u201d\u201e\u00ab\u00bb]|(?<!\\w)['\u2018\u2019]|['\u2018\u2019](?!\\w)")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_VOWEL = re.compile("[aeiouy]")
_CONSONANTS = re.compile("[bcdfghjklmnpqrstvwxz]{6}|^[bcdfghjklmnpqrtvwxz]{4}")
_SPOKEN_THREE = re.compile(
    "[aeiouy]?[^aeiouy][aeiouy]{1,2}[^aeiouy]?|[aeiouy]{2}[^aeiouy]|[aeiouy](?:bb|ch|hn|ll|lf|ng|nh|nn|nt|rn|rs|rt|sh|th|tt)"
    "|(?:br|ch|dh|dr|gr|jh|kh|kr|ny|pr|sh|sr|st|th|tr)[aeiouy]"
)
_REPEATED = re.compile(r"(\w)\1\1")
_PATRONYMIC = re.compile("(?:вич|вна|чна|ична|оглы|кызы)$")
_HONORIFIC_END = re.compile("(?:様|さん|さま|ちゃん|くん|先生|女士|小姐|님|씨)$")


def first_name(name: str | None) -> str | None:
    """Return the name to greet a customer by, or None when `name` does not look like a person's.

    Titles and initials are skipped: in "A.R. Rahman" the initials stand for others, and "Rahman" is the
    person's own name. A particle stays with its word ("De Souza"), "Berg, Jan van der" is Jan, and names in
    Chinese, Japanese and Korean script are greeted whole. Spelling is mended ("JEAN-LUC" is Jean-Luc).
    The result is of one script and has letters, apostrophes and hyphens only, and spaces between its words.
    """
    written = _written(name or "")
    script = script_of(written) if written else None
    if script is None or _is_refused(written):
        return None
    person = _PARENTHESIS.sub(" ", _RELATIVE.sub("", written))
    if script in FAMILY_NAME_FIRST:
        return _whole(person)
    words = _words(person) if all(map(_is_allowed, person)) else None
    found = _greeted(words) if words else None
    return mended(found) if found else None


def _written(name: str) -> str:
    """Return `name` in its usual characters, without pictures; empty if it has what no name has."""
    text = " ".join((name if name.isascii() else _usual(name)).split()).replace("`", "'")
    if len(text) > MAX_WRITTEN_CHARS or any(_is_hostile(char) for char in text):
        return ""
    return " ".join(_QUOTES.sub(" ", text).split())


def _usual(name: str) -> str:
    shown = "".join(" " if _is_picture(char) else char for char in name if not _is_invisible(char))
    text = unicodedata.normalize("NFKC", shown)
    return text.translate({0x2010: "-", 0x2011: "-", 0x2BC: "\u2019", 0xB4: "'"})


def _is_invisible(char: str) -> bool:
    """True for marks that only join or separate letters, or choose how an emoji is drawn."""
    return "\u200b" <= char <= "\u200f" or char in "\ufeff\u2060\u00ad\ufe0e\ufe0f\u20e3"


def _is_picture(char: str) -> bool:
    """True for emoji with their modifiers, and other pictures."""
    return not char.isascii() and unicodedata.category(char) in {"So", "Sk"}


def _is_hostile(char: str) -> bool:
    """True for digits, controls, bidirectional overrides and characters without a meaning."""
    return char.isnumeric() or unicodedata.category(char) in {"Cc", "Cf", "Co", "Cn", "Cs"}


def _is_allowed(char: str) -> bool:
    return char.isalpha() or char in SIGNS or unicodedata.category(char).startswith("M")


def _is_refused(written: str) -> bool:
    """True if any word, or part of one, is not of a person's name."""
    spaced = _CAMEL.sub(" ", written.replace("-", " ")).casefold()
    words = {word.strip(".,()'\u2019") for text in (spaced, written.casefold()) for word in text.split()}
    letters = "".join(filter(str.isalpha, written.casefold()))
    return not words.isdisjoint(REFUSED_WORDS) or any(part in letters for part in REFUSED_PARTS)


def _whole(person: str) -> str | None:
    found = _HONORIFIC_END.sub("", person.strip()).strip()
    letters = found.replace(" ", "")
    return found if letters.isalpha() and MIN_NAME_CHARS <= len(letters) <= MAX_NAME_CHARS else None


def _words(person: str) -> list[str] | None:
    """Return the words, first name first, initials without dots; None for a word with other dots."""
    before, _, after = person.partition(",")
    names = [word for word in after.split() if word.casefold().strip(".,") not in SUFFIXES]
    ordered = f"{' '.join(names)} {before}" if names else before
    parts = [_without_dots(word) for word in ordered.replace(",", " ").split()]
    return None if None in parts else list(chain.from_iterable(part for part in parts if part))


def _without_dots(word: str) -> list[str] | None:
    """Split "A.R.Rahman" at its dots; None if two words are joined by one, or an address is."""
    pieces = [piece.strip("-") for piece in word.split(".") if piece.strip("-")]
    if len(pieces) < 2 or "." not in word.rstrip("."):  # noqa: PLR2004 - a pair
        return pieces
    long = [piece for piece in pieces if len(piece) > 1 and piece.casefold() not in TITLES | COURTESY]
    if ".." in word.rstrip(".") or len(long) > 1:
        return None
    return None if any(len(piece) < 3 or piece.casefold() in ADDRESS_ENDS for piece in long) else pieces  # noqa: PLR2004 - initials


def _greeted(words: list[str]) -> str | None:
    """Return the first name among `words` as it is written."""
    named = list(dropwhile(_is_title, words))
    is_courtesy = any(word.casefold() in COURTESY for word in words[: len(words) - len(named)])
    own = list(dropwhile(_is_initial, named)) if len(named) > 1 else named
    own = list(dropwhile(_is_title, own))
    if is_courtesy and (len(own) < 2 or own[0].casefold() in PARTICLES):  # noqa: PLR2004 - a family name
        return None
    if len(own) == 3 and _PATRONYMIC.search(own[2].casefold()):  # noqa: PLR2004 - family, first, patronymic
        own = own[1:]
    found = list(_with_particles(own))
    return " ".join(found) if found and all(map(_is_name, found[-1:])) and _fits(found) else None


def _with_particles(words: list[str]) -> Iterator[str]:
    """Yield the first word, after the particles that belong to it."""
    for word in words:
        yield word
        if word.casefold() not in PARTICLES:
            return


def _fits(found: list[str]) -> bool:
    return len(" ".join(found)) <= MAX_NAME_CHARS and (found[0].casefold() not in PARTICLES or len(found) > 1)


def _is_title(word: str) -> bool:
    return word.casefold() in TITLES or word.casefold() in COURTESY


def _is_initial(word: str) -> bool:
    """True for one or two letters, and for three that cannot be spoken, unless they are a known name."""
    plain = _plain(word)
    if not plain.isascii() or plain in SHORT_NAMES or plain in PARTICLES:
        return len(plain) == 1
    return len(plain) <= 2 or (len(plain) == 3 and not _SPOKEN_THREE.fullmatch(plain))  # noqa: PLR2004 - as said


def _is_name(word: str) -> bool:
    """True for a word of letters that can be spoken and is neither an initial nor a known word."""
    folded, plain = word.casefold(), _plain(word)
    parts = re.split("[-'\u2019]", word)
    if (
        not all(parts)
        or len(parts[-1]) < MIN_NAME_CHARS
        or folded in NOT_GREETED
        or _is_initial(word)
        or len(plain) < MIN_NAME_CHARS
    ):
        return False
    if folded.endswith(("'s", "\u2019s")) or _REPEATED.search(folded):
        return False
    return word[0].isalpha() and (not plain.isascii() or _is_spoken(plain))


def _is_spoken(plain: str) -> bool:
    """True for Latin letters with vowels, and without a heap of consonants."""
    return bool(_VOWEL.search(plain)) and not _CONSONANTS.search(plain)


def _plain(word: str) -> str:
    """Return the letters in lower case, Latin ones without their accents."""
    return "".join(char for char in unicodedata.normalize("NFKD", word.casefold()) if char.isalpha())
