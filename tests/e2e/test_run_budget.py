"""A budget on a whole stack: a run that it stops is resumed, and ends with every email at the same price."""

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fondly.cli.app import app
from fondly.evaluation.sample import write_sample
from fondly.operations.local_stack import ENVIRONMENT
from fondly.runtime.runs.budget import Budget
from fondly.runtime.runs.run import Run, RunStatus
from fondly.runtime.runs.totals import total
from fondly.stack.embedded import embedded_stack
from fondly.stack.observer import observe
from tests.support.pipeline import Pipeline

BUDGETS = ("0.10", "0.30", "0.40", "5")
"""Allow some of the texts; all texts, but not Personalize; some of the copy; everything."""
PIECES = ("sentiment part-", "Personalize", "mailer part-")
TOLERANCE = Decimal("0.02")


@pytest.mark.timeout(700)
async def test_a_run_is_stopped_and_resumed_until_its_budget_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time before the budget is exceeded; no message is dead-lettered, and nothing is paid twice."""
    path = tmp_path / "shop.csv"
    write_sample(path, seed=11, customers=520, products=110)
    monkeypatch.setenv("FONDLY_RUN_BUDGET_USD", BUDGETS[0])
    with embedded_stack(tmp_path / "logs") as stack:
        for name, value in stack.variables.items():
            monkeypatch.setenv(name, value)
        async with observe(stack.resources) as observer:
            pipeline = Pipeline(stack, observer)
            pipeline.upload("shop.csv", path)
            run: Run | None = None
            for budget, piece in zip(BUDGETS, (*PIECES, None), strict=True):
                if run:
                    await asyncio.to_thread(_resume, run.run_id, budget)
                run = await pipeline.ended("shop.csv")
                await pipeline.quiet()  # the last part gives back what it reserved after the run has ended
                spent = await _spent(pipeline, run)
                assert spent <= Decimal(budget)
                if piece:
                    assert run.status is RunStatus.STOPPED
                    assert piece in (run.reason or ""), run.reason
            assert run
            assert run.status is RunStatus.FINISHED
            assert not any((await observer.dead_letters()).values())
            totals = total(await observer.ledger.reports(run.run_id))
            assert totals.counts["emails"] + totals.counts["customers_safety_cases"] == 520
            paid = sum(totals.cost_usd[each] for each in ("comprehend", "personalize", "bedrock"))
            assert abs(spent - paid) <= TOLERANCE * paid


def _resume(run_id: str, budget: str) -> None:
    resumed = CliRunner().invoke(
        app, ["run", "resume", run_id, "--budget", budget, "--environment", ENVIRONMENT]
    )
    assert resumed.exit_code == 0, resumed.output


async def _spent(pipeline: Pipeline, run: Run) -> Decimal:
    """What the run's account says of all pieces, those in flight among them."""
    table = pipeline.stack.resources.tables["runs"]
    budget = Budget(pipeline.observer.dynamodb, table, pipeline.observer.ledger, usd=None)
    return (await budget.account(run.run_id)).committed
