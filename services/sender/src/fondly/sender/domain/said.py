"""What a provider said, in a form that may be kept and shown: it is untrusted, and often quotes addresses."""

import re

MAX_CHARS = 200
_ADDRESS = re.compile(r"[^\s<>\"'()\[\],;:=]+@[^\s<>\"'()\[\],;:]+")


def said(text: str) -> str:
    """Return a text on one line of at most `MAX_CHARS`, printable, with addresses left out."""
    printable = "".join(char if char.isprintable() else " " for char in text[: 4 * MAX_CHARS])
    return " ".join(_ADDRESS.sub("(address)", printable).split())[:MAX_CHARS]
