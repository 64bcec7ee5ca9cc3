"""What is read of mails that anybody may have sent, and that nothing else is believed of them."""

import json
import re
from base64 import b64encode
from email.header import Header

import pytest

from fondly.contracts.tokens import TEST_TOKEN, UNSUBSCRIBE, verify
from fondly.sender.adapters.ses_notifications import read_notification
from fondly.sender.domain.mail import MAX_BYTES, MAX_CONTAINERS, MAX_PARTS
from fondly.sender.domain.mail_reports import MAX_ADDRESSES, MailReport, is_mail_report, read_mail_report
from fondly.sender.domain.notifications import NotificationError, ReceivedMail
from fondly.sender.domain.requests import Request
from fondly.sender.domain.returned_mail import Unread, read_mail
from services.sender.tests.fakes_of_feedback import RUN
from services.sender.tests.mails import ADDRESS, KEY, bounce, complaint, email_header, to_unsubscribe, token

LONG = "\U00010348" * 128
"""A customer id whose token is long."""


def is_signed(found: str) -> bool:
    """Whether the tests' key has signed a token."""
    return verify((KEY,), UNSUBSCRIBE, found) is not None


def read(content: bytes) -> Request | MailReport | Unread:
    """What a mail asks for."""
    return read_mail(content, is_signed)


def report(content: bytes) -> MailReport:
    """The report that a mail is."""
    found = read(content)
    assert isinstance(found, MailReport), found
    return found


@pytest.mark.parametrize(
    "subject",
    [
        f"unsubscribe {token()}",
        f"Unsubscribe  {token()}",
        f"Re: unsubscribe {token()}",
        f"[EXTERNAL] unsubscribe {token()} [seen]",
        f"unsubscribe\r\n {token()}",
        f"unsubscribe {token()[:12]}\r\n {token()[12:]}",
        Header(f"unsubscribe {token()}", "utf-8").encode(),
        f"unsubscribe {token(LONG)[:300]}\r\n {token(LONG)[300:]}",
    ],
)
def test_a_mail_to_the_address_of_an_email_unsubscribes(subject: str) -> None:
    """However the mail program has folded or encoded the subject; the token alone counts."""
    found = read(to_unsubscribe(subject))
    assert isinstance(found, Request)
    assert found.by_mail
    assert is_signed(found.token)
    assert Request.of_message(found.message) == found


def test_a_provider_may_unsubscribe_for_its_reader() -> None:
    """RFC 3834 calls that generated, and not replied."""
    mail = to_unsubscribe(f"unsubscribe {token()}", "Auto-Submitted: auto-generated")
    assert isinstance(read(mail), Request)


@pytest.mark.parametrize(
    ("mail", "why"),
    [
        (to_unsubscribe(f"unsubscribe {token()}", "Auto-Submitted: auto-replied"), Unread.AUTOMATIC),
        (to_unsubscribe("Out of office", "Auto-Submitted: auto-replied; owner-email=x@y"), Unread.AUTOMATIC),
        (to_unsubscribe(f"unsubscribe {token(key=b'another key')}"), Unread.FORGED),
        (to_unsubscribe("unsubscribe K-7"), Unread.FORGED),
        (to_unsubscribe("unsubscribe"), Unread.FORGED),
        (to_unsubscribe(f"unsubscribe {TEST_TOKEN}"), Unread.TEST),
        (to_unsubscribe("Where is my kettle?", body=f"unsubscribe {token()}"), Unread.OTHER),
        (b"", Unread.OTHER),
        (b"\xff\xfe\x00" * 999, Unread.OTHER),
        (to_unsubscribe("=?utf-8?b?////?= =?x?q?=FF?= =?nonsense?z?z?="), Unread.OTHER),
        (to_unsubscribe("x").replace(b"Subject: x", b"Subject: unsubscribe \xff\xfe"), Unread.FORGED),
    ],
)
def test_about_other_mails_nothing_is_done(mail: bytes, why: Unread) -> None:
    """Each for a reason that operators can count."""
    assert read(mail) is why


@pytest.mark.parametrize(
    ("status", "diagnostic", "kind", "counts"),
    [
        ("5.1.1", "smtp; 550 5.1.1 no such user", "hard", True),
        ("5.1.10", "smtp; 550 5.1.10 RESOLVER.ADR.RecipientNotFound", "hard", True),
        ("5.0.0", "smtp; 550 5.1.1 gone", "hard", True),
        ("5.0.0", "smtp; 554 delivery error: This user doesn't exist", "hard", True),
        ("", "smtp; 550 Unknown user", "hard", True),
        ("5.2.2", "smtp; 552 5.2.2 mailbox full", "soft", True),
        ("4.4.7", "smtp; 451 4.4.7 expired", "soft", True),
        ("4.1.1", "smtp; 450 user unknown for now", "soft", True),
        ("5.3.4", "smtp; 552 too large", "soft", False),
        ("5.7.1", "smtp; 550 5.7.1 looks like spam", "soft", False),
        ("5.1.8", "smtp; 550 5.1.8 sender refused", "soft", False),
        ("nonsense", "nonsense", "soft", True),
    ],
)
def test_a_bounce_says_whether_the_address_is_dead(
    status: str, diagnostic: str, kind: str, *, counts: bool
) -> None:
    """Only what says that there is no such mailbox is hard; of size and content nobody is guilty."""
    found = report(bounce(status, diagnostic=diagnostic))
    assert (found.kind, found.counts) == (kind, counts)
    assert (found.token, found.run_id, found.addresses) == (token(), RUN, (ADDRESS,))


@pytest.mark.parametrize(
    "mail",
    [
        bounce(returned_as="message/rfc822"),
        bounce(returned_as="text/rfc822-headers", email=email_header(fold="\r\n ")),
        bounce(returned_as="message/global-headers"),
        bounce().replace(b"message/delivery-status", b"message/global-delivery-status"),
        bounce().replace(b"\r\n", b"\n"),
        bounce()[:-10],
        bounce(returned_as="message/rfc822", email=email_header() + "x" * MAX_BYTES),
    ],
)
def test_a_bounce_is_read_however_it_returns_the_email(mail: bytes) -> None:
    """The whole email or its header, in any form, also where the end is missing."""
    found = report(mail)
    assert (found.kind, found.token, found.run_id) == ("hard", token(), RUN)


@pytest.mark.parametrize("kind", ["abuse", "Fraud", "other", "opt-out", "virus"])
def test_a_complaint_names_its_email_by_the_token(kind: str) -> None:
    """Providers black out the address, and leave the header as it is."""
    found = report(complaint(kind))
    assert (found.kind, found.token, found.run_id) == ("complaint", token(), RUN)
    hidden = email_header(to="redacted@provider.example")
    assert report(complaint(email=hidden)).addresses == (ADDRESS, "redacted@provider.example")


@pytest.mark.parametrize(
    ("mail", "why"),
    [
        (bounce(action="delayed", status="4.4.1"), Unread.NO_CONCERN),
        (bounce(action="delivered", status="2.0.0"), Unread.NO_CONCERN),
        (complaint("not-spam"), Unread.NO_CONCERN),
        (complaint("auth-failure"), Unread.NO_CONCERN),
        (bounce(email="Subject: an email of somebody else's\r\n\r\n"), Unread.FORGED),
        (bounce(email=email_header(signed=token(key=b"another key"))), Unread.FORGED),
        (complaint(email=email_header(signed=token(key=b"another key"))), Unread.FORGED),
        (bounce(email=email_header(signed=TEST_TOKEN)), Unread.TEST),
        (bounce(returned_as="text/plain"), Unread.FORGED),
        (bounce().replace(b"message/delivery-status", b"text/plain"), Unread.OTHER),
    ],
)
def test_a_report_without_our_token_is_believed_nothing(mail: bytes, why: Unread) -> None:
    """Anybody can write one about anybody; nor does a delay concern anybody."""
    assert read(mail) is why


def test_a_report_takes_nothing_over_that_could_be_more_than_a_name() -> None:
    """No line, no field and no address that is none comes out of it."""
    wild = email_header(run_id="run-1\r\n\tinjected", to="a@b\r\n <>, nobody")
    found = report(bounce(email=wild, recipient="x" * 400 + "@mail.example"))
    assert found.run_id == "run-1 injected"
    assert all("\n" not in each and "\r" not in each and "@" in each for each in found.addresses)
    assert report(bounce(email=email_header(run_id="r" * 300))).run_id is None
    assert read_mail_report(found.message) == found


def nested(depth: int, kind: str) -> bytes:
    """A mail of parts within parts."""
    parts = [
        f'Content-Type: {kind}; boundary="b{level}"\n\n--b{level}\n'
        if kind.startswith("multipart")
        else f"Content-Type: {kind}\n\n"
        for level in range(depth)
    ]
    return "".join(parts).encode()


@pytest.mark.parametrize(
    "mail",
    [
        nested(5_000, "multipart/mixed"),
        nested(MAX_CONTAINERS + 1, "multipart/report"),
        nested(5_000, "message/rfc822"),
        nested(5_000, "MESSAGE/RFC822").replace(b"\n", b"\r"),
        b"Content-Type: multipart/report; boundary=b\n\n" + b"--b\n\n" * (MAX_PARTS + 1),
        b"Content-Type: multipart/report" + b";" * 200_000 + b"\n\n",
        b"Content-Type: multipart/report" + b';"\n ' * 50_000 + b"\n\n",
        b"A: b\nContent-Type:\n multipart/report;\n" + b" x=y;\n" * 500 + b"\n",
    ],
)
def test_a_trap_is_not_read(mail: bytes) -> None:
    """Nesting, parts and headers that the parser would spend its time or its stack on."""
    assert read(mail) is Unread.LIMITS


@pytest.mark.parametrize(
    "mail",
    [
        b"a:b\n" * 500_000,
        b"Content-Type: message/delivery-status\n\n" + b"a:b\n\n" * 500_000,
        b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n"
        + b"a:b\n\n" * 500_000,
        b"Subject: " + b"=?utf-8?q?a?= " * 200_000 + b"\n\n",
        b"Subject: unsubscribe " + b"a.b " * 200_000 + b"\n\n",
        b"Subject: unsubscribe\n\n" + b"x" * 50_000_000,
        b"Content-Type: multipart/report; boundary*0*=utf-8''b; boundary*1=b\n\n--bb\n\n--bb--\n",
        b"Content-Type: multipart/report; boundary=\n\n--\n\n----\n",
    ],
)
def test_a_bomb_is_cut(mail: bytes) -> None:
    """Only its beginning is looked at, and it says nothing."""
    assert isinstance(read(mail), Unread)


def test_a_report_passes_through_the_queue_as_what_nobody_else_can_send() -> None:
    """No request begins like it, and what is none of ours says where it is wrong, not what it says."""
    found = report(bounce())
    assert is_mail_report(found.message)
    assert not is_mail_report(Request(found.message).message)
    for body in ('{"mail_report": {"kind": "worse"}}', '{"mail_report":{}, "more": "asha@example.com"}'):
        with pytest.raises(NotificationError, match="not a report by mail") as caught:
            read_mail_report(body)
        assert "asha" not in str(caught.value)


@pytest.mark.parametrize("encoding", ["BASE64", "UTF8"])
def test_ses_passes_on_a_mail_that_it_received(encoding: str) -> None:
    """In either encoding of a receipt rule's SNS action."""
    mail = to_unsubscribe(f"unsubscribe {token()}")
    text = b64encode(mail).decode() if encoding == "BASE64" else mail.decode()
    body = {
        "notificationType": "Received",
        "mail": {"messageId": "o3vrnil0e2ic28tr", "source": ADDRESS},
        "receipt": {"action": {"type": "SNS", "encoding": encoding}, "spamVerdict": {"status": "PASS"}},
        "content": text,
    }
    assert read_notification(json.dumps(body)) == ReceivedMail(mail)
    body["content"] = "not base64!"
    if encoding == "BASE64":
        with pytest.raises(NotificationError, match="content: expected base64"):
            read_notification(json.dumps(body))


@pytest.mark.parametrize("name", [b"Final-Recipient", b"Original-Recipient"])
def test_either_recipient_of_a_report_may_be_the_customer(name: bytes) -> None:
    """A mailbox may forward to another, and a server may name only one of them."""
    other = bounce(email=email_header(to="redacted@provider.example"))
    named = re.sub(b"%s: rfc822; ?[^\r]*" % name, b"%s: rfc822; forwarded@mail.example" % name, other)
    assert {"forwarded@mail.example", ADDRESS} <= set(report(named).addresses)


def test_a_report_of_many_recipients_is_one_of_the_first() -> None:
    """A report with more than fit into its message would be lost with its token."""
    block = "Final-Recipient: rfc822; r{}@mail.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
    many = "".join(map(block.format, range(2 * MAX_ADDRESSES))).encode()
    found = report(bounce().replace(b"Final-Recipient:", many + b"Final-Recipient:"))
    assert (len(found.addresses), found.token) == (MAX_ADDRESSES, token())
