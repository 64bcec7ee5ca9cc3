"""The use case of current picks over the doubles of a `World`, and the web process's application on it."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn

from aiohttp import ClientSession
from pydantic import SecretStr

from fondly.contracts.records import Exclusion, Pick, Recommendation
from fondly.recommender.adapters.turns import DynamoDBKnownShop
from fondly.recommender.domain.realtime.current_picks import (
    NOT_SHOWN,
    Edition,
    Wanted,
    keys,
    picks_of,
    wanted_of,
)
from fondly.recommender.ports import OpenedShop
from fondly.recommender.settings import RecommenderWebSettings
from fondly.recommender.use_cases.current_picks import CurrentPicks, FindEdition, KeepShop
from fondly.recommender.use_cases.load_rules import LoadRules
from fondly.recommender.use_cases.study_shop import KnowCatalogue
from fondly.recommender.web.app import listening_at, web_app
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.storage import DynamoDBItems, S3Objects
from fondly.runtime.web.server import serve_app
from fondly.stack.provision import Resources
from services.recommender.tests.world import RUN, World
from tests.support.runs import START
from tests.support.stores import Clients

KEY = "a key that nobody guesses"


@dataclass
class Ranks:
    """A campaign that answers with the same products for everybody, after some time, or fails."""

    product_ids: Sequence[str] = ()
    after_s: float = 0.0
    error: Exception | None = None
    asked: list[str] = field(default_factory=list)
    began: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(self, customer_id: str) -> Sequence[str]:
        """Rank products."""
        self.asked.append(customer_id)
        self.began.set()
        await asyncio.sleep(self.after_s)
        if self.error:
            raise self.error
        return self.product_ids


@dataclass(frozen=True)
class InMemoryRecords:
    """What a world's tables have of a customer."""

    world: World

    async def read(self, customer_id: str, edition: Edition) -> Wanted:
        """Read the customer's items."""
        known = await self.world.known(customer_id)
        return wanted_of(
            customer_id,
            edition,
            histories=[known.item()] if known else [],
            recommendations=await self.world.items.get_all(keys(customer_id, edition.run_id)),
            contacts=await self.world.contacts.get_all([{"customer_id": customer_id}]),
        )


def current_picks_of(
    world: World,
    *,
    ranks: Ranks | None = None,
    deadline_s: float = 5.0,
    now: datetime = START,
) -> CurrentPicks:
    """Current picks from what a world's runs have left."""
    load_rules = LoadRules(objects=world.objects, rules=world.rules, picks=world.picks)

    async def read(edition: Edition) -> OpenedShop:
        shop = await KnowCatalogue(objects=world.objects).shop(edition)

        async def picks(wanted: Wanted) -> bytes:
            return picks_of(shop, wanted)

        return OpenedShop(edition, picks, close=lambda: None)

    return CurrentPicks(
        shops=KeepShop(
            find_edition=FindEdition(
                latest_shop=world.known_shop, ledger=world.ledger, load_rules=load_rules, clock=lambda: now
            ),
            open_shop=read,
            renew_s=60,
            linger_s=0,
        ),
        customers=InMemoryRecords(world),
        ask=ranks.ask if ranks else None,
        deadline_s=deadline_s,
    )


def web_settings(**values: Any) -> RecommenderWebSettings:  # noqa: ANN401 - of any kind
    """Settings of a web process that listens on any free port, with a key unless told otherwise."""
    given = {
        "data_bucket": "data",
        "runs_table": "runs",
        "recommendations_table": "recommendations",
        "histories_table": "histories",
        "contacts_table": "contacts",
        "suppressions_table": "suppressions",
        "recommender_web_port": 0,
        "recommender_web_keys": SecretStr(KEY),
        "recommender_web_linger_s": 0,
        **values,
    }
    return RecommenderWebSettings(**given)


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever was answered
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Web:
    """A served application, and a client of it that presents a key."""

    client: ClientSession
    url: str
    stop: asyncio.Event
    serving: "asyncio.Task[None]"

    async def get(self, path: str, **headers: str) -> Answer:
        """Get a path."""
        return await self.ask("GET", path, headers=headers)

    async def ask(self, method: str, path: str, **options: Any) -> Answer:  # noqa: ANN401 - aiohttp's
        """Make any request."""
        options["headers"] = {"X-API-Key": KEY, **options.get("headers", {})}
        async with self.client.request(method, self.url + path, **options) as reply:
            return Answer(reply.status, reply.headers, await reply.read())


@asynccontextmanager
async def served(current_picks: CurrentPicks, settings: RecommenderWebSettings) -> AsyncIterator[Web]:
    """Serve current picks, and the recording of events, over HTTP on a free port of this machine."""
    stop = asyncio.Event()
    assert isinstance(current_picks.customers, InMemoryRecords)
    app = web_app(settings, current_picks, current_picks.customers.world.record_events)
    listening: asyncio.Future[tuple[str, int]] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(
        serve_app(app, listening_at(settings), stop=stop, listening=listening.set_result)
    )
    async with ClientSession() as client:
        try:
            waited: set[asyncio.Future[Any]] = {serving, listening}
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            _, port = listening.result() if listening.done() else await _failure(serving)
            yield Web(client, f"http://127.0.0.1:{port}", stop, serving)
        finally:
            stop.set()
            await serving


async def _failure(serving: "asyncio.Task[None]") -> NoReturn:
    await serving
    raise AssertionError("the server ended before it listened")


def shown(picks: Sequence[Pick]) -> list[dict[str, Any]]:
    """Picks of a run as the web process shows them."""
    members = NOT_SHOWN["__all__"]
    return [json.loads(one.model_dump_json(exclude_none=True, exclude=members)) for one in picks]


async def exclude(world: World, customer_id: str) -> None:
    """Let a customer be excluded from now on."""
    history = await world.known(customer_id)
    assert history is not None
    excluded = history.model_copy(update={"exclusion": Exclusion.NO_CONSENT})
    await world.histories.put_all([excluded.item()])


async def store(world: World, clients: Clients, resources: Resources) -> list[Recommendation]:
    """Store in the emulator what the run left, as the recommender does; return what it recommended."""
    objects = S3Objects(clients.s3, resources.buckets["data"])
    for key, body in world.objects.stored.items():
        await objects.put(key, body, content_type="application/octet-stream")
    for table, items in (("recommendations", world.items), ("histories", world.histories)):
        await DynamoDBItems(clients.dynamodb, resources.tables[table]).put_all([*items.items.values()])
    await Ledger(clients.dynamodb, resources.tables["runs"]).open_run(RUN, source="s3://b/k")
    await DynamoDBKnownShop(clients.dynamodb, table=resources.tables["runs"], name="fondly").set(RUN)
    return await world.recommended(1)
