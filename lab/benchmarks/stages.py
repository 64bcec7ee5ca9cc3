"""A stage of a run as a contender: the service as in production, but for the AWS behind it, which is local.

A small shop goes through all stages once; what was there before each stage is kept, and every round begins
with a copy of it. What stores and stand-ins take is not counted.
"""

import asyncio
import json
import shutil
import sys
from fnmatch import filter as matching
from itertools import chain, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from peers.frames import proof_of

from fondly.evaluation.sample import write_sample
from fondly.runtime.process import collect_garbage_seldom
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import CLEARING, MAKING, StageName
from fondly.runtime.settings import ServiceSettings
from harness.contender import Found, Work, forget, timed
from harness.in_process import settings_of, until_done, uploading
from harness.local_aws import Session


def main(folder: Path, customers: int) -> None:
    """Take a generated shop through the stages; keep what was there before each in a folder of its name."""
    (folder / MAKING[0]).mkdir(parents=True)
    with uploading(Session(folder / MAKING[0]), "amazon.csv") as path:
        facts = write_sample(path, customers=customers, products=max(12, customers // 5))
    shutil.copy(path, folder)
    (folder / "facts.json").write_text(json.dumps([str(customers), str(facts.reviews)]))
    for stage, after in pairwise(MAKING):
        shutil.copytree(folder / stage, folder / after)
        session = Session(folder / after)
        asyncio.run(until_done(stage, settings_of(stage), session))
        if stage is StageName.INGEST:
            asyncio.run(_clear(session))


def prepare(stage: str, folder: str, units: str) -> Work:
    """Return a round of a stage, which makes so many units of what `main` has left in the folder."""
    settings = settings_of(stage)
    collect_garbage_seldom()  # as services do
    return lambda: _round(stage, settings, Path(folder) / stage, int(units))


async def _clear(session: Session) -> None:
    """Say that later stages can do their part, which they are not there yet to say."""
    ledger = Ledger(session.client("dynamodb"), "runs")
    for run in await ledger.runs():
        for stage in CLEARING:
            await ledger.clear(run.run_id, stage)


def _round(stage: str, settings: ServiceSettings, before: Path, units: int) -> Found:
    found: Found = {"units": units}
    with TemporaryDirectory(prefix="fondly-bench-") as folder:
        shutil.copytree(before, folder, dirs_exist_ok=True)
        session = Session(Path(folder))
        forget()
        with timed(found):
            asyncio.run(until_done(stage, settings, session))
        found["proof"] = _proof(session) if stage == StageName.INGEST else ""
    found["cpu_s"] -= sum(session.usage.cpu_s_of.values())
    return found


def _proof(session: Session) -> str:
    """Return a digest of what ingest has made, of as much of it as peers make."""
    (products,) = _lines(session, "products.jsonl")
    return proof_of(
        map(_product, products), map(_customer, chain(*_lines(session, "customers/part-*.jsonl")))
    )


def _lines(session: Session, name: str) -> list[list[dict[str, Any]]]:
    found = matching(session.objects.keys("runs/"), f"runs/*/{name}")
    return [[json.loads(line) for line in session.objects.content(key).split(b"\n") if line] for key in found]


def _product(record: dict[str, Any]) -> dict[str, Any]:
    numbers = [
        record.get(name) for name in ("price", "list_price", "discount_percent", "rating", "rating_count")
    ]
    return {
        "id": record["product_id"],
        "name": record["name"],
        "category": record["category"],
        "numbers": [None if each is None else float(each) for each in numbers],
        "bullets": record["bullets"],
        "of": [record.get(name) for name in ("brand", "parent_id", "variant")],
    }


def _customer(record: dict[str, Any]) -> dict[str, Any]:
    reviews = {
        each["review_id"]: {
            "title": each.get("title"),
            "text": each.get("text"),
            "products": sorted(each["product_ids"]),
        }
        for each in record["reviews"]
    }
    return {"id": record["customer_id"], "name": record.get("name"), "reviews": reviews}


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
