"""Claims that a seller wrote into a product's name, by kind: "FREE!!! 100% OFF", "2 Year Warranty", "No.1".

They are the seller's words about the offer or about everyone else's, not about the product: an email that
repeats one makes it the shop's. `seller_claims.toml` lists them.
"""

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

from fondly.mailer.domain.text import word_set

CONTACT = "contact"
"""The kind of a link, an address or a telephone number: mail readers make links of them in plain text."""
SHOUTING = "shouting"
"""The kind of a name in capitals or with several exclamation marks."""
MIN_SHOUTED_WORDS = 3
MIN_SHOUTED_CHARS = 4
ACRONYMS = word_set(
    "AMOLED ANSI BLDC CCTV DSLR FHD HDMI HDTV HEPA LED MIMO NAND NVME OLED QLED SATA SDHC SDXC WLAN"
)
CACHED_NAMES = 8_192

_TABLE: dict[str, list[str]] = tomllib.loads(
    files(__package__).joinpath("seller_claims.toml").read_text("utf-8")
)
CLAIM_KINDS = (*_TABLE, SHOUTING)
_PATTERNS = {
    kind: re.compile(rf"(?<![\w-])(?:{'|'.join(patterns)})(?![\w-])[!*]*", re.IGNORECASE)
    for kind, patterns in _TABLE.items()
}
_EXCLAMATIONS = re.compile(r"!{2,}")
_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=CACHED_NAMES)
def seller_claims(name: str) -> tuple[str, ...]:
    """Return the kinds of claims in a name, in the order of `CLAIM_KINDS`."""
    found = [kind for kind, pattern in _PATTERNS.items() if pattern.search(name)]
    return (*found, SHOUTING) if _shouts(name) else tuple(found)


def without_claims(name: str) -> str:
    """Return the name without its claims and without shouting; what is left may be no good title."""
    for pattern in _PATTERNS.values():
        name = pattern.sub(" ", name)
    return unshouted(name)


def without_contacts(name: str) -> str:
    """Return the name without links, addresses and telephone numbers."""
    return _PATTERNS[CONTACT].sub(" ", name)


def unshouted(name: str) -> str:
    """Return the name without rows of exclamation marks and, if most words are in capitals, in lower case."""
    quiet = _EXCLAMATIONS.sub(" ", name)
    return _WORD.sub(_lowered, quiet) if _shouts(quiet) else quiet


_SMALL_WORDS = frozenset(("AND", "BY", "FOR", "FROM", "IN", "OF", "ON", "OR", "THE", "TO", "WITH"))


def _shouts(name: str) -> bool:
    """True if most of the longer words are in capitals: a brand or two in capitals is a way of writing."""
    words = [word for word in _WORD.findall(name) if len(word) >= MIN_SHOUTED_CHARS]
    shouted = [word for word in words if word.isupper() and word not in ACRONYMS]
    loud = len(shouted) >= MIN_SHOUTED_WORDS and 2 * len(shouted) > len(words)
    return loud or _EXCLAMATIONS.search(name) is not None


def _lowered(found: re.Match[str]) -> str:
    word = found[0]
    if word in _SMALL_WORDS:
        return word.lower()
    shouted = len(word) >= MIN_SHOUTED_CHARS and word.isupper() and word not in ACRONYMS
    return word.capitalize() if shouted else word
