"""What the status of a refusal says of the address, in a reply or in a report that comes later.

Source: RFC 3463, RFC 5248 and RFC 7505 (enhanced statuses); RFC 3464, 2.3.4 (statuses in reports).
"""

import re
from typing import NamedTuple

from fondly.sender.domain.notifications import NotificationKind

NO_MAILBOX = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
NO_MAILBOX_WORDS = re.compile(
    r"\b(user unknown|unknown user|no such (user|mailbox|recipient)|mailbox not found|"
    r"(user|mailbox|account|recipient) (does not|doesn't) exist)\b",
    re.IGNORECASE,
)
"""Replies of servers that send no enhanced status."""
ABOUT_THE_EMAIL = re.compile(r"[45]\.(1\.[78]|2\.3|3\.4|6\.\d+|7\.\d+)")
"""Its sender, size, content, or what a filter thinks of it: another one to the same address may arrive."""
_GENERAL = re.compile(r"[245]\.0\.0")
_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")


class Verdict(NamedTuple):
    """What a final failure says: as SES says it, with whether it counts against the address."""

    kind: NotificationKind
    counts: bool


def verdict(status: str, diagnostic: str) -> Verdict:
    """Judge a failed delivery: only a missing mailbox is hard; where `5.0.0` says nothing, the words do."""
    code = _code(status)
    if not code or _GENERAL.fullmatch(code):
        code = _code(diagnostic) or code
    if code in NO_MAILBOX:
        return Verdict(NotificationKind.HARD, counts=True)
    if ABOUT_THE_EMAIL.fullmatch(code):
        return Verdict(NotificationKind.SOFT, counts=False)
    is_permanent = code.startswith("5") or not code
    if is_permanent and NO_MAILBOX_WORDS.search(diagnostic):
        return Verdict(NotificationKind.HARD, counts=True)
    return Verdict(NotificationKind.SOFT, counts=True)


def _code(text: str) -> str:
    found = _STATUS.search(text)
    return found[0] if found else ""
