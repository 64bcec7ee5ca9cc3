"""A local stack that sends has a mail server of its own, and writes to nobody else."""

import smtplib
from pathlib import Path

from fondly.stack.delivered import message_id
from fondly.stack.local_mail import FOLDER, SENDING, ArrivedIn, local_mail
from fondly.stack.pictures.inline import with_pictures
from tools.stack.tests.unit.test_inline_pictures import STORED

MESSAGE = (
    b"From: shop@shop.example\r\nTo: c@customers.example.com\r\nSubject: Hello\r\n"
    b"Date: Thu, 26 Nov 2026 09:00:00 +0000\r\nMessage-ID:\r\n <0123@shop.example>\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nHello\r\n"
)


def test_a_stack_that_does_not_send_has_no_mail_server(tmp_path: Path) -> None:
    """By default, and with SES, which understudy answers for."""
    for environment in ({}, {"FONDLY_SENDER_TRANSPORT": "none"}, {"FONDLY_SENDER_TRANSPORT": "ses"}):
        with local_mail(tmp_path / "mailbox", environment) as settings:
            assert settings == {}
    assert not (tmp_path / "mailbox").exists()


def test_what_is_delivered_arrives_in_the_folder(tmp_path: Path) -> None:
    """And is found by its id, each time that it has arrived; emails with pictures carry them."""
    with local_mail(tmp_path, SENDING) as settings:
        host, port = settings["FONDLY_SENDER_SMTP_HOST"], int(settings["FONDLY_SENDER_SMTP_PORT"])
        with smtplib.SMTP(host, port) as client:
            for message in (MESSAGE, MESSAGE, STORED):
                client.sendmail("shop@shop.example", ["c@customers.example.com"], message)
    arrived = ArrivedIn(Path(settings[FOLDER]))
    assert [path.read_bytes() for path in arrived.copies("0123@shop.example")] == [MESSAGE] * 2
    assert [path.read_bytes() for path in arrived.copies(message_id(STORED))] == [with_pictures(STORED)]
    assert arrived.copies("4567@shop.example") == ()


def test_no_server_of_the_environment_is_asked(tmp_path: Path) -> None:
    """Neither its address nor its password reaches the local stack's sender."""
    theirs = {
        **SENDING,
        "FONDLY_SENDER_SMTP_HOST": "mail.shop.example",
        "FONDLY_SENDER_SMTP_USER": "shop",
        "FONDLY_SENDER_SMTP_PASSWORD": "secret",
    }
    with local_mail(tmp_path, theirs) as settings:
        used = {**theirs, **settings}
    assert used["FONDLY_SENDER_SMTP_HOST"] == "127.0.0.1"
    assert (used["FONDLY_SENDER_SMTP_USER"], used["FONDLY_SENDER_SMTP_PASSWORD"]) == ("", "")


def test_a_message_is_known_by_its_id() -> None:
    """However it is folded; one in the text is none."""
    assert message_id(MESSAGE) == "0123@shop.example"
    assert message_id(MESSAGE.replace(b"Message-ID:\r\n ", b"message-id: ")) == "0123@shop.example"
    assert message_id(b"Subject: Hello\r\n\r\nMessage-ID: <0123@shop.example>\r\n") == ""
