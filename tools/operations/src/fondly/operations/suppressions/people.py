"""Who must not be written to: suppressing people by name, and finding them again."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from heapq import nlargest

from fondly.contracts.clock import utc_now
from fondly.contracts.consent import SubjectKind, Suppression
from fondly.contracts.delivery import NotSent
from fondly.contracts.email_index import customer_digest
from fondly.contracts.tokens import UNSUBSCRIBE, verify
from fondly.ingest.domain.errors import UnreadableError
from fondly.operations.audit import each_noted
from fondly.operations.customers.items import Whom
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.operations.suppressions.rows import entry_of
from fondly.runtime.consent import DynamoDBConsent

KEPT = 1_000
"""How many are held before the latest of them are chosen."""
KEPT_BY_SES = frozenset({NotSent.HARD_BOUNCE, NotSent.COMPLAINT})
"""Addresses that are suppressed for these reasons may also be on SES's own list."""


async def open_consent(environment: Environment) -> DynamoDBConsent:
    """Open the tables of consent; raise `MissingResourceError` if there are none."""
    return DynamoDBConsent(
        environment.dynamodb,
        suppressions=await environment.table("suppressions"),
        contacts=await environment.table("contacts"),
    )


def entries_of(names: Iterable[str], *, are_customers: bool = False) -> dict[str, str]:
    """Return addresses and customer ids by their entries; raise `OperationError` for what is neither."""
    try:
        return {entry_of(each.strip(), is_customer=are_customers): each.strip() for each in names}
    except UnreadableError as error:
        raise OperationError(str(error)) from error


def customers_of(tokens: Iterable[str], key: str) -> list[str]:
    """Return the customers that tokens name; raise `OperationError` for one that the key has not signed."""
    found = []
    for token in tokens:
        customer_id = verify([key.encode()], UNSUBSCRIBE, token.strip())
        if customer_id is None:
            raise OperationError(f"found {token[:40]!r}, expected a token that the key has signed")
        found.append(customer_id)
    return found


async def suppress(environment: Environment, whom: Mapping[str, str], reason: NotSent, *, by: str) -> int:
    """Suppress people, named by their entries; return how many had not been suppressed before."""
    consent, at = await open_consent(environment), utc_now()
    suppressions = [
        Suppression(entry=entry, reason=reason, source=by, at=at, subject=subject)
        for entry, subject in whom.items()
    ]
    why = {"reason": str(reason)}
    async with each_noted(environment, _about(suppressions), by=by, act="suppress", details=why):
        return await consent.suppress(suppressions)


async def allow(environment: Environment, whom: Mapping[str, Suppression], *, by: str) -> int:
    """Let people be written to again, given as they were found; return how many were suppressed."""
    consent = await open_consent(environment)
    async with each_noted(environment, _about(whom.values()), by=by, act="unsuppress"):
        return await consent.allow(whom)


async def suppress_customers(
    environment: Environment, *, whom: Whom, reason: NotSent = NotSent.MANUAL, by: str
) -> list[Suppression]:
    """Suppress addresses or customers: nothing is sent to them."""
    entries = entries_of(whom)
    await suppress(environment, entries, reason, by=by)
    return list((await (await open_consent(environment)).find(entries)).values())


async def unsuppress_customers(environment: Environment, *, whom: Whom, by: str) -> list[Suppression]:
    """Let addresses or customers be written to again, and return what they were suppressed for."""
    found = await suppressed(environment, whom)
    await allow(environment, found, by=by)
    return list(found.values())


async def suppressed(
    environment: Environment, names: Iterable[str], *, are_customers: bool = False
) -> dict[str, Suppression]:
    """Return why people must not be written to, by entry; raise `OperationError` if nobody is suppressed."""
    consent = await open_consent(environment)
    if found := await consent.find(entries_of(names, are_customers=are_customers)):
        return found
    raise OperationError("none of them is suppressed")


def _about(people: Iterable[Suppression]) -> list[str]:
    """What an audit calls people: a customer by their digest, an address by its entry."""
    return [
        customer_digest(each.subject) if each.subject and each.kind is SubjectKind.CUSTOMER else each.entry
        for each in people
    ]


async def latest(
    consent: DynamoDBConsent, *, reason: NotSent | None, limit: int
) -> tuple[list[Suppression], Counter[str]]:
    """Return the latest suppressions of a reason, or of any, and how many there are of each."""
    counts: Counter[str] = Counter()
    found: list[Suppression] = []
    async for each in consent.all():
        if reason in {None, each.reason}:
            counts[each.reason] += 1
            found.append(each)
        if len(found) >= limit + KEPT:
            found = _latest(found, limit)
    return _latest(found, limit), counts


def _latest(found: Sequence[Suppression], limit: int) -> list[Suppression]:
    return nlargest(limit, found, key=lambda each: (each.at, each.entry))
