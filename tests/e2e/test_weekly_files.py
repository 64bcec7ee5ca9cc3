"""Two files of a shop, a week apart: the second one adds to what the first one told."""

import asyncio
import csv
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from fondly.contracts import object_keys
from fondly.contracts.events import RunFinished
from fondly.contracts.records import Recommendation
from fondly.recommender.domain.run_state import RecommenderState
from fondly.recommender.domain.study import learned_keys
from fondly.recommender.domain.study.witnesses import Witness
from fondly.runtime.runs.run import Run
from fondly.stack.embedded import WEB_PORT
from services.recommender.tests.fakes import made_up_shop
from tests.support.pipeline import Pipeline

pytestmark = pytest.mark.timeout(700)
SHOP = made_up_shop(customers=600, part_size=600)
NEW_EACH = 13
"""One review in so many is of the second week."""
UNCHANGED = 20
"""So many customers are in the second file with nothing new."""
Row = dict[str, object]


def rows() -> Iterable[Row]:
    """Every review of the shop as a row of a combined file, one for each product that it stands under."""
    products = {one.product_id: one for one in SHOP.products}
    for customer in SHOP.customers:
        for review in customer.reviews:
            product = products[review.product_ids[0]]
            yield {
                "product_id": product.product_id,
                "product_name": product.name,
                "category": "|".join(product.category),
                "discounted_price": f"₹{product.price}",
                "rating": product.rating,
                "rating_count": product.rating_count,
                "user_id": customer.customer_id,
                "user_name": customer.name,
                "review_id": review.review_id,
                "review_title": "As described",
                "review_content": f"Works well, I use {review.review_id} every day.",
            }


def write(path: Path, wanted: Iterable[Row]) -> Path:
    """Write a file."""
    listed = list(wanted)
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, listed[0].keys())
        writer.writeheader()
        writer.writerows(listed)
    return path


def is_second(row: Row) -> bool:
    """Whether a review is written in the second week."""
    return sum(str(row["review_id"]).encode()) % NEW_EACH == 0


def usage() -> dict[str, dict[str, int]]:
    """What understudy was asked so far, by operation and outcome."""
    with urlopen(f"{os.environ['AWS_ENDPOINT_URL_PERSONALIZE']}/_understudy/usage", timeout=10) as answer:  # noqa: S310 - loopback
        return dict(json.load(answer))


def calls(operation: str, since: dict[str, dict[str, int]]) -> int:
    """How often an operation has answered since then."""
    return usage().get(operation, {}).get("ok", 0) - since.get(operation, {}).get("ok", 0)


async def run_of(pipeline: Pipeline, name: str, path: Path) -> tuple[Run, RunFinished]:
    """Upload a file; return its run, and its end, when it has ended well."""
    pipeline.upload(name, path)
    run_id, finished = await pipeline.finished(name)
    assert (finished.status, finished.reason) == ("finished", None)
    return await pipeline.observer.ledger.run(run_id), finished


async def witnesses(pipeline: Pipeline, run: Run) -> list[Witness]:
    """Those of whose newest product Personalize was not told."""
    return await pipeline.observer.objects.get_lines(learned_keys.witnesses(run.run_id, 1), Witness)


async def test_a_second_week_adds_to_the_first(pipeline: Pipeline, tmp_path: Path) -> None:
    """It trains on all that is known, ranks for who has changed, and offers nobody what they had before."""
    every = list(rows())
    first, _ = await run_of(
        pipeline,
        "week-1.csv",
        write(tmp_path / "1.csv", (one for one in every if not is_second(one))),
    )
    await pipeline.observer.ledger.change_state(
        first, RecommenderState, lambda state: state.having(ranking_weight=1.0)
    )  # else nobody would be ranked in vain
    before = usage()
    changed = {str(one["user_id"]) for one in every if is_second(one)}
    others = sorted({str(one["user_id"]) for one in every} - changed)
    unchanged, only_first = set(others[:UNCHANGED]), others[UNCHANGED]
    told = [one for one in every if is_second(one) or one["user_id"] in unchanged]
    second, finished = await run_of(pipeline, "week-2.csv", write(tmp_path / "2.csv", told))

    left_out = sum(len(one.held_out) for one in await witnesses(pipeline, second))
    known = len({(one["user_id"], one["product_id"]) for one in every})
    assert RecommenderState.of(second).interactions == known - left_out
    assert calls("CreateSolutionVersion", before) == 1
    assert calls("CreateDatasetImportJob", before) == 3
    again = len(unchanged & {one.customer_id for one in await witnesses(pipeline, first)})
    assert finished.counts["rankings_kept"] == UNCHANGED - again
    assert RecommenderState.of(second).ranked == len(changed) + again

    had: dict[str, set[object]] = {}
    for one in every:
        had.setdefault(str(one["user_id"]), set()).add(one["product_id"])
    recommended = await pipeline.observer.objects.get_lines(
        object_keys.recommendations(second.run_id, 1), Recommendation
    )
    assert {each.customer_id for each in recommended} == changed | unchanged
    for each in recommended:
        assert had[each.customer_id].isdisjoint(pick.product.product_id for pick in each.picks)
        assert {owned.product_id for owned in each.owned} == had[each.customer_id]
    assert any(len(each.owned) > 1 for each in recommended)

    picks = await picks_now(pipeline, only_first)
    assert 3 <= len(picks) <= 5
    assert had[only_first].isdisjoint(picks)


async def picks_now(pipeline: Pipeline, customer_id: str) -> list[str]:
    """What the web process picks for a customer, once it has found the shop."""
    url = f"http://127.0.0.1:{pipeline.stack.variables[WEB_PORT]}/customers/{customer_id}/picks"
    async with asyncio.timeout(pipeline.patience_s):
        while True:
            with suppress(HTTPError):  # 503 before that
                answer = await asyncio.to_thread(read, url)
                return [one["product"]["product_id"] for one in answer["picks"]]
            await asyncio.sleep(1)


def read(url: str) -> dict[str, list[dict[str, dict[str, str]]]]:
    """Read JSON."""
    with urlopen(url, timeout=60) as answer:  # noqa: S310 - loopback
        found: dict[str, list[dict[str, dict[str, str]]]] = json.load(answer)
    return found
