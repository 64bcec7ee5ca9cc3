"""What would be harmful in a finished email, compared with an email made of harmless facts."""

from collections.abc import Iterator, Sequence
from email.headerregistry import HeaderRegistry
from functools import lru_cache
from typing import Any

import html5lib

from fondly.checks.emails.content import SLOT, Hosts, content_problems
from fondly.checks.emails.message import Email, read_email
from fondly.checks.emails.mime import mime_problems
from fondly.mailer.domain.text import is_printable

HOSTS = Hosts(links=["shop.example.com", "unsubscribe.example.com"], pictures=["images.example.com"])
# A header is parsed at each look at it, and most are those of every email.
registry: Any = HeaderRegistry
registry.__call__ = lru_cache(1_000)(registry.__call__)
SPACES = frozenset("\n\r\t")


def harm_in(raw: bytes, *, harmless: Email, never: Sequence[str] = ()) -> list[str]:
    """Return everything harmful, in words; an empty list is what everybody wants."""
    email = read_email(raw, name="hostile")
    return [
        *mime_problems(email),
        *_foreign_headers(email, harmless),
        *_foreign_markup(email, harmless),
        *(each for each in content_problems(email, HOSTS) if not SLOT.search(each)),
        *_unprintable(email),
        *_said(email, never),
    ]


def _said(email: Email, never: Sequence[str]) -> Iterator[str]:
    if never:
        shown = _shown(email)
        yield from (f"says {each!r}" for each in never if each in shown)


def _shown(email: Email) -> str:
    """Everything that can be read in an email."""
    tree = html5lib.parse(email.html, namespaceHTMLElements=False)
    attributes = [value for element in tree.iter() for value in element.attrib.values()]
    return "\n".join([str(email.message["Subject"]), email.text, *tree.itertext(), *attributes])


def _foreign_headers(email: Email, model: Email) -> Iterator[str]:
    if email.message.keys() != model.message.keys():
        yield f"headers {email.message.keys()}, expected {model.message.keys()}"
    if (count := len(email.message["To"].addresses)) != 1:
        yield f"{count} recipients"


def _foreign_markup(email: Email, model: Email) -> Iterator[str]:
    """The facts may leave an element out, but never add a kind of element or attribute."""
    yield from (f"markup {name} that no template has" for name in _names(email.html) - _names(model.html))


@lru_cache(maxsize=2)
def _names(html: str) -> frozenset[str]:
    """The elements of a document, and their attributes."""
    elements = [
        each for each in html5lib.parse(html, namespaceHTMLElements=False).iter() if isinstance(each.tag, str)
    ]
    attributes = {f"{each.tag}[{name}]" for each in elements for name in each.attrib}
    return frozenset({each.tag for each in elements} | attributes)


def _unprintable(email: Email) -> Iterator[str]:
    places = {"Subject": str(email.message["Subject"]), "text": email.text, "HTML": email.html}
    for place, text in places.items():
        if found := next((char for char in sorted(set(text) - SPACES) if not is_printable(char)), None):
            yield f"U+{ord(found):04X} in the {place}"
