"""The results of a run, at most 80 columns wide."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby

from fondly.cli.tables.declaration import GAP, Column, Columns, Line, Shown, Table
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


def result_sections(found: Results) -> Iterator[Shown]:
    """Yield everything about a run's results."""
    yield from (Line(found.run_id, "bold"), Line(_when(found), wraps=True), GAP)
    yield from (_groups(found.groups), GAP, _spending(found), GAP)
    for names, comparisons in groupby(found.comparisons, key=lambda each: (each.group, each.against)):
        some = list(comparisons)
        yield from (Line(f"{names[0]} against {names[1]}", "bold"), _comparisons(some))
        yield from (*_visible(some), GAP)
    if found.extra:
        brought = (Line(_brought(each), wraps=True) for each in found.extra)
        yield from (Line("what the emails brought", "bold"), *brought, GAP)
    yield from (Line(f"! {note}", "yellow", wraps=True) for note in found.notes)


def _when(found: Results) -> str:
    first, last = (f"{each:%Y-%m-%d %H:%M}" for each in (found.first_email_at, found.last_email_at))
    emails = f"emails of {first} UTC" if first == last else f"emails of {first} to {last} UTC"
    return f"{emails}, purchases within {found.days} {'day' if found.days == 1 else 'days'}"


def _groups(groups: Sequence[GroupView]) -> Table[GroupView]:
    counts_clicks = any(each.clicked for each in groups)  # else a zero would say that nobody is interested
    columns: Columns[GroupView] = (
        Column("", lambda group: group.name),
        Column("customers", lambda group: group.customers, right=True),
        Column("delivered", lambda group: group.delivered if group.name != HOLDOUT else None, right=True),
        Column(
            "clicked",
            lambda group: group.clicked if counts_clicks and group.name != HOLDOUT else None,
            right=True,
        ),
        Column("bought", lambda group: f"{count(group.bought)}  {group.bought_share:.1%}", right=True),
        Column(
            "95 % interval", lambda group: f"{group.bought_low:.1%} to {group.bought_high:.1%}", right=True
        ),
    )
    return Table(columns, groups)


def _spending(found: Results) -> Table[GroupView]:
    columns: Columns[GroupView] = (
        Column("", lambda group: group.name),
        Column("purchases", lambda group: group.purchases, right=True),
        Column(f"revenue {found.currency}".strip(), lambda group: f"{group.revenue:,.2f}", right=True),
        Column("a customer", lambda group: f"{group.revenue_per_customer:,.2f}", right=True),
    )
    return Table(columns, found.groups)


def _comparisons(comparisons: Sequence[Comparison]) -> Table[Comparison]:
    level = f"{comparisons[0].level:.3g}".removeprefix("0.")
    interval = f"{float(f'0.{level}') * 100:.3g} % interval"
    columns: Columns[Comparison] = (
        Column("", lambda each: SHOWN[each.measure]),
        Column("difference", lambda each: _signed(each)(each.difference), right=True),
        Column(interval, _range, right=True),
        Column("lift", lambda each: None if each.lift is None else f"{each.lift:+.0%}", right=True),
        Column("shows", lambda each: SAYS[each.verdict][0], lambda each: SAYS[each.verdict][1]),
    )
    return Table(columns, comparisons)


def _signed(each: Comparison) -> Callable[[float], str]:
    """How a difference is written: shares differ by points of a hundred."""
    is_revenue = each.measure is Measure.REVENUE
    return lambda difference: f"{difference:+,.2f}" if is_revenue else f"{difference * 100:+.2f} pt"


def _range(each: Comparison) -> str:
    if each.low is None or each.high is None:
        return UNKNOWN
    return f"{_signed(each)(each.low).removesuffix(' pt')} to {_signed(each)(each.high)}"


def _visible(comparisons: Sequence[Comparison]) -> Iterator[Line]:
    """Yield what would have been seen, of shares that show nothing."""
    for each in comparisons:
        if each.verdict is Verdict.UNCLEAR and each.visible is not None:
            points = f"a difference of {each.visible * 100:.2f} pt would have shown in four of five cases"
            yield Line(f"{SHOWN[each.measure]}: {points}", "dim", wraps=True)


def _brought(extra: Extra) -> str:
    what, places = ("buyers", 0) if extra.measure is Measure.BOUGHT else ("revenue", 2)
    line = f"{what} {extra.amount:+,.{places}f}"
    if extra.low is None or extra.high is None:
        return line
    return f"{line}, between {extra.low:+,.{places}f} and {extra.high:+,.{places}f}"
