"""What a mail server's reply means for one email, and for all of them.

| reply | to | means |
| --- | --- | --- |
| 2xx | the end of the message | accepted |
| 4xx | anything | not accepted, may be later; `Daily message quota exceeded` of SES: not today |
| 530, 534, 535, 538 | anything | nothing is accepted from us as we log in |
| 5xx | greeting, EHLO, MAIL | nothing is accepted from us, or of this sender; 552: the message is too large |
| 5xx | RCPT | refused; with a status of `NO_MAILBOX`, there is no such mailbox |
| 5xx that denies relaying | RCPT | nothing is accepted from us |
| 5xx | DATA, the end of the message | refused |
| anything else | the end of the message | in doubt |

Source: RFC 5321, 4.2 (replies); RFC 3463, RFC 7505 (enhanced statuses); RFC 4954 (530 to 538).
"""

import re
from enum import StrEnum

from fondly.sender.domain.said import said
from fondly.sender.domain.statuses import NO_MAILBOX, NO_MAILBOX_WORDS
from fondly.sender.ports import (
    Accepted,
    DeferredError,
    InDoubtError,
    QuotaSpentError,
    RefusedError,
    UnusableError,
)


class Step(StrEnum):
    """What a reply answers."""

    GREETING = "greeting"
    EHLO = "EHLO"
    AUTH = "AUTH"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    MESSAGE = "message"
    """Its end: from here on it counts as accepted."""


OF_ALL = frozenset({Step.GREETING, Step.EHLO, Step.AUTH, Step.MAIL})
"""Steps whose refusal is not about the recipient or the content."""
LOGIN_CODES = frozenset({530, 534, 535, 538})
TOO_LARGE = 552
RELAYING = re.compile(r"\brelay", re.IGNORECASE)
DAILY = re.compile(r"daily .*quota", re.IGNORECASE)
_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s|$)")
_QUEUED_AS = re.compile(r"\bqueued (?:mail for delivery )?as ([\w.+=-]{1,100})|\bid=([\w.+=-]{1,100})")
_TRANSIENT, _PERMANENT = range(400, 500), range(500, 600)


def refusal(step: Step, code: int, text: str) -> Exception:
    """Return the error that says what a reply means that is not the expected one."""
    reason = f"{step}: {code} {said(text)}"
    if code in _TRANSIENT:
        return QuotaSpentError(reason) if DAILY.search(text) else DeferredError(reason)
    if code not in _PERMANENT:
        return InDoubtError(reason) if step is Step.MESSAGE else DeferredError(reason)
    if _is_of_all(step, code, text):
        return UnusableError(reason)
    return RefusedError(reason, bad_address=step is Step.RCPT and _has_no_mailbox(text))


def accepted(text: str, message_id: str) -> Accepted:
    """Return what the server calls an email it has accepted, or else what the email calls itself."""
    found = _QUEUED_AS.search(text)
    return Accepted(provider_id=(found[1] or found[2]) if found else message_id)


def _is_of_all(step: Step, code: int, text: str) -> bool:
    if code in LOGIN_CODES:
        return True
    if step is Step.RCPT:
        return bool(RELAYING.search(text)) and not _has_no_mailbox(text)
    return step in OF_ALL and code != TOO_LARGE


def _has_no_mailbox(text: str) -> bool:
    found = _STATUS.match(text)
    return found[1] in NO_MAILBOX if found else bool(NO_MAILBOX_WORDS.search(text))
