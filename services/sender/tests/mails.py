"""Mails as mail programs, mail servers and mailbox providers write them, for tests."""

from fondly.contracts.tokens import UNSUBSCRIBE, sign
from services.sender.tests.fakes_of_feedback import RUN

KEY = b"a key"
CUSTOMER, ADDRESS = "K-7", "asha.rao@example.com"


def token(customer_id: str = CUSTOMER, *, key: bytes = KEY) -> str:
    """A token of a customer's emails."""
    return sign(key, UNSUBSCRIBE, customer_id)


def to_unsubscribe(subject: str, *headers: str, body: str = "") -> bytes:
    """A mail as programs write it when their reader has pressed "unsubscribe"."""
    return "\r\n".join(
        [
            f"From: Asha Rao <{ADDRESS}>",
            "To: replies@shop.example",
            f"Subject: {subject}",
            "Date: Thu, 26 Nov 2026 15:14:15 +0000",
            "Message-ID: <1@mail.example>",
            *headers,
            "Content-Type: text/plain; charset=utf-8",
            "",
            body or "This message was sent on behalf of your reader.",
            "",
        ]
    ).encode()


def email_header(
    *, signed: str | None = None, run_id: str | None = RUN, to: str = ADDRESS, fold: str = ""
) -> str:
    """The header of an email of ours, as reports return it."""
    signed = token() if signed is None else signed
    return "\r\n".join(
        [
            "From: Fondly Shop <hello@shop.example>",
            f"To: {to}",
            "Subject: Something to go with your kettle",
            "Message-ID: <0123456789abcdef@shop.example>",
            f"List-Unsubscribe: <https://shop.example/u?t={signed[:9]}{fold}{signed[9:]}>,",
            f" <mailto:replies@shop.example?subject=unsubscribe%20{signed}>",
            *([f"X-Fondly-Run: {run_id}"] if run_id is not None else []),
            "",
            "",
        ]
    )


def bounce(
    status: str = "5.1.1",
    *,
    action: str = "failed",
    diagnostic: str = "smtp; 550 5.1.1 no such user",
    recipient: str = ADDRESS,
    email: str | None = None,
    returned_as: str = "text/rfc822-headers",
) -> bytes:
    """A delivery status notification as Postfix writes it (RFC 3464)."""
    return "\r\n".join(
        [
            "Return-Path: <>",
            "From: MAILER-DAEMON@mx.example (Mail Delivery System)",
            "To: bounces@shop.example",
            "Subject: Undelivered Mail Returned to Sender",
            "Auto-Submitted: auto-replied",
            "MIME-Version: 1.0",
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"',
            "",
            "This is a MIME-encapsulated message.",
            "",
            "--b1",
            "Content-Type: text/plain; charset=us-ascii",
            "",
            "I'm sorry to have to inform you that your message could not be delivered.",
            "",
            "--b1",
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; mx.example",
            "X-Postfix-Queue-ID: 4F0ABC",
            "Arrival-Date: Thu, 26 Nov 2026 15:14:15 +0000 (UTC)",
            "",
            f"Final-Recipient: rfc822; {recipient}",
            f"Original-Recipient: rfc822;{recipient}",
            f"Action: {action}",
            f"Status: {status}",
            "Remote-MTA: dns; mx.mail.example",
            f"Diagnostic-Code: {diagnostic}",
            "",
            "--b1",
            f"Content-Type: {returned_as}",
            "",
            email_header() if email is None else email,
            "--b1--",
            "",
        ]
    ).encode()


def complaint(feedback_type: str = "abuse", *, email: str | None = None) -> bytes:
    """A report of a mailbox provider's feedback loop (RFC 5965)."""
    return "\r\n".join(
        [
            "From: <feedback@provider.example>",
            "To: <replies@shop.example>",
            "Subject: FW: Something to go with your kettle",
            "MIME-Version: 1.0",
            "Content-Type: multipart/report; report-type=feedback-report;",
            '\tboundary="part1_13d.2e68ed54_boundary"',
            "",
            "--part1_13d.2e68ed54_boundary",
            'Content-Type: text/plain; charset="US-ASCII"',
            "",
            "This is an email abuse report for an email message received from IP 203.0.113.1.",
            "",
            "--part1_13d.2e68ed54_boundary",
            "Content-Type: message/feedback-report",
            "",
            f"Feedback-Type: {feedback_type}",
            "User-Agent: SomeGenerator/1.0",
            "Version: 1",
            "Original-Mail-From: <bounces@shop.example>",
            f"Original-Rcpt-To: <{ADDRESS}>",
            "",
            "--part1_13d.2e68ed54_boundary",
            "Content-Type: message/rfc822",
            "Content-Disposition: inline",
            "",
            (email_header() if email is None else email) + "Spam Spam Spam",
            "",
            "--part1_13d.2e68ed54_boundary--",
            "",
        ]
    ).encode()
