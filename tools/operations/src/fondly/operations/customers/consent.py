"""Keeps, in digests that name nobody, that nobody writes to forgotten people again."""

from fondly.contracts.clock import utc_now
from fondly.contracts.consent import Suppression, address_entry, customer_entry
from fondly.contracts.delivery import NotSent
from fondly.operations.cleanup.scope import Scope
from fondly.operations.customers.gone import Gone
from fondly.operations.errors import MissingResourceError
from fondly.operations.suppressions import people
from fondly.runtime.consent import DynamoDBConsent
from fondly.runtime.storage import DynamoDBItems

FORGOTTEN = "fondly customer forget"


async def suppress_forgotten(scope: Scope, gone: Gone) -> None:
    """Suppress ids and addresses as erased, without naming them; what was known before is in `source`.

    It comes first: from then on nothing is written to them, whatever is still to be forgotten.
    """
    consent = await open_consent(scope)
    if consent is None:
        return
    entries = entries_of(gone)
    known = await consent.find(entries)
    done = {each for each, found in known.items() if found.reason is NotSent.ERASED and found.subject is None}
    now = utc_now()
    erased = [
        Suppression(entry=each, reason=NotSent.ERASED, source=_source(known.get(each)), at=now)
        for each in entries
        if each not in done
    ]
    if erased and not scope.dry_run:
        items = DynamoDBItems(scope.environment.dynamodb, scope.environment.table_name("suppressions"))
        await items.put_all([each.model_dump(mode="json") for each in erased])
    why = "so that nobody writes to them again; a digest names nobody"
    scope.report.left("suppressions, as digests", len(entries), why)


def entries_of(gone: Gone) -> list[str]:
    """The keys of the suppressions of ids and addresses."""
    return sorted({*map(customer_entry, gone.customer_ids), *map(address_entry, gone.emails)})


async def open_consent(scope: Scope) -> DynamoDBConsent | None:
    """Open the tables of consent; None in an environment that has none."""
    try:
        return await people.open_consent(scope.environment)
    except MissingResourceError:
        return None


def _source(known: Suppression | None) -> str:
    """Who said so now, and what was said before: a person's own wish must not get lost."""
    if known is None or known.reason is NotSent.ERASED:
        return FORGOTTEN
    return f"{FORGOTTEN}; {known.reason} since {known.at:%Y-%m-%d}"
