"""What a mail asks for that arrived where replies and reports do: unsubscribing, or a report about an email.

Anybody may have sent it. So nothing counts but what a token of ours proves, which every email carries in its
`List-Unsubscribe`: it stands in the subject of a mail to that address, and in the header of the email that a
report returns.

Sources: RFC 2369 and 6068 (mailto), RFC 3834 (`Auto-Submitted`), RFC 6522 (multipart/report), RFC 3464
(delivery status notifications), RFC 5965 (feedback reports), RFC 6533 (their international forms).
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from email.utils import parseaddr
from enum import StrEnum
from hashlib import sha256
from urllib.parse import unquote

from fondly.contracts.tokens import MAX_TOKEN_CHARS, TEST_TOKEN
from fondly.sender.domain.mail import Mail, MailError, body_of, field, parse, parts, raw_field
from fondly.sender.domain.mail_reports import MAX_ADDRESSES, MailReport
from fondly.sender.domain.notifications import MAX_ID_CHARS, RUN_HEADER, NotificationKind
from fondly.sender.domain.requests import Request
from fondly.sender.domain.statuses import Verdict, verdict

REPORT_ID_CHARS = 32
AUTOMATIC = frozenset({"auto-replied", "auto-notified"})
"""Answers of machines. A provider that unsubscribes for its reader may say `auto-generated`, rightly."""
COMPLAINTS = frozenset({"abuse", "fraud", "opt-out", "other", "virus"})
"""Types of feedback that want no more of this; `not-spam` is the contrary, `auth-failure` is of no reader."""
STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
FEEDBACK_TYPE = "message/feedback-report"
EMAIL_TYPES = frozenset({"message/rfc822", "message/global"})
HEADER_TYPES = frozenset(
    {"text/rfc822-headers", "text/rfc822-header", "message/rfc822-headers", "message/global-headers"}
)
LIST_UNSUBSCRIBE = "list-unsubscribe"
MOST_RECIPIENTS, MOST_TOKENS = 20, 5
_UNSUBSCRIBE = re.compile(r"\bunsubscribe\b[\s:]*(.*)", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_IN_LINK = re.compile(r"[?&](?:t=|subject=unsubscribe%20)([^&>,\s]+)", re.IGNORECASE)
IsSigned = Callable[[str], bool]
"""Whether a key of ours has signed a token."""


class Unread(StrEnum):
    """Why nothing is done about a mail."""

    AUTOMATIC = "automatic"
    """A machine has answered: somebody is on holiday, or a ticket was opened."""
    FORGED = "forged"
    """It means to unsubscribe somebody, or to report an email, and no token of ours proves it."""
    LIMITS = "limits"
    """It is not read at all: it has too many parts, or too deep ones."""
    NO_CONCERN = "no_concern"
    """A report that asks for nothing: an email is delayed, or was delivered, or is no spam."""
    OTHER = "other"
    """Something else, for a person."""
    TEST = "test"
    """It is about a test email, and changes nothing."""


@dataclass(frozen=True)
class _Said:
    """What a report says of an email, and whom it says that the email was for."""

    verdict: Verdict
    recipients: tuple[str, ...] = ()


def read_mail(content: bytes, is_signed: IsSigned) -> Request | MailReport | Unread:
    """Return what a mail asks for, or why nothing is done about it; never raises, whatever the mail is."""
    try:
        mail = parse(content)
    except MailError:
        return Unread.LIMITS
    if mail.get_content_type() == "multipart/report":
        return _report(mail, content, is_signed)
    if field(mail, "auto-submitted").partition(";")[0].strip().lower() in AUTOMATIC:
        return Unread.AUTOMATIC
    return _request(mail, is_signed)


def _request(mail: Mail, is_signed: IsSigned) -> Request | Unread:
    found = _UNSUBSCRIBE.search(field(mail, "subject"))
    if found is None:
        return Unread.OTHER
    # A mail program may have folded the subject within the token, and then a space stands in it.
    candidates = [*_WORD.findall(found[1])[:MOST_TOKENS], "".join(found[1].split())]
    token = _proved(candidates, is_signed)
    if token is not None:
        return Request(token, by_mail=True)
    return Unread.TEST if found[1].strip() == TEST_TOKEN else Unread.FORGED


def _report(mail: Mail, content: bytes, is_signed: IsSigned) -> MailReport | Unread:
    found = parts(mail)
    said = next((said for each in found if (said := _said(each)) is not None), None)
    if said is None:
        is_report = any(each.get_content_type() in STATUS_TYPES | {FEEDBACK_TYPE} for each in found)
        return Unread.NO_CONCERN if is_report else Unread.OTHER
    email = next((email for each in found if (email := _returned(each)) is not None), None)
    if email is None:
        return Unread.FORGED
    links = re.sub(r"\s", "", raw_field(email, LIST_UNSUBSCRIBE))
    candidates = [unquote(each) for each in _IN_LINK.findall(links)[:MOST_TOKENS]]
    token = _proved(candidates, is_signed)
    if token is None:
        return Unread.TEST if TEST_TOKEN in candidates else Unread.FORGED
    run_id = field(email, RUN_HEADER)
    return MailReport(
        kind=said.verdict.kind.value,
        report_id=f"mail-{sha256(content).hexdigest()[:REPORT_ID_CHARS]}",
        token=token,
        run_id=run_id if 0 < len(run_id) <= MAX_ID_CHARS else None,
        addresses=_addresses((*said.recipients, field(email, "to"))),
        counts=said.verdict.counts,
    )


def _said(part: Mail) -> _Said | None:
    """What a part reports of the email, if it is that part and the email has failed or is complained of."""
    kind = part.get_content_type()
    if kind in STATUS_TYPES:
        failed = [each for each in _groups(part) if field(each, "action").lower() == "failed"]
        verdicts = [verdict(field(each, "status"), field(each, "diagnostic-code")) for each in failed]
        if not verdicts:
            return None
        hard = [each for each in verdicts if each.kind is NotificationKind.HARD]
        return _Said(next(iter(hard or verdicts)), tuple(_recipients(failed)))
    if kind == FEEDBACK_TYPE:
        fields = _fields_of(part)
        if fields is not None and field(fields, "feedback-type").lower() in COMPLAINTS:
            return _Said(
                Verdict(NotificationKind.COMPLAINT, counts=True), (field(fields, "original-rcpt-to"),)
            )
    return None


def _groups(status: Mail) -> list[Mail]:
    """The fields about each recipient; those before them are about the report."""
    groups = parts(status)
    if len(groups) == 1:  # of the international form Python takes the first fields for an email's header
        blocks = body_of(groups[0]).split(b"\n\n")[:MOST_RECIPIENTS]
        return [fields for block in blocks if (fields := _header_of(block)) is not None]
    return groups[1 : 1 + MOST_RECIPIENTS]


def _recipients(groups: Iterable[Mail]) -> Iterator[str]:
    """Their addresses, which follow the type: `rfc822; ada@mail.example`."""
    for group in groups:
        for name in ("original-recipient", "final-recipient"):
            yield field(group, name).partition(";")[2]


def _fields_of(part: Mail) -> Mail | None:
    """The fields that are a part's body: Python takes those of most types of message for an email's."""
    if (inner := next(iter(parts(part)), None)) is not None:
        return inner
    return _header_of(body_of(part))


def _returned(part: Mail) -> Mail | None:
    """The email that a part returns, or its header."""
    kind = part.get_content_type()
    if kind in EMAIL_TYPES | HEADER_TYPES:
        return _fields_of(part)
    return None


def _header_of(text: bytes) -> Mail | None:
    try:
        return parse(text)
    except MailError:
        return None


def _proved(candidates: Iterable[str], is_signed: IsSigned) -> str | None:
    return next((each for each in candidates if len(each) <= MAX_TOKEN_CHARS and is_signed(each)), None)


def _addresses(texts: Iterable[str]) -> tuple[str, ...]:
    found = (parseaddr(text.strip())[1] for text in texts)
    fit = (each for each in found if "@" in each and 3 <= len(each) <= 320)  # noqa: PLR2004 - RFC 5321
    return tuple(dict.fromkeys(fit))[:MAX_ADDRESSES]
