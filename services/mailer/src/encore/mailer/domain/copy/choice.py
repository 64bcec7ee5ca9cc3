"""Which wording a customer reads: people with equal facts read different emails, and each the same again."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b

from encore.mailer.domain.slots import FIRST_NAME, slots_in

GREETING = "greeting"


def chosen(field: str, texts: Sequence[str], slots: Mapping[str, str], *, seed: str) -> str | None:
    """Return the text that the seed picks among those whose slots are all known, None if there is none.

    A greeting has the customer's name if that is known.
    """
    usable = [text for text in texts if all(slot in slots for slot in slots_in(text))]
    if field == GREETING:
        usable = [text for text in usable if FIRST_NAME in slots_in(text)] or usable
    if not usable:
        return None
    digest = blake2b(f"{seed}\n{field}".encode("utf-8", "replace"), digest_size=8).digest()
    return usable[int.from_bytes(digest, "big") % len(usable)]
