"""What a brand says of itself, wherever it is set: in the environment or in the shop's file."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from fondly.mailer.domain.message.addresses import header_address
from fondly.mailer.domain.text import is_printable

HTTPS_URL = r"^https://[!-;=?-~]{1,200}$"
PAGE_URL = r"^(https://[!-;=?-~]{1,200}|http://(127\.0\.0\.1|localhost):[0-9]{1,5}/[!-;=?-~]{0,180})$"


def _shown(text: str) -> str:
    """Refuse what a mail reader would hide, or turn into a link."""
    if hidden := next((char for char in text if not is_printable(char)), None):
        raise ValueError(f"found U+{ord(hidden):04X}, expected characters that can be seen")
    if "://" in text:
        raise ValueError("found a link, expected a name or an address")
    return text


Shown = Annotated[str, AfterValidator(_shown)]
BrandName = Annotated[Shown, Field(min_length=1, max_length=60)]
PostalAddress = Annotated[Shown, Field(min_length=1, max_length=200)]
Voice = Annotated[Shown, StringConstraints(min_length=3, max_length=300)]
Advice = Annotated[
    list[Annotated[Shown, StringConstraints(min_length=2, max_length=120)]], Field(max_length=10)
]
Sentences = Annotated[
    list[Annotated[Shown, StringConstraints(min_length=3, max_length=200)]], Field(max_length=5)
]
Remedy = Annotated[Shown, StringConstraints(max_length=200, pattern=r"^[^{}]*$")]
SenderAddress = Annotated[str, AfterValidator(header_address)]
"""Checked and written as `header_address` does."""
HttpsUrl = Annotated[str, StringConstraints(pattern=HTTPS_URL)]
PageUrl = Annotated[str, StringConstraints(pattern=PAGE_URL)]
"""Of a page that the shop serves: over https, or without TLS on this very machine, as a local stack does."""
