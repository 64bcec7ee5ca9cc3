"""The results of a run as tables for people, at most 80 columns wide."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby

from rich.console import Console
from rich.table import Table

from fondly.cli.tables import cell, table
from fondly.operations.formatting import UNKNOWN, count
from fondly.operations.results.comparing import Comparison, Measure, Verdict
from fondly.operations.results.groups import HOLDOUT
from fondly.operations.results.views import Extra, GroupView, Results

SAYS: Mapping[Verdict, tuple[str, str]] = {
    Verdict.HIGHER: ("more", "bold green"),
    Verdict.LOWER: ("less", "bold red"),
    Verdict.UNCLEAR: ("unclear", ""),
    Verdict.TOO_FEW: ("too few", "dim"),
}
SHOWN: Mapping[Measure, str] = {
    Measure.CLICKED: "clicked",
    Measure.BOUGHT: "bought",
    Measure.REVENUE: "revenue a customer",
}


def show_results(found: Results, console: Console) -> None:
    """Print everything about a run's results."""
    console.print(cell(found.run_id, "bold"))
    console.print(cell(_when(found)))
    console.print()
    for section in (_groups(found.groups), _spending(found)):
        console.print(section)
        console.print()
    for names, comparisons in groupby(found.comparisons, key=lambda each: (each.group, each.against)):
        console.print(cell(f"{names[0]} against {names[1]}", "bold"))
        some = list(comparisons)
        console.print(_comparisons(some))
        for line in _visible(some):
            console.print(cell(line, "dim"))
        console.print()
    if found.extra:
        console.print(cell("what the emails brought", "bold"))
        for line in map(_brought, found.extra):
            console.print(cell(line))
        console.print()
    for note in found.notes:
        console.print(cell(f"! {note}", "yellow"))


def _when(found: Results) -> str:
    first, last = (f"{each:%Y-%m-%d %H:%M}" for each in (found.first_email_at, found.last_email_at))
    emails = f"emails of {first} UTC" if first == last else f"emails of {first} to {last} UTC"
    return f"{emails}, purchases within {found.days} {'day' if found.days == 1 else 'days'}"


def _groups(groups: Sequence[GroupView]) -> Table:
    columns = ("customers", "delivered", "clicked", "bought", "95 % interval")
    shown = table("", *columns, right=columns)
    counts_clicks = any(each.clicked for each in groups)  # else a zero would say that nobody is interested
    for each in groups:
        got_emails = each.name != HOLDOUT
        shown.add_row(
            cell(each.name),
            cell(count(each.customers)),
            cell(count(each.delivered) if got_emails else None),
            cell(count(each.clicked) if got_emails and counts_clicks else None),
            cell(f"{count(each.bought)}  {each.bought_share:.1%}"),
            cell(f"{each.bought_low:.1%} to {each.bought_high:.1%}"),
        )
    return shown


def _spending(found: Results) -> Table:
    columns = ("purchases", f"revenue {found.currency}".strip(), "a customer")
    shown = table("", *columns, right=columns)
    for each in found.groups:
        shown.add_row(
            cell(each.name),
            cell(count(each.purchases)),
            cell(f"{each.revenue:,.2f}"),
            cell(f"{each.revenue_per_customer:,.2f}"),
        )
    return shown


def _comparisons(comparisons: Sequence[Comparison]) -> Table:
    level = f"{comparisons[0].level:.3g}".removeprefix("0.")
    interval = f"{float(f'0.{level}') * 100:.3g} % interval"
    shown = table("", "difference", interval, "lift", "shows", right=("difference", interval, "lift"))
    for each in comparisons:
        says, style = SAYS[each.verdict]
        shown.add_row(
            cell(SHOWN[each.measure]),
            cell(_signed(each)(each.difference)),
            cell(_range(each)),
            cell(None if each.lift is None else f"{each.lift:+.0%}"),
            cell(says, style),
        )
    return shown


def _signed(each: Comparison) -> Callable[[float], str]:
    """How a difference is written: shares differ by points of a hundred."""
    return _amount if each.measure is Measure.REVENUE else _points


def _points(difference: float) -> str:
    return f"{difference * 100:+.2f} pt"


def _amount(difference: float) -> str:
    return f"{difference:+,.2f}"


def _range(each: Comparison) -> str:
    if each.low is None or each.high is None:
        return UNKNOWN
    return f"{_signed(each)(each.low).removesuffix(' pt')} to {_signed(each)(each.high)}"


def _visible(comparisons: Sequence[Comparison]) -> Iterator[str]:
    """Yield what would have been seen, of shares that show nothing."""
    for each in comparisons:
        if each.verdict is Verdict.UNCLEAR and each.visible is not None:
            yield (
                f"{SHOWN[each.measure]}: a difference of {each.visible * 100:.2f} pt "
                "would have shown in four of five cases"
            )


def _brought(extra: Extra) -> str:
    what, places = ("buyers", 0) if extra.measure is Measure.BOUGHT else ("revenue", 2)
    line = f"{what} {extra.amount:+,.{places}f}"
    if extra.low is None or extra.high is None:
        return line
    return f"{line}, between {extra.low:+,.{places}f} and {extra.high:+,.{places}f}"
