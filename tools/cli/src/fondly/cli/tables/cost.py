"""Costs, 80 columns wide."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from fondly.cli.tables.declaration import GAP, Column, Columns, Line, Shown, Table
from fondly.operations.cost.estimate import CostEstimate, Estimate
from fondly.operations.cost.lines import CostLine, total
from fondly.operations.formatting import count, hours, usd
from fondly.runtime.runs.pricing import prices

if TYPE_CHECKING:
    from fondly.operations.cost.measured import MeasuredCost
    from fondly.operations.cost.realtime import RealtimeCost

A_CENT = Decimal("0.01")
DECIMALS_BELOW = 10


def estimate_sections(found: CostEstimate) -> Iterator[Shown]:
    """Yield the run's lines, what it keeps, and what environments cost."""
    yield Line(f"{count(found.customers)} customers, {count(found.emails)} emails a run", "bold")
    yield from (GAP, lines_table(found.first_run, "the first run"), GAP)
    for what, cost in _sums(found):
        yield Line(f"{what}: {money(cost)}", wraps=True)
    yield from _prices([*found.first_run, *found.delivery, *found.kept])


def measured_sections(found: "MeasuredCost") -> Iterator[Shown]:
    """Yield the lines, the cost of 1,000 emails, and the budget."""
    yield from (Line(f"{found.run_id}  {found.status}", "bold"), GAP, lines_table(found.lines, "used"), GAP)
    if found.emails:
        yield Line(f"1,000 emails: {money(found.total_usd / found.emails * 1000)}")
    if budget := found.budget:
        own = "" if budget.limit is None else f", of {budget.limit:.2f} dollars that it may spend"
        told = f"budget: {budget.spent:.4f} dollars spent, {budget.reserved:.4f} reserved{own}"
        yield Line(told, wraps=True)
        if budget.stopped:
            yield Line(f"stopped: {budget.stopped}", "bold yellow")
    yield from _prices(found.lines)


def realtime_sections(found: "RealtimeCost") -> Iterator[Shown]:
    """Yield the lines."""
    yield from (lines_table(found.lines, f"{found.days} days"), GAP)
    yield Line("without what stands, and without campaigns that are gone: `fondly cost estimate`", wraps=True)
    yield Line(_source(), "dim", wraps=True)


def lines_table(lines: Sequence[CostLine], name: str) -> Table[tuple[str, CostLine]]:
    """A row per unit, and the total; a service is named in its first row."""
    services = [each.service for each in lines]
    rows = [
        ("" if service == before else service, line)
        for before, service, line in zip(["", *services], services, lines, strict=False)
    ]
    columns: Columns[tuple[str, CostLine]] = (
        Column(name, lambda row: row[0]),
        Column("", lambda row: row[1].unit.split(".")[1].replace("_", " ")),
        Column("amount", lambda row: amount(row[1].amount), right=True),
        Column("cost", lambda row: money(row[1].usd), right=True),
    )
    return Table(columns, rows, ("total", "", "", money(total(list(lines)))))


def services_table(found: Estimate) -> Table[str]:
    """A row per service, and the total."""
    calls, took, cost = found.calls, found.hours, found.cost_usd
    columns: Columns[str] = (
        Column("service", lambda name: name),
        Column("calls", calls.get, right=True),
        Column("time", lambda name: hours(took[name]) if name in took else None, right=True),
        Column("cost", lambda name: money(cost[name]), right=True),
    )
    services = [name for name in cost if name != "total"]
    return Table(columns, services, ("total", "", hours(found.total_hours), money(cost["total"])))


def money(cost: Decimal | None) -> str:
    """An amount of dollars; what is less than a cent is said to be."""
    if cost is None:
        return "no price"
    return "< $0.01" if 0 < cost < A_CENT else usd(float(cost))


def amount(number: Decimal) -> str:
    """An amount of a unit, with decimals only if it is small."""
    is_small = 0 < number < DECIMALS_BELOW and number != number.to_integral_value()
    return f"{number:,.3f}" if is_small else f"{number:,.0f}"


def _sums(found: CostEstimate) -> Iterator[tuple[str, Decimal]]:
    if found.emails:
        yield "1,000 emails of the first run", found.cost_usd["total"] / found.emails * 1000
    yield "every run after it, with texts, products and rankings known", found.next_run_usd
    yield f"a week later, {found.weekly_share:.0%} new", found.weekly_run_usd
    yield f"delivering a run by SES, {found.delivery_hours:,.1f} hours at SES's rate", found.delivery_usd
    if found.emails_per_customer > 1:
        yield f"{found.emails_per_customer} emails a customer", found.runs_usd
    yield "kept, a month and run", total(found.kept)
    for name, lines in found.standing.items():
        yield f"standing, a month of {name}", total(lines)


def _prices(lines: Sequence[CostLine]) -> Iterator[Line]:
    """Yield which units have no price, and where the others are from."""
    if missing := [each.unit for each in lines if each.usd is None]:
        yield Line(f"without a price: {', '.join(missing)}", "bold red", wraps=True)
    yield Line(_source(), "dim", wraps=True)


def _source() -> str:
    known = prices().values()
    regions = " or ".join(sorted({price.region for price in known}))
    return f"list prices of {regions}, compared {min(price.date for price in known)}: runs/prices.toml"
