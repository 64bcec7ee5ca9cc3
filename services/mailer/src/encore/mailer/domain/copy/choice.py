"""Which wording a customer reads: people with equal facts read different emails, and each the same again."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b

from encore.mailer.domain.slots import FIRST_NAME, slots_in

GREETING = "greeting"
CACHED_TEXTS = 65_536


def chosen(field: str, texts: Sequence[str], slots: Mapping[str, str], *, seed: str) -> str | None:
    """Return the text that the seed picks among those whose slots are all known, None if there is none.

    A greeting has the customer's name if that is known.
    """
    usable = [text for text in texts if _needed(text) <= slots.keys()]
    if field == GREETING:
        usable = [text for text in usable if FIRST_NAME in _needed(text)] or usable
    if not usable:
        return None
    digest = blake2b(f"{seed}\n{field}".encode("utf-8", "replace"), digest_size=8).digest()
    return usable[int.from_bytes(digest, "big") % len(usable)]


@lru_cache(maxsize=CACHED_TEXTS)
def _needed(text: str) -> frozenset[str]:
    """Return the slots of a wording, which everybody with equal facts may read."""
    return frozenset(slots_in(text))
