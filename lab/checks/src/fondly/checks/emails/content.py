"""What an email shows: its size, where its links and pictures lead, alt texts, and no slot left unfilled."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib

from fondly.checks.emails.message import Email

MAX_HTML_BYTES = 24 * 1024
MAX_ALT_CHARS = 99
SLOT = re.compile(r"\{[a-z0-9_]+(?:\.[a-z0-9_]+)?\}", re.IGNORECASE)
LINK = re.compile(r"https?://[^\s<>\"')\]]+")
ACTIVE = {"script", "iframe", "object", "embed", "form", "input", "base", "link", "svg", "video", "audio"}
"""Elements that no email of ours has: readers remove them, filters suspect them."""
ADDRESSES = {"href", "src", "background", "action", "srcset", "poster", "data", "cite", "formaction"}


@dataclass(frozen=True)
class Hosts:
    """The hosts, with a port where it is not the scheme's own, that links and pictures may lead to."""

    links: Collection[str]
    pictures: Collection[str]


def content_problems(email: Email, hosts: Hosts) -> Iterator[str]:
    """Yield what is wrong with the email as it is read."""
    size = len(email.html.encode())
    if size > MAX_HTML_BYTES:
        yield f"size: {size} bytes of HTML, at most {MAX_HTML_BYTES} are allowed"
    yield from _slots(email)
    for element in html5lib.parse(email.html, namespaceHTMLElements=False).iter():
        if isinstance(element.tag, str):  # else a comment
            yield from _element(element, hosts)
    for url in LINK.findall(email.text):
        yield from _leads_elsewhere(url.rstrip(".,"), hosts.links, "link in the plain text")


def _slots(email: Email) -> Iterator[str]:
    shown = {
        "Subject": str(email.message["Subject"]),
        "HTML": _without_styles(email.html),
        "text": email.text,
    }
    for place, text in shown.items():
        if found := SLOT.search(text):
            yield f"slot: {found[0]} is left in the {place}"


def _without_styles(html: str) -> str:
    return re.sub(r"<style.*?</style>", "", html, flags=re.DOTALL)


def _element(element: Element, hosts: Hosts) -> Iterator[str]:
    if element.tag in ACTIVE:
        yield f"markup: <{element.tag}> in an email"
    for name, value in element.attrib.items():
        if name.startswith("on"):
            yield f"markup: {name} on <{element.tag}>"
        if name in ADDRESSES:
            picture = element.tag == "img" or name == "background"
            yield from _address(value, hosts, picture=picture)
    if element.tag == "img":
        yield from _alt(element)


def _address(url: str, hosts: Hosts, *, picture: bool) -> Iterator[str]:
    if picture:
        yield from _leads_elsewhere(url, hosts.pictures, "picture")
    elif not url.startswith(("mailto:", "#")):
        yield from _leads_elsewhere(url, hosts.links, "link")


def _leads_elsewhere(url: str, allowed: Collection[str], what: str) -> Iterator[str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        yield f"{what}: {url[:60]!r} is no URL"
        return
    if parts.scheme not in {"http", "https"} or parts.netloc not in allowed:
        yield f"{what}: {parts.scheme}://{parts.netloc} is not an allowed host"


def _alt(image: Element) -> Iterator[str]:
    alt = image.get("alt")
    if alt is None:
        yield "alt: a picture without an alt text"
    elif len(alt) > MAX_ALT_CHARS:
        yield f"alt: {len(alt)} characters, at most {MAX_ALT_CHARS} are allowed: {alt[:40]!r}"
