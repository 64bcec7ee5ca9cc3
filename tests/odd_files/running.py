"""The one place where the corpus meets the service: files go in, an outcome comes out."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from fondly.contracts.records import Customer, Product, Purchase, Review
from fondly.ingest.domain.rejects import Reject
from services.ingest.tests.conftest import readers_in_threads
from services.ingest.tests.fakes import Bench, limits
from tests.odd_files.case import Case

FOLDER = "uploads/odd/"
LIMITS = limits(max_bytes=4_000_000, max_rejected_share=0.05)


@dataclass(frozen=True)
class Outcome:
    """What came of some files. `failed` is the reason of a run that failed, `runs` how many there were."""

    products: Mapping[str, Product]
    customers: Mapping[str, Customer]
    reviews: Mapping[str, tuple[str, Review]]
    """By review id, each with its customer's id."""
    purchases: Mapping[str, tuple[str, Purchase]]
    """By the order's id, a space, and the product's id, each with its customer's id."""
    rejects: tuple[Reject, ...]
    failed: str | None
    runs: int


NOTHING = Outcome({}, {}, {}, {}, (), None, 0)


async def run_case(case: Case) -> Outcome:
    """Upload the files one after the other and return what has come of them."""
    bench = Bench(LIMITS)
    if case.together:
        bench.objects.stored |= {f"{FOLDER}{name}": content for name, content in case.files.items()}
    for name, content in case.files.items():
        await bench.upload(f"{FOLDER}{name}", content)
    if not bench.run_ids:
        return NOTHING
    runs = [await bench.ledger.run(run_id) for run_id in bench.run_ids]
    failed = next((run.reason for run in runs if run.reason is not None), None)
    if failed is not None or len(runs) > 1:
        return replace(NOTHING, failed=failed, runs=len(runs))
    return await _published(bench)


async def _published(bench: Bench) -> Outcome:
    """Return what the only run has published."""
    customers = await bench.stored_customers()
    return Outcome(
        products={each.product_id: each for each in await bench.stored_products()},
        customers={each.customer_id: each for each in customers},
        reviews={each.review_id: (one.customer_id, each) for one in customers for each in one.reviews},
        purchases={
            f"{each.order_id} {each.product_id}": (one.customer_id, each)
            for one in customers
            for each in one.purchases
        },
        rejects=tuple(await bench.rejects()),
        failed=None,
        runs=1,
    )


def outcome_of(case: Case) -> Outcome:
    """Return what comes of a case."""
    with readers_in_threads():
        return asyncio.run(run_case(case))
