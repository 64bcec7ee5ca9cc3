"""What `fondly cost run` answers: the units that a run's services have recorded, at list prices."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from fondly.contracts.counts import Counted
from fondly.operations.cost.lines import CostLine, line, total
from fondly.operations.environment import Environment
from fondly.operations.runs.lookup import find_run
from fondly.operations.runs.views import used_units
from fondly.runtime.runs.budget import Budget
from fondly.runtime.runs.run import RunStatus


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


async def measured_cost(environment: Environment, run_id: str) -> MeasuredCost:
    """Show what a run has cost, and its budget."""
    ledger = await environment.ledger()
    run = await find_run(ledger, run_id)
    reports = await ledger.summed(run.run_id)
    budget = Budget(environment.dynamodb, await environment.table("runs"), ledger, usd=None)
    account = await budget.account(run.run_id)
    lines = [line(unit, amount) for unit, amount in used_units(reports).items()]
    return MeasuredCost(
        run_id=run.run_id,
        status=run.status,
        emails=sum(report.counts.get(Counted.EMAILS, 0) for report in reports),
        lines=lines,
        total_usd=total(lines),
        budget=BudgetView(
            spent=account.spent,
            reserved=account.committed - account.spent,
            limit=account.limit,
            stopped=account.stopped or None,
        )
        if account.revision
        else None,
    )
