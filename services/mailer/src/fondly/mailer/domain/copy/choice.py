"""Which wording a customer reads: people with equal facts read different emails, and each the same again."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b

from fondly.mailer.domain.copy.wording import Wording
from fondly.mailer.domain.slots import SLOT, attribute, slots_in
from fondly.mailer.domain.text import folded

OPENING_WORDS = 3
_OF_A_PRODUCT = re.compile(r"[abr]\d+")
"""The ids of aspects, bullets and reviews: all texts of a frame may rest on the customer's own sentence."""
CACHED_TEXTS = 65_536


def candidates(
    field: str, wordings: Sequence[Wording], slots: Mapping[str, str], *, seed: str
) -> Iterator[Wording]:
    """Yield the wordings whose slots are known in the order of this seed."""
    usable = [each for each in wordings if _needed(each.text) <= slots.keys()]
    if not usable:
        return
    start = chance(seed, field) % len(usable)
    yield from (*usable[start:], *usable[:start])


def chance(seed: str, field: str) -> int:
    """Return a number that is the same for the same seed and field."""
    digest = blake2b(f"{seed}\n{field}".encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big")


@lru_cache(maxsize=CACHED_TEXTS)
def marks(wording: Wording, number: int) -> frozenset[str]:
    """Return what no other text of an email may share: opening, pattern, and words that are cited.

    `number` is that of the product whose facts it cites.
    """
    words = SLOT.sub(lambda slot: f"{{{attribute(slot[1])[:1]}}}", wording.text).split()
    told = (each for each in wording.evidence if _OF_A_PRODUCT.fullmatch(each.source))
    cited = (f"{number} {each.source}: {folded(each.quote)}" for each in told)
    return frozenset({" ".join(words[:OPENING_WORDS]), " ".join(words), *cited})


@lru_cache(maxsize=CACHED_TEXTS)
def _needed(text: str) -> frozenset[str]:
    """Return the slots of a wording, which everybody with equal facts may read."""
    return frozenset(slots_in(text))
