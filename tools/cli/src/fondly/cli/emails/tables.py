"""Finished emails as tables and texts for people."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fondly.cli.delivery.tables import BOUNCES, OUTCOMES, words
from fondly.cli.output import plain
from fondly.cli.tables import cell, table
from fondly.contracts.delivery import Outcome
from fondly.operations.emails.finished import EmailView
from fondly.stack.gallery.mime import texts

SUBJECT_AND_PREHEADER = "subject, preheader"


def email_table(emails: Sequence[EmailView]) -> Table:
    """Two lines per email: as an inbox shows it, and what has become of it."""
    shown = table("customer", SUBJECT_AND_PREHEADER, "", fold=SUBJECT_AND_PREHEADER)
    for each in emails:
        shown.add_row(cell(each.customer_id), _as_in_inbox(each), _outcome(each))
    return shown


def show_email(email: EmailView, message: bytes, console: Console) -> None:
    """Print an email's plain text below what an inbox shows of it."""
    shown = table("name", "value", fold="value")
    shown.show_header = False
    shown.add_row(cell("customer", "dim"), cell(email.customer_id))
    shown.add_row(cell("subject", "dim"), cell(email.subject, "bold"))
    shown.add_row(cell("preheader", "dim"), cell(email.preheader))
    if email.variant:
        shown.add_row(cell("variant", "dim"), cell(email.variant))
    if email.made_at:
        made = f"{email.made_at:%Y-%m-%d %H:%M} UTC, copy: {email.copy_source}"
        shown.add_row(cell("made", "dim"), cell(made))
    shown.add_row(cell("delivery", "dim"), cell(_fate(email)))
    console.print(shown)
    console.print()
    for line in texts(message).plain.splitlines():
        console.print(Text(plain(line)), soft_wrap=True)


def _as_in_inbox(email: EmailView) -> Text:
    if email.held_out:
        return cell("no email: held out, for comparison", "dim")
    return cell(email.subject, "bold").append("\n").append_text(cell(email.preheader, "not bold dim"))


def _outcome(email: EmailView) -> Text:
    """What has become of it; below it why it was not sent, or what came back."""
    if email.held_out:
        return cell("held out", "dim")
    if (found := email.dispatch) is None:
        return cell("not yet", "dim")
    called, style = OUTCOMES[found.outcome]
    why = words(found.reason) if found.outcome is Outcome.SUPPRESSED else ""
    below = BOUNCES.get(found.bounced, why)
    shown = cell(called, style)
    return shown.append("\n").append_text(cell(below, "not bold dim")) if below else shown


def _fate(email: EmailView) -> str:
    """What has become of it, when, and why."""
    found = email.dispatch
    if found is None:
        return "not sent yet"
    called = OUTCOMES[found.outcome][0]
    by = f" by {found.transport}" if found.transport else ""
    why = f": {found.reason.replace('_', ' ')}" if found.reason else ""
    bounced = f"; {found.bounced} bounce" if found.bounced in {"hard", "soft"} else ""
    complaint = "; complaint" if found.bounced == "complaint" else ""
    return f"{called}{by}, {found.at:%Y-%m-%d %H:%M} UTC{why}{bounced}{complaint}"
