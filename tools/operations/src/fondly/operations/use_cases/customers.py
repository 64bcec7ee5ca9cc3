"""Customers, named by their ids or addresses: what is known of them, suppressing, exporting, forgetting."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, Field

from fondly.contracts.consent import Suppression
from fondly.contracts.delivery import NotSent
from fondly.contracts.email_index import customer_digest
from fondly.operations.cleanup.scope import open_scope
from fondly.operations.customers.forget import forget
from fondly.operations.customers.items import whom as found
from fondly.operations.customers.keys import by_key
from fondly.operations.customers.known import Known, exported
from fondly.operations.customers.profile import Profile, find_customers, profile
from fondly.operations.customers.proof import Forgotten
from fondly.operations.environment import Environment
from fondly.operations.errors import NotFoundError, OperationError
from fondly.operations.suppressions.people import allow, entries_of, open_consent, suppress

SCOPE: Mapping[str, Any] = {"run_id": None, "dry_run": False, "timeout_s": 3_600.0}
Word = Annotated[str, Field(min_length=1, max_length=256)]
Whom = Annotated[list[Word], Field(min_length=1, max_length=100)]
"""Ids of customers, or their addresses."""


class FoundCustomer(BaseModel):
    """Somebody who was found, by what URLs call them."""

    key: str
    customer_id: str
    name: str | None = None


async def find(environment: Environment, *, who: Word) -> list[FoundCustomer]:
    """Find customers by an id, an address or, among the first of all, a part of a name."""
    async with open_scope(environment, **SCOPE) as scope:
        items = await find_customers(scope, who)
    return [FoundCustomer(key=customer_digest(each["customer_id"]), **each) for each in items]


async def customer(environment: Environment, key: str) -> Profile:
    """Show what a customer got and why, what they said, and what was not sent to them."""
    if (customer_id := await by_key(environment, key)) is None:
        raise NotFoundError("nobody is known by this key")
    async with open_scope(environment, **SCOPE) as scope:
        return await profile(scope, customer_id)


async def suppress_customers(
    environment: Environment, *, whom: Whom, reason: NotSent = NotSent.MANUAL, by: str
) -> list[Suppression]:
    """Suppress addresses or customers: nothing is sent to them."""
    entries = entries_of(whom)
    await suppress(environment, entries, reason, by=by)
    return list((await (await open_consent(environment)).find(entries)).values())


async def unsuppress_customers(environment: Environment, *, whom: Whom, by: str) -> list[Suppression]:
    """Let addresses or customers be written to again, and return what they were suppressed for."""
    found = await (await open_consent(environment)).find(entries_of(whom))
    if not found:
        raise OperationError("none of them is suppressed")
    await allow(environment, found, by=by)
    return list(found.values())


async def export_customers(environment: Environment, *, whom: Whom, by: str) -> Known:
    """Export all that is known of customers, for themselves."""
    async with open_scope(environment, **SCOPE) as scope:
        return await exported(scope, await found(scope, whom), by=by)


async def forget_customers(
    environment: Environment, *, whom: Whom, uploads: bool = False, dry_run: bool = False, by: str
) -> Forgotten:
    """Forget customers, and prove that nothing is left of them."""
    role_arn = await environment.role_arn("personalize")
    async with open_scope(environment, **{**SCOPE, "dry_run": dry_run}) as scope:
        gone = await found(scope, whom)
        return await forget(scope, gone, by=by, uploads=uploads, role_arn=role_arn)
