"""Current picks of the running web process, for everybody in a file: those of their emails."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import ClientSession

from fondly.contracts import object_keys
from fondly.contracts.records import Recommendation
from fondly.evaluation.sample import SampleFacts, write_sample
from fondly.recommender.domain.study.witnesses import weight_of
from fondly.runtime.runs.run import Run
from fondly.stack.embedded import WEB_PORT
from tests.support.pipeline import Pipeline

pytestmark = pytest.mark.timeout(700)
SHOWN = {"kind", "product_id", "product_name", "product_brand", "customers", "category", "rank", "out_of"}
PATIENCE_S = 120


async def recommendations(pipeline: Pipeline, run_id: str) -> dict[str, Recommendation]:
    """What a run recommended, by customer."""
    run = await pipeline.observer.ledger.run(run_id)
    found: dict[str, Recommendation] = {}
    for part in range(1, (run.parts or 0) + 1):
        key = object_keys.recommendations(run_id, part)
        lines = await pipeline.observer.objects.get_lines(key, Recommendation)
        found |= {one.customer_id: one for one in lines}
    return found


def told(recommendation: Recommendation) -> list[tuple[str, Mapping[str, Any]]]:
    """The products of an email in order, each with its reason as far as it is shown."""
    return [
        (one.product.product_id, json.loads(one.reason.model_dump_json(include=SHOWN, exclude_none=True)))
        for one in recommendation.picks
    ]


class Web:
    """The web process as a shop's site asks it."""

    def __init__(self, pipeline: Pipeline, client: ClientSession) -> None:
        self._address = f"http://127.0.0.1:{pipeline.stack.variables[WEB_PORT]}"
        self._client = client

    async def get(self, path: str) -> tuple[int, Any]:
        """Get JSON."""
        async with self._client.get(self._address + path) as reply:
            return reply.status, json.loads(await reply.read())

    async def picks(self, customer_id: str) -> dict[str, Any]:
        """A customer's current picks."""
        status, answer = await self.get(f"/customers/{quote(customer_id, safe='')}/picks")
        assert status == 200, answer
        found: dict[str, Any] = answer
        return found

    async def knows(self, run: Run) -> None:
        """Wait until it picks from a finished run's shop: it opens it before the ranking is weighed."""
        wanted = {"status": "ready", "run_id": run.run_id, "ranking_weight": weight_of(run)}
        async with asyncio.timeout(PATIENCE_S):
            while (await self.get("/health"))[1] != wanted:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.5)


async def test_picks_are_those_of_the_emails_for_every_customer(
    pipeline: Pipeline, trained: tuple[Path, SampleFacts], tmp_path: Path
) -> None:
    """Ranked by Personalize, with the same reasons. A later file leaves picks to those who are not in it."""
    path, _ = trained
    pipeline.upload("first.csv", path)
    first, _ = await pipeline.finished("first.csv")
    emailed = await recommendations(pipeline, first)
    assert len(emailed) > 500
    async with ClientSession() as client:
        web = Web(pipeline, client)
        await web.knows(await pipeline.observer.ledger.run(first))
        for customer_id, recommendation in emailed.items():
            answer = await web.picks(customer_id)
            assert [(one["product"]["product_id"], one["reason"]) for one in answer["picks"]] == told(
                recommendation
            )
            assert (answer["picked_from"], answer["run_id"]) == ("batch", first)

        later = tmp_path / "later.csv"
        write_sample(later, seed=12, customers=150, products=110)
        pipeline.upload("later.csv", later)
        second, _ = await pipeline.finished("later.csv")
        await web.knows(await pipeline.observer.ledger.run(second))
        again = await recommendations(pipeline, second)
        missing = next(one for one in emailed if one not in again)
        answer = await web.picks(missing)
        assert (answer["known"], answer["run_id"]) == (True, second)
        assert 3 <= len(answer["picks"]) <= 5
        new = {one["product"]["product_id"] for one in answer["picks"]}
        assert new.isdisjoint({one.product.product_id for one in emailed[missing].picks})
        unknown = await web.picks("nobody at all")
        assert (unknown["known"], unknown["picked_from"]) == (False, "popularity")
        assert 3 <= len(unknown["picks"]) <= 5
