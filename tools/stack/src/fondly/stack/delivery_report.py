"""What became of a run's delivery, as a table and lines for a terminal."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from fondly.contracts.delivery import Outcome
from fondly.operations.formatting import count, printable
from fondly.runtime.runs.delivery import DeliveryStatus
from fondly.stack.delivered import NOT_YET
from fondly.stack.fact_tables import plain_table

_GOOD, _NOTABLE, _BAD = "green", "yellow", "bold red"
_STYLES = {
    Outcome.REFUSED: _BAD,
    Outcome.IN_DOUBT: _BAD,
    Outcome.WAITING: _NOTABLE,
    Outcome.SENDING: _NOTABLE,
}
_ORDER = (*Outcome, NOT_YET)


def delivery_table(summary: Mapping[str, Any]) -> Table:
    """Return how many emails had which outcome, and for which reasons some were not sent; no rows without."""
    table = plain_table("Delivery")
    told = _told(summary)
    outcomes: Mapping[str, int] = told.get("outcomes", {})
    for outcome in (each for each in _ORDER if outcomes.get(each)):
        style = _STYLES.get(outcome, "") if isinstance(outcome, Outcome) else _NOTABLE
        table.add_row(Text(_spaced(outcome), style), Text(count(outcomes[outcome]), style))
        if outcome is Outcome.SUPPRESSED:
            for reason, emails in sorted(told.get("reasons", {}).items(), key=lambda each: -each[1]):
                table.add_row(Text(f"  {_spaced(reason)}", "dim"), Text(count(emails), "dim"))
    return table


def delivery_lines(summary: Mapping[str, Any]) -> Iterator[Text]:
    """Yield why not everything went out, and what the mail server got; nothing for a run without delivery."""
    told = _told(summary)
    if not told:
        return
    if told["status"] != DeliveryStatus.DONE:
        reason = f": {printable(told['reason'])}" if told.get("reason") else ""
        yield Text(f"! the delivery is {told['status']}{reason}", _NOTABLE)
    arrived, again = told.get("arrived", 0), told.get("arrived_again", 0)
    if again:
        yield Text(f"✗ {_emails(again)} arrived once more", _BAD)
    elif arrived:
        yield Text(f"✓ {_emails(arrived)} arrived, each once", _GOOD)


def _told(summary: Mapping[str, Any]) -> Mapping[str, Any]:
    return summary.get("delivery") or {}


def _spaced(name: str) -> str:
    return printable(name.replace("_", " "))


def _emails(number: int) -> str:
    return f"{count(number)} email{'' if number == 1 else 's'}"
