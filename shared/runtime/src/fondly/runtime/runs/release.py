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
    """How far an upgrade to a release is: the names of its steps that are done, and when it was finished."""

    model_config = ConfigDict(frozen=True)
    release: str = RELEASE
    done: tuple[str, ...] = ()
    finished_at: datetime | None = None


async def last_upgrade(dynamodb: DynamoDBClient, runs: str) -> Upgrade | None:
    """Return the last upgrade, if there was one; raise `OlderReleaseError` if it was to a later release."""
    found = await get_item(dynamodb, runs, PLACE)
    if found and found["rank"] > _rank(RELEASE):
        upgraded = f"{runs.partition('-runs')[0]} was upgraded to {found['release']}"
        raise OlderReleaseError(f"this is fondly {RELEASE}, and {upgraded}: deploy that, or a later one")
    return Upgrade.model_validate(found) if found else None


async def note_upgrade(dynamodb: DynamoDBClient, runs: str, upgrade: Upgrade) -> None:
    """Keep how far an upgrade is, unless there was one to a later release meanwhile: then raise as above."""
    rank = _rank(upgrade.release)
    item = PLACE | to_item({**upgrade.model_dump(mode="json"), "rank": rank})
    condition = "attribute_not_exists(#rank) OR #rank <= :rank"
    if not await put_if(dynamodb, runs, item, condition, {":rank": rank}, rank="rank"):
        await last_upgrade(dynamodb, runs)


def _rank(release: str) -> int:
    major, minor = map(int, release.split(".")[:2])
    return major * 1000 + minor
