"""Files of emails show the pictures of made-up shops wherever they are opened."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

from hypothesis import given

from fondly.evaluation.sample.row import picture_url
from fondly.stack.pictures.addresses import FOLDER
from fondly.stack.pictures.inline import with_pictures, without_pictures
from tools.stack.tests.unit.test_gallery_mime import TEXT, by_the_parser, mailed

KETTLE = picture_url("kettle", "Sage")
LAMP = picture_url("lamp", "Copper")
HTML = f'<p>Tea for two</p><img src="{KETTLE}"><img src="{LAMP}" alt="A lamp"><img src="{KETTLE}">\n'
STORED = mailed("Tea for two\n", HTML)
STRICT = SMTP.clone(raise_on_defect=True)


def opened(message: bytes) -> tuple[EmailMessage, str]:
    """Return an email as a strict mail program reads it, and its HTML."""
    email = message_from_bytes(message, policy=STRICT)
    html = email.get_body(("html",))
    assert html is not None
    return email, html.get_content()


def test_an_email_carries_each_picture_once() -> None:
    """As a related part of the HTML, which names it; everything else is as it was."""
    email, html = opened(with_pictures(STORED))
    related = list(email.iter_parts())[1]
    shown, *attached = related.iter_parts()
    kinds = [part.get_content_type() for part in (email, related, shown, *attached)]
    assert kinds == ["multipart/alternative", "multipart/related", "text/html", "image/png", "image/png"]
    assert [part.get_content() for part in attached] == [
        (FOLDER / name).read_bytes() for name in ("kettle-sage.png", "lamp-copper.png")
    ]
    assert {part["Content-Disposition"].content_disposition for part in attached} == {"inline"}
    for url, part in zip((KETTLE, LAMP), attached, strict=True):
        html = html.replace(f"cid:{part['Content-ID'].strip('<>')}", url)
    assert html.replace("\r\n", "\n") == HTML
    assert email.items() == message_from_bytes(STORED, policy=STRICT).items()


@given(TEXT, TEXT)
def test_an_email_without_its_pictures_is_the_stored_one(text: str, html: str) -> None:
    """Whatever is in it."""
    stored = mailed(text, html + HTML)
    carrying = with_pictures(stored)
    assert carrying != stored
    assert by_the_parser(without_pictures(carrying)) == by_the_parser(stored)
    assert with_pictures(carrying) == carrying
    assert without_pictures(stored) == stored


def test_other_emails_stay_as_they_are() -> None:
    """Those with a shop's own pictures or one that does not exist, with a signature, or of another form."""
    for message in (
        mailed("Tea", '<img src="https://images.example/lamp-copper.png">'),
        mailed("Tea", f'<img src="{picture_url("kettle", "unheard of")}">'),
        mailed(KETTLE, "<p>Tea</p>"),
        b"dkim-signature: v=1; a=rsa-sha256\r\n" + STORED,
        b"Subject: Tea\r\n\r\n" + KETTLE.encode(),
    ):
        assert with_pictures(message) == message
