"""What `fondly cost run` answers: the units that a run's services have recorded, at list prices."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict
from rich.console import Console

from fondly.cli.cost.lines import CostLine, line, total
from fondly.cli.cost.tables import lines_table, money, source_line, unpriced
from fondly.cli.environment import Environment
from fondly.cli.tables import cell
from fondly.runtime.runs.budget import Budget
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import Run, RunStatus


class BudgetView(BaseModel):
    """What a run with a budget has spent of it; `limit` is its own, if an operator has given it one."""

    model_config = ConfigDict(frozen=True)
    spent: Decimal
    reserved: Decimal
    limit: Decimal | None
    stopped: str | None


class MeasuredCost(BaseModel):
    """A run's cost so far."""

    model_config = ConfigDict(frozen=True)
    run_id: str
    status: RunStatus
    emails: int
    lines: list[CostLine]
    total_usd: Decimal
    budget: BudgetView | None


async def measured_cost(environment: Environment, ledger: Ledger, run: Run) -> MeasuredCost:
    """Read a run's reports and its account."""
    reports = await ledger.reports(run.run_id)
    units: dict[str, Decimal] = {}
    for report in reports:
        for unit, amount in report.units.items():
            units[unit] = units.get(unit, Decimal(0)) + amount
    lines = [line(unit, amount) for unit, amount in sorted(units.items()) if amount]
    return MeasuredCost(
        run_id=run.run_id,
        status=run.status,
        emails=sum(report.counts.get("emails", 0) for report in reports),
        lines=lines,
        total_usd=total(lines),
        budget=await _budget(environment, ledger, run),
    )


async def _budget(environment: Environment, ledger: Ledger, run: Run) -> BudgetView | None:
    budget = Budget(environment.dynamodb, await environment.table("runs"), ledger, usd=None)
    account = await budget.account(run.run_id)
    if not account.revision:
        return None
    return BudgetView(
        spent=account.spent,
        reserved=account.committed - account.spent,
        limit=account.limit,
        stopped=account.stopped or None,
    )


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
