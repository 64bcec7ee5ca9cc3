"""Finished emails."""

from collections.abc import Iterator, Sequence

from fondly.cli.tables.declaration import GAP, Column, Columns, Line, Remark, Shown, sheet
from fondly.cli.tables.delivery import BOUNCES, OUTCOMES, words
from fondly.contracts.delivery import Outcome
from fondly.operations.emails.finished import EmailView
from fondly.operations.emails.index import RiskRow
from fondly.operations.emails.mime import texts
from fondly.operations.emails.sending import SentTest


def _why(email: EmailView) -> str:
    """Why it was not sent, or what came back."""
    if email.held_out or (found := email.dispatch) is None:
        return ""
    return BOUNCES.get(found.bounced, words(found.reason) if found.outcome is Outcome.SUPPRESSED else "")


EMAILS: Columns[EmailView] = (
    Column("customer", lambda email: email.customer_id),
    Column(
        "subject, preheader",
        lambda email: "no email: held out, for comparison" if email.held_out else email.subject,
        lambda email: "dim" if email.held_out else "bold",
        below=lambda email: None if email.held_out else email.preheader,
        fold=True,
    ),
    Column("", lambda email: _outcome(email)[0], lambda email: _outcome(email)[1], below=_why),
)
"""Two lines per email: as an inbox shows it, and what has become of it."""

TO_READ: Columns[RiskRow] = (
    Column("customer", lambda each: each.row.customer_id),
    Column(
        "subject, preheader",
        lambda each: each.row.subject,
        lambda _: "bold",
        below=lambda each: each.row.preheader,
        fold=True,
    ),
    Column("why", lambda each: words(each.why)),
)


def email_sections(email: EmailView, message: bytes) -> Iterator[Shown]:
    """Yield an email's plain text below what an inbox shows of it."""
    made = f"{email.made_at:%Y-%m-%d %H:%M} UTC, copy: {email.copy_source}" if email.made_at else None
    optional = [("variant", email.variant), ("made", made)]
    yield sheet(
        [
            ("customer", email.customer_id),
            ("subject", email.subject, "bold"),
            ("preheader", email.preheader),
            *((name, value) for name, value in optional if value),
            ("delivery", _fate(email)),
        ],
        name_style="dim",
    )
    yield GAP
    yield from map(Line, texts(message).plain.splitlines())


def _outcome(email: EmailView) -> tuple[str, str]:
    if email.held_out:
        return "held out", "dim"
    return OUTCOMES[email.dispatch.outcome] if email.dispatch else ("not yet", "dim")


def _fate(email: EmailView) -> str:
    """What has become of it, when, and why."""
    found = email.dispatch
    if found is None:
        return "not sent yet"
    called = OUTCOMES[found.outcome][0]
    by = f" by {found.transport}" if found.transport else ""
    why = f": {words(found.reason)}" if found.reason else ""
    back = f"; {BOUNCES[found.bounced]}" if found.bounced in BOUNCES else ""
    return f"{called}{by}, {found.at:%Y-%m-%d %H:%M} UTC{why}{back}"


def sent_lines(sent: Sequence[SentTest]) -> Iterator[Remark]:
    """Yield what became of an email to each address, and what the provider said."""
    for each in sent:
        said = f": {each.said}" if each.said else ""
        yield Remark(f"{each.to}: {'accepted' if each.accepted else 'not accepted'}{said}")
