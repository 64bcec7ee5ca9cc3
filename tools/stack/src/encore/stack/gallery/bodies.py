"""Which customers read the same: an email's body without what every customer has of their own."""

import re
from hashlib import blake2b

from encore.stack.gallery.model import GalleryEmail

_LINK = re.compile(r"\S+://\S+|\S+@\S+")
DIGEST_BYTES = 12


def body_digest(email: GalleryEmail) -> bytes:
    """Return the same for two emails whose texts differ only in the customer's name and in addresses.

    Links differ by customer (to unsubscribe, for example) and names say nothing about the copy: a body that
    differs in nothing else counts as the same.
    """
    text = _LINK.sub("", email.text)
    if words := [re.escape(word) for word in email.name.split()]:
        text = re.sub(rf"\b(?:{'|'.join(words)})\b", "", text, flags=re.IGNORECASE)
    return blake2b("".join(text.split()).encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES).digest()
