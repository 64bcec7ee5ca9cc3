"""Who must not be written to, and when people were: the tables of suppressions and contacts."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Protocol

from fondly.contracts.consent import Cap, Contact, Suppression, address_entry, customer_entry
from fondly.contracts.delivery import NotSent
from fondly.runtime.clients import DynamoDBClient
from fondly.runtime.ports import Items
from fondly.runtime.runs.items import put_if
from fondly.runtime.storage import DynamoDBItems, items_of, to_item

Person = tuple[str, str | None]
"""A customer id, and the customer's address if they have one."""


class Consent(Protocol):
    """What may be asked before anybody is written to; see `DynamoDBConsent`."""

    # ruff: noqa: D102 - the methods are described where they are implemented
    async def suppressed(self, people: Sequence[Person]) -> dict[str, Suppression]: ...
    async def contacts(self, customer_ids: Sequence[str]) -> dict[str, Contact]: ...


async def refusals(consent: Consent, people: Sequence[Person], *, cap: Cap, now: float) -> dict[str, NotSent]:
    """Return why customers must not be written to at a Unix time: suppressed, or enough emails had, by id."""
    suppressed = await consent.suppressed(people)
    others = [customer_id for customer_id, _ in people if customer_id not in suppressed]
    contacts = await consent.contacts(others)
    return {customer_id: found.reason for customer_id, found in suppressed.items()} | {
        customer_id: NotSent.FREQUENCY
        for customer_id, contact in contacts.items()
        if not contact.may_have_another(int(now), cap)
    }


class DynamoDBConsent:
    """The two tables, which all runs share. Their items never expire."""

    def __init__(self, dynamodb: DynamoDBClient, *, suppressions: str, contacts: str) -> None:
        self._dynamodb = dynamodb
        self._table = suppressions
        self._contacts_table = contacts
        self._suppressions = DynamoDBItems(dynamodb, suppressions)
        self._contacts = DynamoDBItems(dynamodb, contacts)

    async def suppressed(self, people: Sequence[Person]) -> dict[str, Suppression]:
        """Return why people must not be written to, by customer id; their own reason before the address's."""
        asked = {customer_id: _entries(customer_id, address) for customer_id, address in people}
        found = await self.find({entry for entries in asked.values() for entry in entries})
        reasons = {
            customer_id: next((found[entry] for entry in entries if entry in found), None)
            for customer_id, entries in asked.items()
        }
        return {customer_id: reason for customer_id, reason in reasons.items() if reason is not None}

    async def contacts(self, customer_ids: Sequence[str]) -> dict[str, Contact]:
        """Return when customers were written to, by id; those who never were are left out."""
        items = await self._contacts.get_all([{"customer_id": one} for one in dict.fromkeys(customer_ids)])
        return {contact.customer_id: contact for contact in map(Contact.model_validate, items)}

    async def find(self, entries: Iterable[str]) -> dict[str, Suppression]:
        """Return the suppressions of some entries, by entry."""
        items = await self._suppressions.get_all([{"entry": entry} for entry in sorted(set(entries))])
        return {each.entry: each for each in map(Suppression.model_validate, items)}

    async def suppress(self, suppressions: Sequence[Suppression]) -> int:
        """Store suppressions; return how many are new. An entry that exists keeps its first reason."""
        distinct = {each.entry: each for each in reversed(suppressions)}
        known = await self.find(distinct)
        new = [each for entry, each in distinct.items() if entry not in known]
        await self._suppressions.put_all([each.model_dump(mode="json") for each in new])
        return len(new)

    async def allow(self, entries: Iterable[str]) -> int:
        """Remove the suppressions of some entries; return how many there were."""
        found = await self.find(entries)
        for entry in found:
            await self._dynamodb.delete_item(TableName=self._table, Key=to_item({"entry": entry}))
        return len(found)

    async def all(self) -> AsyncIterator[Suppression]:
        """Yield every suppression, in no order."""
        async for item in items_of(self._dynamodb, "scan", self._table, ConsistentRead=True):
            yield Suppression.model_validate(item)

    async def change_contact(self, customer_id: str, changed: Callable[[Contact], Contact]) -> Contact:
        """Replace a contact, empty at first, by what `changed` makes of it, as often as it takes."""
        while True:
            found = (await self.contacts([customer_id])).get(customer_id)
            before = found or Contact(customer_id=customer_id)
            wanted = changed(before)
            if wanted == before:
                return before
            wanted = wanted.model_copy(update={"version": before.version + 1})
            if await self._put_contact(wanted, known=found):
                return wanted

    async def _put_contact(self, contact: Contact, *, known: Contact | None) -> bool:
        """Put a contact, unless it is not any more the one that was known."""
        item = to_item(contact.model_dump(mode="json"))
        table = self._contacts_table
        if known is None:
            return await put_if(self._dynamodb, table, item, "attribute_not_exists(customer_id)")
        return await put_if(self._dynamodb, table, item, "version = :version", {":version": known.version})


async def forgotten(suppressions: Items, customer_ids: Iterable[str]) -> set[str]:
    """Return which customers have been forgotten, by their ids: an address may be another customer's, too."""
    by_entry = {customer_entry(each): each for each in customer_ids}
    found = await suppressions.get_all([{"entry": entry} for entry in by_entry])
    return {by_entry[item["entry"]] for item in found if item["reason"] == NotSent.ERASED}


async def suppressed(suppressions: Items, people: Iterable[Person]) -> set[str]:
    """Return which customers must not be written to, by their table's entries on them or their addresses."""
    asked = {customer_id: _entries(customer_id, address) for customer_id, address in people}
    entries = sorted({entry for each in asked.values() for entry in each})
    found = {item["entry"] for item in await suppressions.get_all([{"entry": one} for one in entries])}
    return {customer_id for customer_id, own in asked.items() if not found.isdisjoint(own)}


def _entries(customer_id: str, address: str | None) -> list[str]:
    by_address = [address_entry(address)] if address else []
    return [customer_entry(customer_id), *by_address]
