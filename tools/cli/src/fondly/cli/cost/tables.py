"""Costs for people, 80 columns wide."""

from collections.abc import Sequence
from decimal import Decimal

from rich.console import Console
from rich.table import Table

from fondly.cli.tables import cell, table
from fondly.operations.cost.estimate import CostEstimate
from fondly.operations.cost.lines import CostLine, total
from fondly.operations.cost.measured import BudgetView, MeasuredCost
from fondly.operations.cost.realtime import RealtimeCost
from fondly.operations.formatting import count, usd
from fondly.runtime.runs.pricing import prices

A_CENT = Decimal("0.01")


def show_estimate(found: CostEstimate, console: Console) -> None:
    """Print the run's lines, what it keeps, and what environments cost."""
    console.print(cell(f"{count(found.customers)} customers, {count(found.emails)} emails a run", "bold"))
    console.print()
    console.print(lines_table(found.first_run, "the first run"))
    console.print()
    if found.emails:
        each = found.first_run_usd / found.emails * 1000
        console.print(cell(f"1,000 emails of the first run: {money(each)}"))
    known = "with texts, products and rankings known"
    console.print(cell(f"every run after it, {known}: {money(found.next_run_usd)}"))
    week = f"a week later, {found.weekly_share:.0%} new"
    console.print(cell(f"{week}: {money(found.weekly_run_usd)}"))
    at_rate = f"{found.delivery_hours:,.1f} hours at SES's rate"
    console.print(cell(f"delivering a run by SES, {at_rate}: {money(found.delivery_usd)}"))
    if found.emails_per_customer > 1:
        console.print(cell(f"{found.emails_per_customer} emails a customer: {money(found.runs_usd)}"))
    console.print(cell(f"kept, a month and run: {money(total(found.kept))}"))
    for name, lines in found.standing.items():
        console.print(cell(f"standing, a month of {name}: {money(total(lines))}"))
    if missing := unpriced([*found.first_run, *found.delivery, *found.kept]):
        console.print(cell(f"without a price: {', '.join(missing)}", "bold red"))
    console.print(cell(source_line(), "dim"))


def lines_table(lines: Sequence[CostLine], name: str) -> Table:
    """A row per unit, and the total."""
    shown = table(name, "", "amount", "cost", right=("amount", "cost"))
    before = ""
    for each in lines:
        service, before = "" if each.service == before else each.service, each.service
        shown.add_row(
            cell(service), cell(_short(each.unit)), cell(amount(each.amount)), cell(money(each.usd))
        )
    shown.add_section()
    shown.add_row(cell("total", "bold"), cell(""), cell(""), cell(money(total(list(lines))), "bold"))
    return shown


def unpriced(lines: Sequence[CostLine]) -> list[str]:
    """The units that have no price."""
    return [each.unit for each in lines if each.usd is None]


def source_line() -> str:
    """Where the prices are from."""
    known = prices().values()
    region, days = next(iter(known)).region, {price.date for price in known}
    return f"list prices of {region}, compared {min(days)}: runs/prices.toml names every page"


def money(cost: Decimal | None) -> str:
    """An amount of dollars; what is less than a cent is said to be."""
    if cost is None:
        return "no price"
    return "< $0.01" if 0 < cost < A_CENT else usd(float(cost))


def amount(number: Decimal) -> str:
    """An amount of a unit, with decimals only if it is small."""
    return f"{number:,.3f}" if 0 < number < 10 and number != number.to_integral_value() else f"{number:,.0f}"  # noqa: PLR2004 - three figures are enough


def _short(unit: str) -> str:
    """A unit without its service and its model, in words."""
    return unit.split(".")[1].replace("_", " ")


def show_measured(found: MeasuredCost, console: Console) -> None:
    """Print the lines, the cost of 1,000 emails, and the budget."""
    console.print(cell(f"{found.run_id}  {found.status}", "bold"))
    console.print()
    console.print(lines_table(found.lines, "used"))
    console.print()
    if found.emails:
        console.print(cell(f"1,000 emails: {money(found.total_usd / found.emails * 1000)}"))
    if found.budget:
        console.print(cell(_told(found.budget)))
    if found.budget and found.budget.stopped:
        console.print(cell(f"stopped: {found.budget.stopped}", "bold yellow"), soft_wrap=True)
    if missing := unpriced(found.lines):
        console.print(cell(f"without a price: {', '.join(missing)}", "bold red"))
    console.print(cell(source_line(), "dim"))


def _told(budget: BudgetView) -> str:
    own = "" if budget.limit is None else f", of {budget.limit:.2f} dollars that it may spend"
    return f"budget: {budget.spent:.4f} dollars spent, {budget.reserved:.4f} reserved{own}"


def show_realtime(found: RealtimeCost, console: Console) -> None:
    """Print the lines, and what a million requests came to."""
    lines: Sequence[CostLine] = found.lines
    console.print(lines_table(lines, f"{found.days} days"))
    console.print()
    console.print(cell("without what stands, and without campaigns that are gone: `fondly cost estimate`"))
    console.print(cell(source_line(), "dim"))
