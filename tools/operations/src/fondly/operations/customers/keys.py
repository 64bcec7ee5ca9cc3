"""Finds customers by their address, or by what URLs call them, without reading all of their table."""

from fondly.contracts.consent import address_entry
from fondly.contracts.customer_keys import url_key
from fondly.contracts.email_index import customer_digest
from fondly.operations.environment import NO_TABLE, Environment, Ignoring
from fondly.operations.errors import NotFoundError
from fondly.runtime.storage import DynamoDBItems

TABLE, CUSTOMERS = "customer-keys", "customers"


async def by_address(environment: Environment, address: str) -> list[str]:
    """Return the ids of the customers who have this address now, in order, however it is written.

    Those whom only a release without this table has stored are found once a file has them again.
    """
    entry = address_entry(address)
    ids = await _ids(environment, entry)
    found = DynamoDBItems(environment.dynamodb, environment.table_name(CUSTOMERS))
    customers = await found.get_all([{"customer_id": each} for each in ids]) if ids else []
    return sorted(
        str(each["customer_id"]) for each in customers if address_entry(str(each.get("email", ""))) == entry
    )


async def by_key(environment: Environment, key: str) -> str:
    """Return the id of the customer whose `customer_digest` this is; raise `NotFoundError` for nobody's."""
    for customer_id in await _ids(environment, url_key(key)):
        if customer_digest(customer_id) == key:
            return customer_id
    raise NotFoundError("nobody is known by this key any more: search again")


async def _ids(environment: Environment, key: str) -> list[str]:
    """Return whom a key names; nobody in an environment of before."""
    if TABLE in environment.topology.tables:
        with Ignoring(NO_TABLE):
            items = DynamoDBItems(environment.dynamodb, environment.table_name(TABLE))
            return [str(item["customer_id"]) for item in await items.get_group("customer_key", key)]
    return []
