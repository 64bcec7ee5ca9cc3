"""A test of an email goes to somebody else, says that it is one, and a click in it changes nothing."""

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest

from fondly.sender.domain.fields import HeaderError
from fondly.sender.domain.fitness import unfit
from fondly.sender.domain.trial import trial_email
from services.sender.tests.messages import message

ME = "me@shop.example"
TOKEN = "QWRh.AAAAAAAAAAAAAAAAAAAAAA"


def _read(content: bytes) -> EmailMessage:
    parsed = BytesParser(policy=policy.SMTP.clone(raise_on_defect=True)).parsebytes(content)
    assert isinstance(parsed, EmailMessage)
    return parsed


def test_test_goes_to_somebody_else_and_says_so() -> None:
    """The customer is neither written to nor named in `To`."""
    found = _read(trial_email(message(), ME))
    assert found["To"] == ME
    assert found["Subject"] == "[Test] Something to go with your kettle"
    assert found["From"] == _read(message())["From"]


def test_test_can_be_handed_over() -> None:
    """It is as fit as the email itself."""
    assert unfit(trial_email(message(), ME), address=ME, max_bytes=1_000_000) is None


def test_token_is_nowhere() -> None:
    """Neither in the header nor in text or HTML, where it is folded; the links still lead to the page."""
    assert TOKEN in str(_read(message())["List-Unsubscribe"])
    found = _read(trial_email(message(), ME))
    parts = [part.get_content() for part in found.walk() if not part.is_multipart()]
    assert len(parts) == 2
    for text in (*parts, str(found["List-Unsubscribe"])):
        assert TOKEN not in text
        assert "https://shop.example/u?t=test" in text
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "subject=unsubscribe%20test>" in str(found["List-Unsubscribe"])


def test_everything_else_is_as_customers_get_it() -> None:
    """The rest of the text has not changed."""
    text = _read(trial_email(message(), ME)).get_body(("plain",))
    assert text is not None
    assert text.get_content().startswith("Dear Ada,\r\n.a line with a dot, and ₹219\r\n")


def test_every_test_has_its_own_id() -> None:
    """Mail programs hide a second message with the id of another."""
    ids = {str(_read(trial_email(message(), ME))["Message-ID"]) for _ in range(2)}
    assert len(ids) == 2
    assert all(each.endswith("@shop.example>") for each in ids)


def test_long_subject_in_another_script_is_folded() -> None:
    """Encoded words stay within the lines that every server carries."""
    subject = "Etwas Schönes für Ihren Wasserkocher und ₹219 dazu, nur für Sie ausgesucht"
    encoded = EmailMessage(policy=policy.SMTP)
    encoded["Subject"] = subject
    field = encoded.as_bytes().partition(b"\r\n\r\n")[0]
    content = message().replace(b"Subject: Something to go with your kettle", field)
    marked = trial_email(content, ME)
    assert _read(marked)["Subject"] == f"[Test] {subject}"
    assert max(map(len, marked.split(b"\r\n"))) <= 200


def test_message_without_a_header_is_no_email() -> None:
    """Nothing is made of it."""
    with pytest.raises(HeaderError, match="no empty line"):
        trial_email(b"Hello", ME)
