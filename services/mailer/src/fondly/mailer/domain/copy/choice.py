"""Which wording a customer reads: people with equal facts read different emails, and each the same again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b

from fondly.mailer.domain.copy.fields import GREETING
from fondly.mailer.domain.slots import FIRST_NAME, SLOT, attribute, slots_in

OPENING_WORDS = 2
CACHED_TEXTS = 65_536


def candidates(field: str, texts: Sequence[str], slots: Mapping[str, str], *, seed: str) -> Iterator[str]:
    """Yield the texts whose slots are known in the order of this seed, greetings with the name first."""
    usable = [text for text in texts if _needed(text) <= slots.keys()]
    if not usable:
        return
    digest = blake2b(f"{seed}\n{field}".encode("utf-8", "replace"), digest_size=8).digest()
    start = int.from_bytes(digest, "big") % len(usable)
    rotated = [*usable[start:], *usable[:start]]
    if field == GREETING:
        rotated.sort(key=lambda text: FIRST_NAME not in _needed(text))
    yield from rotated


def unlike(texts: Iterable[str], before: Sequence[str]) -> str | None:
    """Return the first text that neither begins nor is built like one of those before, else the first."""
    used = {form for each in before for form in _forms(each)}
    first = None
    for text in texts:
        if used.isdisjoint(_forms(text)):
            return text
        first = first or text
    return first


@lru_cache(maxsize=CACHED_TEXTS)
def _forms(text: str) -> tuple[str, str]:
    """Return how a text begins, and its words without what stands in its slots."""
    words = SLOT.sub(lambda found: f"{{{attribute(found[1])[:1]}}}", text).split()
    return " ".join(words[:OPENING_WORDS]), " ".join(words)


@lru_cache(maxsize=CACHED_TEXTS)
def _needed(text: str) -> frozenset[str]:
    """Return the slots of a wording, which everybody with equal facts may read."""
    return frozenset(slots_in(text))
