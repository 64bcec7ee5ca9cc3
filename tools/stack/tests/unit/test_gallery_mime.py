"""An email's texts are those that Python's parser finds, however the message is built."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.mailer.domain.message.mime import Envelope, Sender, message
from fondly.operations.emails.mime import Texts, texts

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r"))


def mailed(text: str, html: str) -> bytes:
    """Return an email as the mailer builds it."""
    envelope = Envelope(
        sender=Sender("Fondly Shop", "hello@shop.example"),
        address="c1@shop.example",
        subject="Hello",
        date=datetime(2026, 11, 26, tzinfo=UTC),
        run_id="run-1",
        customer_id="C1",
        copy_source="ai",
        unsubscribe_uris=(),
    )
    return message(envelope, text=text, html=html)


def by_the_parser(raw: bytes) -> Texts:
    """Return what Python's parser finds."""
    parsed = message_from_bytes(raw)
    parts = {part.get_content_type(): part.get_payload(decode=True) for part in parsed.walk()}
    found = {kind: body.decode() for kind, body in parts.items() if isinstance(body, bytes)}
    return Texts(found["text/plain"], found["text/html"])


@given(TEXT, TEXT)
def test_the_mailers_emails_are_read_as_the_parser_reads_them(text: str, html: str) -> None:
    """Whatever is in them, a boundary of another email included."""
    raw = mailed(f"{text}\n--=_fondly_0\n", html)
    assert texts(raw) == by_the_parser(raw)


def test_a_message_of_one_part_has_one_text() -> None:
    """The other is empty."""
    assert texts(b"Content-Type: text/html\r\n\r\n<p>\xe2\x82\xb9</p>") == Texts("", "<p>₹</p>")
    assert texts(b"\r\nHello") == Texts("Hello", "")


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64"])
def test_a_message_with_an_attachment_is_read(encoding: str) -> None:
    """Parts within parts are left to Python's parser."""
    made = EmailMessage()
    made.set_content("Grüße", cte=encoding)
    made.add_alternative("<p>Grüße</p>", subtype="html", cte=encoding)
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf")
    assert texts(bytes(made)) == Texts("Grüße\n", "<p>Grüße</p>\n")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no header at all",
        b'Content-Type: multipart/alternative;\r\n boundary="b"\r\n\r\n--b\r\n\r\ncut short',
        b'Content-Type: multipart/alternative;\r\n boundary="b"\r\n\r\n--b--\r\n',
    ],
)
def test_a_broken_message_has_the_texts_that_it_has(raw: bytes) -> None:
    """Nothing is raised: one bad message must not end the collection."""
    assert isinstance(texts(raw), Texts)
