"""Which customers read the same: an email's body without what every customer has of their own."""

import re
from base64 import b64encode
from hashlib import blake2b

from fondly.stack.gallery.model import GalleryEmail

_TOKEN = re.compile(r"\w+|[^\w\s]+")
_WORD = re.compile(r"\w+")
MIN_NAME_CHARS = 2
"""A shorter name is a word as well: "A"."""
DIGEST_BYTES = 9
"""72 bits, which are twelve characters: of ten million bodies, two share a digest once in 90 million runs."""


def body_digest(email: GalleryEmail) -> str:
    """Return the same for two emails whose texts differ only in the customer's name and in addresses.

    Links differ by customer (to unsubscribe, for example) and names say nothing about the copy: a body that
    differs in nothing else counts as the same.
    """
    own = _name_forms(email.name)
    words = [word for word in email.text.split() if "://" not in word and "@" not in word]
    tokens = [token for token in _TOKEN.findall(" ".join(words)) if token not in own]
    digest = blake2b("".join(tokens).encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES).digest()
    return b64encode(digest).decode("ascii")


def _name_forms(name: str) -> set[str]:
    """The words of a name as the file and as an email may write them."""
    words = [word for word in _WORD.findall(name) if len(word) >= MIN_NAME_CHARS]
    return {form for word in words for form in (word, word.capitalize())}
