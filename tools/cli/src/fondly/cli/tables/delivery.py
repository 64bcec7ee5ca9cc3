"""A run's delivery."""

from collections.abc import Iterator, Mapping

from fondly.cli.tables.declaration import GAP, Column, Columns, Line, Number, Shown, Table, numbers, sheet
from fondly.contracts.delivery import Dispatch, Outcome
from fondly.contracts.revisions import Revision
from fondly.operations.delivery.approval import struck
from fondly.operations.delivery.plan import moment
from fondly.operations.delivery.views import WORDS, DeliveryView, starts_later
from fondly.operations.formatting import caller, count
from fondly.runtime.runs.delivery import Decision, Delivery, DeliveryStatus
from fondly.runtime.runs.tally import Tally

STYLES: Mapping[DeliveryStatus, str] = {
    DeliveryStatus.HELD: "bold yellow",
    DeliveryStatus.SAMPLE: "yellow",
    DeliveryStatus.APPROVED: "yellow",
    DeliveryStatus.PAUSED: "bold yellow",
    DeliveryStatus.REJECTED: "bold red",
    DeliveryStatus.DONE: "green",
}
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
SHOWN_DECISIONS = 8
DISPATCHES: Columns[Dispatch] = (
    Column("customer", lambda each: each.customer_id),
    Column("outcome", lambda each: OUTCOMES[each.outcome][0], lambda each: OUTCOMES[each.outcome][1]),
    Column("since (UTC)", lambda each: f"{each.at:%m-%d %H:%M}"),
    Column(
        "why", lambda each: " ".join(filter(None, (words(each.reason), BOUNCES.get(each.bounced)))), fold=True
    ),
)
DECISIONS: Columns[Decision] = (
    Column("decided (UTC)", lambda each: f"{each.at:%Y-%m-%d %H:%M}"),
    Column("what", lambda each: each.act),
    Column("by and why", lambda each: f"{caller(each.by)}{f': {each.note}' if each.note else ''}", fold=True),
)
REVISIONS: Columns[Revision] = (
    Column("struck (UTC)", lambda each: f"{each.at:%Y-%m-%d %H:%M}"),
    Column("what", lambda each: ", ".join(map(struck, each.strikes)), fold=True),
    Column("by and why", lambda each: f"{caller(each.by)} {each.why}", fold=True),
)


def delivery_screen(view: DeliveryView) -> Iterator[Shown]:
    """Yield everything about a delivery."""
    for section in delivery_sections(view):
        yield from (section, GAP)


def delivery_sections(view: DeliveryView) -> Iterator[Shown]:
    """Yield what there is to say: the status, what became of the emails, who decided what, and the list."""
    yield sheet(_facts(view.delivery, view), title="delivery")
    if view.tally.outcomes:
        yield numbers("emails", _emails(view))
    decisions = view.delivery.decisions
    older = len(decisions) - SHOWN_DECISIONS
    more = ("", "", f"and {older} before; --json has them") if older > 0 else ()
    yield Table(DECISIONS, decisions[-SHOWN_DECISIONS:], more)
    if view.dispatches:
        yield Table(DISPATCHES, view.dispatches)
    elif view.dispatches is not None:
        yield Line("no email is refused or in doubt")


def position(status: DeliveryStatus, done: int, parts: int | None) -> str:
    """How far a delivery is, in a few words."""
    match status:
        case DeliveryStatus.DONE:
            return "delivered"
        case DeliveryStatus.APPROVED:
            return f"delivery {done}/{parts or 0}"
        case _:
            return f"delivery {status}"


def _facts(delivery: Delivery, view: DeliveryView) -> Iterator[tuple[str, str, str]]:
    status = delivery.status
    yield "status", _meaning(view), STYLES[status]
    if delivery.reason:
        yield "because", delivery.reason, ""
    if status is DeliveryStatus.PAUSED and delivery.paused_from is DeliveryStatus.SAMPLE:
        yield "before", WORDS[DeliveryStatus.SAMPLE].meaning, ""
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
    if command := WORDS[status].next:
        yield "next", f"fondly run {command} {delivery.run_id}", "dim"


def _meaning(view: DeliveryView) -> str:
    if _sample_is_out(view):
        return "its sample has gone out, the rest is held"
    return "approved, goes out later" if starts_later(view.delivery) else WORDS[view.delivery.status].meaning


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


def _emails(view: DeliveryView) -> Iterator[Number]:
    """Yield each outcome that there is, in the order of an email's way, and what came back."""
    for outcome, (called, style) in OUTCOMES.items():
        if number := view.tally.of(outcome):
            yield Number(called, number, _why(outcome, view), style)
    if view.untouched:
        is_done = view.delivery.status is DeliveryStatus.DONE
        called, why = ("no record", FORGOTTEN) if is_done else ("not yet", "")
        yield Number(called, view.untouched, why, "dim")
    yield Number("all", view.emails + view.held_out, "", "bold")
    back = {f"{BOUNCES.get(kind, kind)}s": number for kind, number in view.tally.bounced.items()}
    for name, number in {**back, "clicked": view.tally.clicked}.items():
        if number:
            sent = view.tally.of(Outcome.SENT)
            yield Number(name, number, f"{number / sent:.3%} of those sent" if sent else "")


def _why(outcome: Outcome, view: DeliveryView) -> str:
    if outcome is Outcome.SUPPRESSED:
        reasons = view.tally.suppressed.items()
        return ", ".join(f"{words(reason)} {count(number)}" for reason, number in reasons)
    if outcome is Outcome.SENT:
        return ", ".join(f"by {name}" for name in view.tally.transports)
    return view.odds if outcome is Outcome.IN_DOUBT else ""


def words(reason: str) -> str:
    """A reason as people read it."""
    return reason.replace("_", " ")
