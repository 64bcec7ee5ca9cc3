"""The pages that customers see. They have no script, load nothing, and know nobody but by the link's token.

Terraform puts the same files together for API Gateway (`infra/modules/unsubscribe`), whose templates give `$`
and `#` a meaning: the files have neither, and what is filled in is escaped against them too.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from urllib.parse import quote

LANGUAGES = ("en", "de")
ESCAPES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&apos;",
    "$": "&dollar;",
    "#": "&num;",
    "{": "&lbrace;",
}
"""In this order."""


class Page(StrEnum):
    """The pages, by the names of their files."""

    ASK = "ask"
    PREFERENCES = "preferences"
    UNSUBSCRIBED = "unsubscribed"
    STORED = "stored"
    WRONG = "wrong"
    LATER = "later"


def language_of(locale: str) -> str:
    """Return the language of a shop's pages: that of its emails if there are pages in it, else English."""
    language = locale.replace("_", "-").partition("-")[0].lower()
    return language if language in LANGUAGES else LANGUAGES[0]


@dataclass(frozen=True)
class Pages:
    """The pages of one shop."""

    language: str
    brand: str
    topics: Sequence[str] = ()
    """The departments of the shop that customers may want nothing of."""

    def show(self, page: Page, token: str = "") -> bytes:
        """Return a page, whose links have the token."""
        return self._texts[page].replace("{{token}}", quote(token, safe="")).encode()

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of every page: no browser keeps it, frames it, or tells others where it comes from."""
        style = b64encode(sha256(_file("style.css").encode()).digest()).decode()
        policy = (
            f"default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'"
        )
        return {
            "Cache-Control": "no-store",
            "Content-Security-Policy": policy,
            "Content-Type": "text/html; charset=utf-8",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
        }

    @cached_property
    def _texts(self) -> Mapping[Page, str]:
        filled = {
            "language": self.language,
            "style": _file("style.css"),
            "topics": self._topics(),
            "brand": escaped(self.brand),
        }
        head = _file("head.html")
        return {page: _filled(head + _file(self.language, f"{page}.html"), filled) for page in Page}

    def _topics(self) -> str:
        rows = [_filled(_file("topic.html"), {"topic": escaped(topic)}) for topic in self.topics]
        return _filled(_file(self.language, "topics.html"), {"rows": "".join(rows)}) if rows else ""


def escaped(text: str) -> str:
    """Escape a text for HTML, attributes included, and for templates of API Gateway."""
    for sign, entity in ESCAPES.items():
        text = text.replace(sign, entity)
    return text


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace("{{" + name + "}}", value)
    return text


def _file(*path: str) -> str:
    return files(__package__).joinpath("pages", *path).read_text("utf-8")
