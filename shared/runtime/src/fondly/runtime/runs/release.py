"""Which release an environment's records are of: `fondly upgrade` notes it, and no earlier one starts there.

Patches of a release, such as 0.2.0 and 0.2.1, take each other's place: only a minor version changes records.
"""

from datetime import datetime
from importlib.metadata import version

from pydantic import BaseModel, ConfigDict

from fondly.runtime.clients import DynamoDBClient
from fondly.runtime.runs.items import get_item, key, put_if
from fondly.runtime.storage import to_item

RELEASE = version("fondly-runtime")
"""This one; all packages have the same."""
PLACE = key("environment#", "release")


class OlderReleaseError(Exception):
    """A later release has upgraded the environment; the message says which, and what to do."""


class Upgrade(BaseModel):
    """How far an upgrade to a release is."""

    model_config = ConfigDict(frozen=True)
    release: str
    done: tuple[str, ...] = ()
    """The names of its steps that are done."""
    finished_at: datetime | None = None


async def last_upgrade(dynamodb: DynamoDBClient, table: str) -> Upgrade | None:
    """Return the environment's last upgrade, None if there was none; `table` is that of runs.

    Raises `OlderReleaseError` if it was to a later release than this one.
    """
    found = await get_item(dynamodb, table, PLACE)
    upgrade = Upgrade.model_validate(found) if found else None
    if upgrade and _rank(upgrade.release) > _rank(RELEASE):
        raise _older(table, upgrade.release)
    return upgrade


async def note_upgrade(dynamodb: DynamoDBClient, table: str, upgrade: Upgrade) -> None:
    """Keep how far an upgrade is; raise `OlderReleaseError` if there was one to a later release meanwhile."""
    rank = _rank(upgrade.release)
    item = PLACE | to_item({**upgrade.model_dump(mode="json"), "rank": rank})
    condition = "attribute_not_exists(#rank) OR #rank <= :rank"
    if not await put_if(dynamodb, table, item, condition, {":rank": rank}, rank="rank"):
        raise _older(table, "a later release")


def _rank(release: str) -> int:
    major, minor = release.split(".")[:2]
    return int(major) * 1000 + int(minor)


def _older(table: str, later: str) -> OlderReleaseError:
    environment = table.partition("-runs")[0]
    return OlderReleaseError(
        f"this is fondly {RELEASE}, and {environment} was upgraded to {later}: deploy that, or a later one"
    )
