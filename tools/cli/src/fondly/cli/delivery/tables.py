"""A run's delivery as tables for people."""

import re
from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console, RenderableType
from rich.table import Table

from fondly.cli.tables import cell, table
from fondly.contracts.delivery import Dispatch, Outcome
from fondly.operations.delivery.plan import moment
from fondly.operations.delivery.views import DeliveryView, starts_later
from fondly.operations.formatting import count
from fondly.runtime.runs.delivery import Decision, Delivery, DeliveryStatus
from fondly.sender.domain.tally import Tally

STYLES: Mapping[DeliveryStatus, str] = {
    DeliveryStatus.HELD: "bold yellow",
    DeliveryStatus.SAMPLE: "yellow",
    DeliveryStatus.APPROVED: "yellow",
    DeliveryStatus.PAUSED: "bold yellow",
    DeliveryStatus.REJECTED: "bold red",
    DeliveryStatus.DONE: "green",
}
MEANINGS: Mapping[DeliveryStatus, str] = {
    DeliveryStatus.HELD: "held until somebody approves it",
    DeliveryStatus.SAMPLE: "a sample goes out, the rest is held",
    DeliveryStatus.APPROVED: "goes out",
    DeliveryStatus.PAUSED: "paused: nothing goes out",
    DeliveryStatus.REJECTED: "rejected: nothing more goes out",
    DeliveryStatus.DONE: "done",
}
SAMPLE_IS_OUT = "its sample has gone out, the rest is held"
STARTS_LATER = "approved, goes out later"
FORGOTTEN = "their customers have been forgotten"
OUTCOMES: Mapping[Outcome, tuple[str, str]] = {
    Outcome.SENT: ("sent", "green"),
    Outcome.WAITING: ("to be tried again", "yellow"),
    Outcome.SENDING: ("being handed over", "yellow"),
    Outcome.SUPPRESSED: ("not sent", ""),
    Outcome.REFUSED: ("refused", "bold red"),
    Outcome.IN_DOUBT: ("in doubt", "bold red"),
}
BOUNCES: Mapping[str, str] = {"hard": "hard bounce", "soft": "soft bounce", "complaint": "complaint"}
NEXT: Mapping[DeliveryStatus, str] = {
    DeliveryStatus.HELD: "approve",
    DeliveryStatus.SAMPLE: "approve",
    DeliveryStatus.PAUSED: "resume",
}
"""What lets (the rest of) the emails go out."""
SHOWN_DECISIONS = 8


def show_delivery(view: DeliveryView, console: Console) -> None:
    """Print everything about a delivery."""
    for section in sections(view):
        console.print(section)
        console.print()


def sections(view: DeliveryView) -> Iterator[RenderableType]:
    """Yield what there is to say: the status, what became of the emails, who decided what, and the list."""
    yield _head(view)
    if view.tally.outcomes:
        yield _outcomes(view)
    yield _decisions(view.delivery.decisions)
    if view.dispatches is not None:
        yield dispatch_table(view.dispatches) if view.dispatches else cell("no email is refused or in doubt")


def position(status: DeliveryStatus, done: int, parts: int | None) -> str:
    """How far a delivery is, in a few words."""
    match status:
        case DeliveryStatus.DONE:
            return "delivered"
        case DeliveryStatus.APPROVED:
            return f"delivery {done}/{parts or 0}"
        case _:
            return f"delivery {status}"


def dispatch_table(dispatches: Sequence[Dispatch]) -> Table:
    """A row per email."""
    shown = table("customer", "outcome", "since (UTC)", "why", fold="why")
    for each in dispatches:
        called, style = OUTCOMES[each.outcome]
        why = " ".join(filter(None, (words(each.reason), BOUNCES.get(each.bounced))))
        shown.add_row(cell(each.customer_id), cell(called, style), cell(f"{each.at:%m-%d %H:%M}"), cell(why))
    return shown


def _head(view: DeliveryView) -> Table:
    shown = table("delivery", "", fold="")
    for name, text, style in _facts(view.delivery, view):
        shown.add_row(cell(name), cell(text, style))
    return shown


def _facts(delivery: Delivery, view: DeliveryView) -> Iterator[tuple[str, str, str]]:
    status = delivery.status
    yield "status", _meaning(view), STYLES[status]
    if delivery.reason:
        yield "because", delivery.reason, ""
    if status is DeliveryStatus.PAUSED and delivery.paused_from is DeliveryStatus.SAMPLE:
        yield "before", MEANINGS[DeliveryStatus.SAMPLE], ""
    if status.goes_out or status is DeliveryStatus.PAUSED:
        yield from _terms(delivery)
    if delivery.sample and _is_sample(delivery):
        yield "sample", _sample(delivery, view.seeds), ""
    if not view.tally.outcomes:
        yield "emails", count(view.emails), ""
        if view.held_out:
            yield "held out", f"{count(view.held_out)} customers, who get none", ""
        if view.without_address:
            yield "no address", f"{count(view.without_address)} of the emails", ""
    if status not in {DeliveryStatus.HELD, DeliveryStatus.DONE}:
        yield "parts", f"{count(view.parts_done)} of {count(view.parts)} done", ""
    if status in NEXT:
        yield "next", f"fondly run {NEXT[status]} {delivery.run_id}", "dim"


def _meaning(view: DeliveryView) -> str:
    if _sample_is_out(view):
        return SAMPLE_IS_OUT
    return STARTS_LATER if starts_later(view.delivery) else MEANINGS[view.delivery.status]


def _is_sample(delivery: Delivery) -> bool:
    """Whether the sample is what goes out, or the last that has; after an approval it is history."""
    paused_from = delivery.paused_from if delivery.status is DeliveryStatus.PAUSED else delivery.status
    return paused_from in {DeliveryStatus.SAMPLE, DeliveryStatus.HELD}


def _terms(delivery: Delivery) -> Iterator[tuple[str, str, str]]:
    if delivery.starts_at:
        yield "from", moment(delivery.starts_at), ""
    if delivery.per_hour:
        yield "at most", f"{count(delivery.per_hour)} an hour", ""


def _sample_is_out(view: DeliveryView) -> bool:
    delivery = view.delivery
    settled = (view.seeds if delivery.seeds else view.tally).settled
    return delivery.status is DeliveryStatus.SAMPLE and settled >= min(delivery.sample, view.emails)


def _sample(delivery: Delivery, seeds: Tally) -> str:
    if not delivery.seeds:
        return f"{count(delivery.sample)} customers"
    what = "".join(f", {count(number)} {OUTCOMES[each][0]}" for each, number in seeds.outcomes.items())
    return f"{count(delivery.sample)} emails to {', '.join(delivery.seeds)}{what.replace(',', ':', 1)}"


def _outcomes(view: DeliveryView) -> Table:
    """A row for each outcome that there is, in the order of an email's way, and what came back."""
    shown = table("emails", "number", "", right=("number",), fold="")
    for outcome, (called, style) in OUTCOMES.items():
        if number := view.tally.of(outcome):
            shown.add_row(cell(called, style), cell(count(number)), cell(_why(outcome, view.tally)))
    if view.untouched:
        is_done = view.delivery.status is DeliveryStatus.DONE
        called, why = ("no record", FORGOTTEN) if is_done else ("not yet", "")
        shown.add_row(cell(called, "dim"), cell(count(view.untouched)), cell(why))
    shown.add_row(cell("all", "bold"), cell(count(view.emails + view.held_out), "bold"), cell(""))
    for kind, number in view.tally.bounced.items():
        shown.add_row(cell(f"{BOUNCES.get(kind, kind)}s"), cell(count(number)), cell(_of_sent(number, view)))
    if view.tally.clicked:
        shown.add_row(
            cell("clicked"), cell(count(view.tally.clicked)), cell(_of_sent(view.tally.clicked, view))
        )
    return shown


def _why(outcome: Outcome, tally: Tally) -> str:
    if outcome is Outcome.SUPPRESSED:
        return ", ".join(f"{words(reason)} {count(number)}" for reason, number in tally.suppressed.items())
    if outcome is Outcome.SENT:
        return ", ".join(f"by {name}" for name in tally.transports)
    return ""


def _of_sent(number: int, view: DeliveryView) -> str:
    sent = view.tally.of(Outcome.SENT)
    return f"{number / sent:.3%} of those sent" if sent else ""


def _decisions(decisions: Sequence[Decision]) -> Table:
    """Who decided what, the latest last."""
    shown = table("decided (UTC)", "what", "by and why", fold="by and why")
    older = len(decisions) - SHOWN_DECISIONS
    for each in decisions[-SHOWN_DECISIONS:]:
        why = f": {each.note}" if each.note else ""
        shown.add_row(cell(f"{each.at:%Y-%m-%d %H:%M}"), cell(each.act), cell(f"{caller(each.by)}{why}"))
    if older > 0:
        shown.add_row(cell(""), cell(""), cell(f"and {older} before; --json has them", "dim"))
    return shown


def caller(by: str) -> str:
    """Who decided; of an ARN its last word, which names the user or the session of a role."""
    return re.split("[:/]", by)[-1] if by.startswith("arn:") else by


def words(reason: str) -> str:
    """A reason as people read it."""
    return reason.replace("_", " ")
