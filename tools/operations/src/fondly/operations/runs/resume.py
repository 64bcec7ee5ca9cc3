"""Resumes a run that its budget has stopped: its account is opened again, and what it waits for is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.operations.runs.retry import Message, Retry
from fondly.runtime.runs.account import Account
from fondly.runtime.runs.budget import Budget
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import Run, RunStatus


@dataclass(frozen=True)
class Resume:
    """The resumption of one run; repeating it after a failure is harmless."""

    environment: Environment
    ledger: Ledger
    budget: Budget
    run: Run

    @classmethod
    async def of(cls, environment: Environment, ledger: Ledger, run: Run) -> "Resume":
        """Open the run's account; raise `OperationError` if the run is not stopped."""
        if run.status is not RunStatus.STOPPED:
            raise OperationError(f"{run.run_id} is not stopped but {run.status}: there is nothing to resume")
        budget = Budget(environment.dynamodb, await environment.table("runs"), ledger, usd=None)
        return cls(environment, ledger, budget, run)

    async def send(self, limit: Decimal | None) -> Sequence[Message]:
        """Let the run spend `limit` dollars in all, or what the settings say now; return what was sent.

        Raises `OperationError` if as much is spent already: it would be stopped again at once.
        """
        account = await self.budget.account(self.run.run_id)
        if limit is not None and limit <= account.committed:
            raise OperationError(_too_little(account, limit))
        await self.budget.resume(self.run.run_id, limit)
        run = await self.ledger.run(self.run.run_id)
        retry = Retry(self.environment, run, self.ledger, await self.environment.objects())
        messages = await retry.messages()
        await retry.send(messages)
        return messages


def _too_little(account: Account, limit: Decimal) -> str:
    return (
        f"a budget of {limit:.2f} dollars allows nothing more: {account.spent:.4f} are spent, and "
        f"{account.committed - account.spent:.4f} are reserved for work in flight"
    )
