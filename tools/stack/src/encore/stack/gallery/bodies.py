"""Which customers read the same: an email's body without what every customer has of their own."""

import re
from hashlib import blake2b

from encore.stack.gallery.model import GalleryEmail

_LINK = re.compile(r"\S+://\S+|\S+@\S+")
MIN_NAME_CHARS = 2
"""A shorter name is a word as well: "A"."""
DIGEST_BYTES = 12


def body_digest(email: GalleryEmail) -> bytes:
    """Return the same for two emails whose texts differ only in the customer's name and in addresses.

    Links differ by customer (to unsubscribe, for example) and names say nothing about the copy: a body that
    differs in nothing else counts as the same.
    """
    text = _LINK.sub("", email.text)
    if forms := [re.escape(form) for form in _name_forms(email.name)]:
        text = re.sub(rf"\b(?:{'|'.join(forms)})\b", "", text)
    return blake2b("".join(text.split()).encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES).digest()


def _name_forms(name: str) -> list[str]:
    """The words of a name as the file and as an email may write them."""
    words = [word for word in name.split() if len(word) >= MIN_NAME_CHARS]
    return list(dict.fromkeys(form for word in words for form in (word, word.capitalize())))
