"""A run: what is known of it, and what keeps it going."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from fondly.operations.cost.measured import MeasuredCost, measured_cost
from fondly.operations.emails.finished import Emails
from fondly.operations.emails.one_email import OneEmail
from fondly.operations.emails.shown import ShownEmail
from fondly.operations.environment import Environment
from fondly.operations.runs.lookup import find_run, run_details
from fondly.operations.runs.retry import Message, Resume, Retry
from fondly.operations.runs.views import RunDetails

Dollars = Annotated[Decimal, Field(gt=0, allow_inf_nan=False)]


async def run(environment: Environment, run_id: str) -> RunDetails:
    """Show a run: stages, notices, counts, cost, delivery, and why it failed."""
    ledger = await environment.ledger()
    return await run_details(environment, ledger, await find_run(ledger, run_id))


async def run_cost(environment: Environment, run_id: str) -> MeasuredCost:
    """Show what a run has cost, and its budget."""
    ledger = await environment.ledger()
    return await measured_cost(environment, ledger, await find_run(ledger, run_id))


async def email(environment: Environment, run_id: str, key: str, *, part: int | None = None) -> ShownEmail:
    """Show an email by its customer's key: what it says, and why; its part finds it sooner."""
    emails = await Emails.of(environment, await find_run(await environment.ledger(), run_id))
    return await (await OneEmail.of(emails, key, part)).shown()


async def retry_run(environment: Environment, run_id: str, *, by: str) -> list[Message]:
    """Send again the messages that a stuck run waits for."""
    retry = await Retry.of(environment, run_id)
    messages = await retry.messages()
    await retry.send(messages, by=by)
    return messages


async def resume_run(
    environment: Environment, run_id: str, *, budget: Dollars | None = None, by: str
) -> Sequence[Message]:
    """Go on with a stopped run, with a budget of its own if one is given."""
    ledger = await environment.ledger()
    resume = await Resume.of(environment, ledger, await find_run(ledger, run_id))
    return await resume.send(budget, by=by)
