from email.message import EmailMessage

import pytest

from tests.support.pipeline import Entry, Truth
from tests.support.verdict import email_faults

CATALOGUE = {
    f"P{number}": Entry(
        f"Lamp {number}", f"₹{number}99", f"₹9{number}00", "80%", f"https://shop.example/{number}"
    )
    for number in range(1, 7)
}
CATALOGUE["P7"] = CATALOGUE["P6"]._replace(link="https://shop.example/7", is_sold_out=True)


def an_email(
    *, shown: str = "12345", price: str = "₹199", customer: str = "C1", subject: str = "For you"
) -> bytes:
    """An email that shows the products numbered; the first at the given price."""
    entries = [CATALOGUE[f"P{number}"] for number in shown]
    entries[0] = entries[0]._replace(price=price)
    facts = [f"{each.name} {each.price} {each.list_price} {each.discount}" for each in entries]
    message = EmailMessage()
    message["Subject"], message["X-Customer-Id"] = subject, customer
    pairs = list(zip(facts, entries, strict=True))
    message.set_content("\n".join(f"{fact} {each.link}?utm_source=fondly" for fact, each in pairs))
    page = "".join(f'<p>{fact} <a href="{each.link}?utm_source=fondly">Look</a></p>' for fact, each in pairs)
    message.add_alternative(page, subtype="html")
    return message.as_bytes()


def faults(raw: bytes) -> list[str]:
    """What is wrong with an email for a customer who knows the sixth lamp."""
    return email_faults(raw, "C1", Truth(CATALOGUE, {"C1": {"P6"}}))


def test_a_true_email_has_no_fault() -> None:
    """Five unknown products with the catalogue's facts, on the page and in the text."""
    assert faults(an_email()) == []


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (an_email(price="₹149"), "P1: no '₹199' in the page"),
        (an_email(price="₹149"), "P1: no '₹199' in the text"),
        (an_email(shown="12"), "2 products"),
        (an_email(shown="12346"), "already reviewed: ['P6']"),
        (an_email(shown="12347"), "out of stock: ['P7']"),
        (an_email(customer="C2"), "made for C2"),
        (an_email(subject=" "), "no subject"),
        (
            an_email().replace(b"shop.example/2?", b"x.example/2?", 1),
            "P2: not linked in the text",
        ),
    ],
)
def test_what_is_not_true_is_found(raw: bytes, fault: str) -> None:
    """Every departure from the catalogue or the form is a fault that says where."""
    assert fault in faults(raw)
