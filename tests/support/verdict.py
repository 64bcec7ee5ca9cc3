"""Checks a finished email against the uploaded file, using only what its reader sees."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import html5lib

from tests.support.pipeline import Entry, Truth, cleaned

MIN_PICKS, PICKS = 3, 5
OF_AN_APOLOGY = 1
TITLE_WORDS = 2
"""A card's title is the shop's, shortened; it begins as the shop's does."""


def email_faults(raw: bytes, customer: str, truth: Truth) -> list[str]:
    """Everything that is wrong with an email; empty if it is correct.

    It must be well-formed and addressed to the customer, and show three to five products that the shop has
    (an apology fewer) and the customer has not reviewed, each with the beginning of its title, its prices and
    its link, in both its HTML and its plain text.
    """
    message = message_from_bytes(raw, policy=policy.default)
    return [*_form_faults(message, customer), *_product_faults(raw, customer, truth)]


def body(raw: bytes, subtype: str) -> str:
    """The decoded text or HTML of an email; empty if there is none."""
    part = message_from_bytes(raw, policy=policy.default).get_body((subtype,))
    content: str = part.get_content() if part else ""
    return content


def _form_faults(message: EmailMessage, customer: str) -> Iterator[str]:
    for part in message.walk():
        yield from (f"malformed: {defect!r}" for defect in part.defects)
    if message["X-Customer-Id"] != customer:
        yield f"made for {message['X-Customer-Id']}"
    if not str(message["Subject"] or "").strip():
        yield "no subject"
    if message.get_content_type() != "multipart/alternative":
        yield f"type {message.get_content_type()}"


def _product_faults(raw: bytes, customer: str, truth: Truth) -> Iterator[str]:
    page, text = body(raw, "html"), body(raw, "plain")
    by_link = {entry.link: product_id for product_id, entry in truth.catalogue.items()}
    linked = {by_link[link] for link in _links(page) if link in by_link}
    fewest = OF_AN_APOLOGY if "sorry" in text.partition("1. ")[0].lower() else MIN_PICKS
    if not fewest <= len(linked) <= PICKS:
        yield f"{len(linked)} products"
    if known := linked & truth.reviewed[customer]:
        yield f"already reviewed: {sorted(known)}"
    if sold_out := {product_id for product_id in linked if truth.catalogue[product_id].is_sold_out}:
        yield f"out of stock: {sorted(sold_out)}"
    places = {"page": _visible(page), "text": cleaned(text)}
    links = set(_text_links(text))
    for product_id in linked:
        entry = truth.catalogue[product_id]
        for place, shown in places.items():
            missing = [fact for fact in _facts(entry) if fact not in shown]
            yield from (f"{product_id}: no {fact!r} in the {place}" for fact in missing)
        if entry.link not in links:
            yield f"{product_id}: not linked in the text"


def _facts(entry: Entry) -> set[str]:
    """What must be shown of a product: how its title begins, its price, and a discount worth naming."""
    words = " ".join(entry.name.split()[:TITLE_WORDS])
    return {words, entry.price, *((entry.list_price, entry.discount) if entry.is_discounted else ())}


def _visible(page: str) -> str:
    """The visible text of a page."""
    return cleaned("".join(html5lib.parse(page, namespaceHTMLElements=False).itertext()))


def _links(page: str) -> Iterator[str]:
    """The URLs that a page links to, without campaign parameters."""
    for anchor in html5lib.parse(page, namespaceHTMLElements=False).iter("a"):
        yield _without_campaign(anchor.get("href", ""))


def _text_links(text: str) -> Iterator[str]:
    """The URLs in a plain text."""
    for word in text.split():
        if word.strip("<>()").startswith("http"):
            yield _without_campaign(word.strip("<>()"))


def _without_campaign(url: str) -> str:
    """A URL without its UTM parameters."""
    parts = urlsplit(url)
    query = [
        pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not pair[0].startswith("utm_")
    ]
    return urlunsplit(parts._replace(query=urlencode(query)))
