"""A signature that any receiver can verify, and that breaks with every change that matters."""

from base64 import b64encode

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from fondly.sender.adapters.dkim import REPLACED_BY_SES, DkimKeyError, DkimSigner
from fondly.sender.domain.fitness import unfit
from services.sender.tests.messages import ADDRESS, message

KEY = rsa.generate_private_key(65_537, 2_048)


def _pem(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _record(name: bytes, timeout: int = 5) -> bytes:
    """The key, as the domain's DNS publishes it."""
    del timeout
    assert name.rstrip(b".") == b"s2026._domainkey.shop.example"
    spki = KEY.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )

    return b"v=DKIM1; k=rsa; p=" + b64encode(spki)


def _verifies(content: bytes) -> bool:
    return bool(dkim.verify(content, dnsfunc=_record))


@pytest.fixture(scope="module")
def signed() -> bytes:
    """A signed email."""
    return DkimSigner(_pem(KEY), "s2026").sign(message())


def test_signature_verifies(signed: bytes) -> None:
    """By another implementation; the message itself is unchanged, and still fit to be sent."""
    assert signed.endswith(message())
    assert _verifies(signed)
    assert unfit(signed, address=ADDRESS, max_bytes=100_000) is None
    assert max(map(len, signed.partition(b"\r\nFrom:")[0].split(b"\r\n"))) <= 78


@pytest.mark.parametrize("text", ["", "one line\r\n", "spaces  \t at the end \r\n\r\n\r\n"])
def test_any_body_verifies(text: str) -> None:
    """An empty one, and one that ends in empty lines."""
    content = message().partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + text.encode()
    assert _verifies(DkimSigner(_pem(KEY), "s2026").sign(content))


@pytest.mark.parametrize(
    "name",
    [
        b"From",
        b"To",
        b"Subject",
        b"Date",
        b"Message-ID",
        b"MIME-Version",
        b"Content-Type",
        b"List-Id",
        b"List-Unsubscribe",
        b"List-Unsubscribe-Post",
        b"Feedback-ID",
        b"Reply-To",
    ],
)
def test_no_field_can_be_added(signed: bytes, name: bytes) -> None:
    """Of those that a reader sees, or that unsubscribe: a second one breaks the signature (RFC 8058, 4)."""
    assert not _verifies(name + b": <https://evil.example/>\r\n" + signed)


def test_changes_break_the_signature(signed: bytes) -> None:
    """Of another link to unsubscribe, of the text; not of white space, which servers change."""
    assert not _verifies(signed.replace(b"<https://shop.example/u", b"<https://evil.example/u", 1))
    assert not _verifies(signed.replace(b"Dear Ada", b"Dear Eve"))
    assert not _verifies(signed.replace(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", b""))
    assert _verifies(signed.replace(b"Subject: Something", b"Subject:   Something"))


def test_ses_may_replace_what_it_replaces() -> None:
    """Amazon SES overwrites Date and Message-ID of what it is given by SMTP."""
    signed = DkimSigner(_pem(KEY), "s2026", except_for=REPLACED_BY_SES).sign(message())
    changed = signed.replace(b"Message-ID: <one@shop.example>", b"Message-ID: <0100@eu-west-1.amazonses.com>")
    assert changed != signed
    assert _verifies(changed)


def test_key_on_one_line() -> None:
    """Variables of an environment often have no line breaks."""
    pem = _pem(KEY).replace("\n", "\\n")
    assert _verifies(DkimSigner(pem, "s2026").sign(message()))


@pytest.mark.parametrize(
    ("pem", "reason"),
    [
        ("nothing", "cannot be read"),
        (_pem(ed25519.Ed25519PrivateKey.generate()), "none of RSA"),
        (_pem(KEY).replace("A", "!"), "cannot be read"),
    ],
)
def test_key_that_cannot_be_used(pem: str, reason: str) -> None:
    """The error says what is expected, and nothing of the key."""
    with pytest.raises(DkimKeyError, match=reason) as raised:
        DkimSigner(pem, "s2026")
    assert pem not in str(raised.value)
