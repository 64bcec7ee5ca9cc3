import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fondly.mailer.domain.message.mime import Envelope, Sender, message
from fondly.mailer.domain.text import clean

STRICT = default.clone(raise_on_defect=True)
ENVELOPE = Envelope(
    sender=Sender("Fondly Shop", "hello@shop.example"),
    run_id="run-1",
    customer_id="C1",
    address="ananya@example.org",
    subject="Ananya, we found something for you",
    copy_source="ai",
    unsubscribe_uris=("https://shop.example/u?t=abc", "mailto:hello@shop.example?subject=unsubscribe"),
    date=datetime(2026, 11, 24, 10, 30, tzinfo=UTC),
)
ANY_TEXT = st.text(max_size=300)
ATTACKS = (
    "Hello\r\nBcc: everybody@evil.example",
    "Hello\nX-Evil: 1\n\nbody",
    "Hello\x00\x0b\x0c\x85\u2028Bcc: x@evil.example",
    "=?utf-8?b?SGVsbG8=?=",
    "=?utf-8?q?a?= =?utf-8?q?b?=",
    "x" * 2_000,
    "word " * 400,
    "₹" * 300,
    "👩‍👩‍👧‍👦 सेल ₹1,39,900.50 — schöne Grüße",
    "",
    "   ",
)


def parsed(raw: bytes) -> EmailMessage:
    """Parse strictly, and check the limits that hold for every line."""
    assert re.search(rb"(?<!\r)\n|\r(?!\n)", raw) is None
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.isascii()
    found = message_from_bytes(raw, policy=STRICT)
    assert isinstance(found, EmailMessage)
    return found


def body_lines(raw: bytes) -> list[bytes]:
    """Every line after the header."""
    return raw.split(b"\r\n\r\n", 1)[1].split(b"\r\n")


def content(found: EmailMessage, subtype: str) -> str:
    """The decoded text of a part."""
    part = found.get_body((subtype,))
    assert part is not None
    text = part.get_content()
    assert isinstance(text, str)
    return text


def test_a_message_has_what_an_inbox_and_an_operator_need() -> None:
    """Sender, recipient, date, message id, ways to unsubscribe, and the run that made it."""
    found = parsed(message(ENVELOPE, text="Hi", html="<p>Hi</p>"))
    assert found["From"] == "Fondly Shop <hello@shop.example>"
    assert found["To"] == "ananya@example.org"
    assert found["Date"].datetime == ENVELOPE.date
    assert re.fullmatch(r"<[0-9a-f]{32}@shop\.example>", found["Message-ID"])
    assert found["List-Id"] == "<recommendations.shop.example>"
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert found["List-Unsubscribe"] == (
        "<https://shop.example/u?t=abc>, <mailto:hello@shop.example?subject=unsubscribe>"
    )
    assert found["Feedback-ID"] == "run-1:recommendations:fondly:shopexample"
    assert (found["X-Customer-Id"], found["X-Fondly-Run"], found["X-Fondly-Copy"]) == ("C1", "run-1", "ai")
    assert found.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in found.iter_parts()] == ["text/plain", "text/html"]


def test_unsubscribing_by_email_offers_no_one_click() -> None:
    """The one-click header needs an https address that accepts the POST."""
    envelope = replace(ENVELOPE, unsubscribe_uris=("mailto:a@b.example",))
    found = parsed(message(envelope, text="Hi", html="Hi"))
    assert found["List-Unsubscribe"] == "<mailto:a@b.example>"
    assert "List-Unsubscribe-Post" not in found


@pytest.mark.parametrize(
    ("domain", "sender_id"),
    [
        ("shop.example", "shopexample"),
        ("t.co", "tco"),
        ("newsletter.a-very-long-name.example", "newslet"),
        ("xn--mnchen-3ya.example", "xnmnche"),
    ],
)
def test_gmail_is_told_who_sends_and_of_which_run(domain: str, sender_id: str) -> None:
    """Four identifiers, all different, none of a person; the last has 5 to 15 characters and stays."""
    sender = Sender("Shop", f"hello@{domain}")
    customers = [replace(ENVELOPE, sender=sender, customer_id=customer) for customer in ("C1", "C2")]
    one, other = (parsed(message(each, text="Hi", html="Hi"))["Feedback-ID"] for each in customers)
    assert one == other
    *identifiers, last = one.split(":")
    assert (identifiers, len({*identifiers, last})) == (["run-1", "recommendations", "fondly"], 4)
    assert last.startswith(sender_id)
    assert 5 <= len(last) <= 15
    assert last.isalnum()


@given(run_id=ANY_TEXT, customer_id=ANY_TEXT)
def test_no_run_id_breaks_what_gmail_is_told(run_id: str, customer_id: str) -> None:
    """Nor does it bring further identifiers in."""
    envelope = replace(ENVELOPE, run_id=run_id, customer_id=customer_id)
    found = parsed(message(envelope, text="Hi", html="Hi"))["Feedback-ID"]
    assert re.fullmatch(r"[A-Za-z0-9-]*:recommendations:fondly:shopexample", found)


def test_the_same_email_is_the_same_bytes() -> None:
    """Message id and boundary depend on run and customer alone."""
    first, again = (message(ENVELOPE, text="Hi", html="<p>Hi</p>") for _ in range(2))
    assert first == again
    other = message(replace(ENVELOPE, customer_id="C2"), text="Hi", html="<p>Hi</p>")
    assert parsed(other)["Message-ID"] != parsed(first)["Message-ID"]


@given(text=ANY_TEXT, html=ANY_TEXT)
@example(text="x" * 75 + "\t", html="x" * 74 + " ")
@example(text="00000\x08\x80\x80\x80\x80\x80\U00010000\U00010000\U00010000\t", html="")
def test_any_body_reads_back_unchanged(text: str, html: str) -> None:
    """Every line of both parts, encoded in lines short enough for any relay."""
    raw = message(ENVELOPE, text=text, html=html)
    found = parsed(raw)
    assert max(map(len, body_lines(raw))) <= 76
    assert content(found, "plain").splitlines() == text.splitlines()
    assert content(found, "html").splitlines() == html.splitlines()


@pytest.mark.parametrize("text", [".", "From me", "--", "a=3D", "tab\t", "trail ", "₹" * 500, "x" * 5_000])
def test_bodies_that_mail_systems_mangle_read_back_unchanged(text: str) -> None:
    """Lone dots, boundary look-alikes, trailing blanks, endless lines."""
    assert content(parsed(message(ENVELOPE, text=text, html="x")), "plain") == f"{text}\r\n"


def test_a_body_cannot_end_its_part() -> None:
    """Text that repeats the boundary remains text."""
    raw = message(ENVELOPE, text="Hi", html="x")
    boundary = parsed(raw).get_boundary()
    found = parsed(message(ENVELOPE, text=f"--{boundary}--\n--{boundary}\nHi", html="x"))
    assert len(list(found.iter_parts())) == 2
    assert f"--{boundary}--" in content(found, "plain")


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_becomes_a_header(attack: str) -> None:
    """Subjects, names and ids stay on one line and add no header."""
    envelope = replace(
        ENVELOPE, subject=attack, customer_id=f"C{attack}", sender=Sender(attack, "hello@shop.example")
    )
    plain = parsed(message(ENVELOPE, text="Hi", html="Hi"))
    found = parsed(message(envelope, text="Hi", html="Hi"))
    assert found.keys() == plain.keys()
    assert found["Subject"] == clean(attack, max_chars=5_000)
    shown = found["From"].addresses[0].display_name
    assert shown.replace(" ", "") == clean(attack, max_chars=5_000).replace(" ", "")  # the parser adds spaces
    assert found["From"].addresses[0].addr_spec == "hello@shop.example"


@given(subject=ANY_TEXT, customer_id=st.text(min_size=1, max_size=256), name=ANY_TEXT, address=ANY_TEXT)
def test_any_header_value_reads_back(subject: str, customer_id: str, name: str, address: str) -> None:
    """Every printable character does, and there is always one recipient."""
    envelope = replace(
        ENVELOPE,
        subject=subject,
        customer_id=customer_id,
        sender=Sender(name, "hello@shop.example"),
        address=address,
    )
    raw = message(envelope, text="Hi", html="Hi")
    found = parsed(raw)
    assert found["Subject"] == clean(subject, max_chars=5_000)
    assert found["X-Customer-Id"] == clean(customer_id, max_chars=5_000)
    assert len(found["To"].addresses) == 1


@pytest.mark.parametrize(
    "subject",
    ["Ananya, we found something for you", "word " * 60, "₹1,099 → ₹399 🌟 " * 8, "Ünï" * 60, "x" * 300],
)
def test_header_lines_are_folded_at_76(subject: str) -> None:
    """Subjects of any length and script keep the line length of RFC 2047."""
    head = message(replace(ENVELOPE, subject=subject), text="Hi", html="Hi").split(b"\r\n\r\n")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 76
