"""The whole pipeline, driven by real events and judged by its emails."""

import csv
import gzip
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from fondly.contracts import object_keys
from fondly.contracts.records import ProductSentiment, Recommendation
from fondly.evaluation.sample import SampleFacts, write_sample
from tests.support.pipeline import Pipeline, Truth
from tests.support.verdict import MIN_PICKS, PICKS, body, email_faults

pytestmark = pytest.mark.timeout(700)
MIN_SCORED = 5
DISLIKED_BELOW = -0.2
NEW_ROW = {
    "product_id": "NEW1",
    "product_name": "One more cable",
    "category": "Cables",
    "discounted_price": "₹99",
    "actual_price": "₹199",
    "discount_percentage": "50%",
    "rating": "4.1",
    "rating_count": "12",
    "about_product": "Handy",
    "user_id": "NEWCUSTOMER",
    "user_name": "Zoë",
    "review_id": "NEWREVIEW",
    "review_title": "Good",
    "review_content": "Fine",
    "img_link": "https://images.example.com/n.jpg",
    "product_link": "https://shop.example.com/n",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SampleFacts]:
    """A file with too few interactions to train on."""
    path = tmp_path_factory.mktemp("data") / "small.csv"
    return path, write_sample(path, seed=3, customers=60, products=30)


async def test_every_customer_gets_an_email_that_agrees_with_the_catalogue(
    pipeline: Pipeline, trained: tuple[Path, SampleFacts]
) -> None:
    """Counts agree with the uploaded file, and every email with its catalogue."""
    path, facts = trained
    before = await pipeline.dead_letters()
    pipeline.upload("trained.csv", path)
    run_id, finished = await pipeline.finished("trained.csv")
    assert (finished.status, finished.reason) == ("finished", None)
    counts = finished.counts
    assert counts["products"] == facts.products
    assert counts["customers"] == counts["emails"] + counts["customers_safety_cases"] == facts.customers
    assert counts["reviews"] == facts.reviews
    assert counts["interactions"] == facts.interactions
    assert counts["unaligned_texts"] == facts.unaligned_texts
    assert MIN_PICKS <= counts["recommendations"] / facts.customers <= PICKS
    assert counts["customers_by_popularity"] == 0
    assert counts["rejected_rows"] == 0
    assert finished.cost_usd["total"] == sum(
        cost for name, cost in finished.cost_usd.items() if name != "total"
    )
    assert {"comprehend", "personalize", "bedrock", "dynamodb"} <= set(finished.cost_usd)

    truth = Truth.of(path)
    emails = await pipeline.emails(run_id)
    assert (len(emails), emails.keys() - truth.reviewed) == (counts["emails"], set())
    for customer, raw in emails.items():
        assert email_faults(raw, customer, truth) == []
    texts = {body(raw, "plain") for raw in emails.values()}
    assert len(texts) > 0.9 * len(emails)  # some customers share a name and a taste
    await pipeline.quiet()
    assert await pipeline.dead_letters() == before


async def test_disliked_products_are_not_recommended(
    pipeline: Pipeline, trained: tuple[Path, SampleFacts]
) -> None:
    """No customer is recommended a product whose reviews are mostly negative."""
    path, facts = trained
    pipeline.upload("trained.csv", path)  # the same run as before, unless this test runs alone
    run = await pipeline.ended("trained.csv")
    objects = pipeline.observer.objects
    sentiments = await objects.get_lines(object_keys.product_sentiment(run.run_id), ProductSentiment)
    disliked = {
        each.product_id for each in sentiments if each.scored >= MIN_SCORED and each.polarity < DISLIKED_BELOW
    }
    assert disliked
    assert disliked <= facts.disliked_products
    picked: set[str] = set()
    for part in range(1, (run.parts or 0) + 1):
        key = object_keys.recommendations(run.run_id, part)
        for each in await objects.get_lines(key, Recommendation):
            picked |= {pick.product.product_id for pick in each.picks}
    assert len(picked) > facts.products / 2
    assert picked & disliked == set()


def with_row(path: Path, row: Mapping[str, str]) -> Path:
    """Write a copy of a file with one more row, which leaves the optional columns empty."""
    changed = path.with_name("changed.csv")
    shutil.copy(path, changed)
    with path.open(encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    with changed.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, columns).writerow(row)
    return changed


async def test_a_repeated_upload_is_not_a_second_run(
    pipeline: Pipeline, small: tuple[Path, SampleFacts]
) -> None:
    """The same bytes are the same run and nothing is written twice; a changed file is a new run."""
    path, facts = small
    pipeline.upload("again.csv", path)
    run_id, finished = await pipeline.finished("again.csv")
    assert finished.counts["emails"] == facts.customers
    assert finished.counts["customers_by_popularity"] == facts.customers
    before = await pipeline.emails(run_id)
    pipeline.upload("again.csv", path)
    await pipeline.quiet()
    runs = [
        run
        for run in await pipeline.observer.ledger.runs()
        if run.source.split("#")[0].endswith("/again.csv")
    ]
    assert [run.run_id for run in runs] == [run_id]
    assert await pipeline.emails(run_id) == before

    changed = with_row(path, NEW_ROW)
    pipeline.upload("again.csv", changed)
    new_id, new = await pipeline.finished("again.csv", besides=run_id)
    assert new_id != run_id
    assert new.counts["emails"] == facts.customers + 1
    assert "NEWCUSTOMER" in await pipeline.emails(new_id)


async def test_a_gzipped_file_with_a_space_in_its_key_is_read(
    pipeline: Pipeline, small: tuple[Path, SampleFacts]
) -> None:
    """A compressed file yields as many emails as the uncompressed one."""
    path, facts = small
    packed = path.with_suffix(".csv.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    pipeline.upload("2026 spring/packed.csv.gz", packed)
    _, finished = await pipeline.finished("2026 spring/packed.csv.gz")
    assert finished.counts["emails"] == facts.customers


async def test_a_file_without_the_expected_columns_fails_with_a_reason(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    """The run fails and says why, without emails or dead letters."""
    before = await pipeline.dead_letters()
    path = tmp_path / "broken.csv"
    path.write_text("colour,size\nred,4\n")
    pipeline.upload("broken.csv", path)
    run_id, finished = await pipeline.finished("broken.csv")
    assert finished.status == "failed"
    assert finished.reason is not None
    assert "product_id" in finished.reason
    assert await pipeline.emails(run_id) == {}
    await pipeline.quiet()
    assert await pipeline.dead_letters() == before
