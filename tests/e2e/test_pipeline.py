"""The whole pipeline over real events, judged by the emails that come out of it."""

import gzip
import shutil
from pathlib import Path

import pytest

from encore.contracts import object_keys
from encore.contracts.records import ProductSentiment, Recommendation
from encore.stack.sample import SampleFacts, write_sample
from tests.support.pipeline import Pipeline, Truth
from tests.support.verdict import PICKS, body, email_faults

pytestmark = pytest.mark.timeout(240)
MANY = 5
DISLIKED = -0.2


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SampleFacts]:
    """A file with too few interactions to train on."""
    path = tmp_path_factory.mktemp("data") / "small.csv"
    return path, write_sample(path, seed=3, customers=60, products=30)


async def test_every_customer_gets_a_true_email(
    pipeline: Pipeline, trained: tuple[Path, SampleFacts]
) -> None:
    """From upload to emails: counts agree with the file, and each email with the catalogue."""
    path, facts = trained
    pipeline.upload("trained.csv", path)
    run_id, finished = await pipeline.finished("trained.csv")
    assert (finished.status, finished.reason) == ("finished", None)
    counts = finished.counts
    assert counts["products"] == facts.products
    assert counts["customers"] == counts["emails"] == facts.customers
    assert counts["reviews"] == facts.reviews
    assert counts["interactions"] == facts.interactions
    assert counts["unaligned_texts"] == facts.unaligned_texts
    assert counts["recommendations"] == facts.customers * PICKS
    assert counts["customers_by_popularity"] == 0
    assert counts["rejected_rows"] == 0
    assert finished.cost_usd["total"] == sum(
        cost for name, cost in finished.cost_usd.items() if name != "total"
    )
    assert {"comprehend", "personalize", "bedrock", "dynamodb"} <= set(finished.cost_usd)

    truth = Truth.of(path)
    emails = await pipeline.emails(run_id)
    assert set(emails) == set(truth.reviewed)
    for customer, raw in emails.items():
        assert email_faults(raw, customer, truth) == []
    assert len({body(raw, "plain") for raw in emails.values()}) > 0.9 * len(
        emails
    )  # some share name and taste
    await pipeline.quiet()
    assert set((await pipeline.eyes.dead_letters()).values()) == {0}


async def test_what_its_buyers_dislike_is_not_recommended(
    pipeline: Pipeline, trained: tuple[Path, SampleFacts]
) -> None:
    """Products whose reviews read mostly negative reach nobody."""
    path, facts = trained
    pipeline.upload("trained.csv", path)  # the same run as before, unless this test runs alone
    run = await pipeline.ended("trained.csv")
    objects = pipeline.eyes.objects
    sentiments = await objects.get_lines(object_keys.product_sentiment(run.run_id), ProductSentiment)
    disliked = {each.product_id for each in sentiments if each.scored >= MANY and each.polarity < DISLIKED}
    assert disliked
    assert disliked <= facts.disliked_products
    picked: set[str] = set()
    for part in range(1, (run.parts or 0) + 1):
        key = object_keys.recommendations(run.run_id, part)
        for each in await objects.get_lines(key, Recommendation):
            picked |= {pick.product.product_id for pick in each.picks}
    assert len(picked) > facts.products / 2
    assert picked & disliked == set()


async def test_the_same_upload_again_makes_no_second_run(
    pipeline: Pipeline, small: tuple[Path, SampleFacts]
) -> None:
    """Unchanged bytes are the same run: nothing is written twice. A changed file is a new run."""
    path, facts = small
    pipeline.upload("again.csv", path)
    run_id, finished = await pipeline.finished("again.csv")
    assert finished.counts["emails"] == facts.customers
    assert finished.counts["customers_by_popularity"] == facts.customers
    before = await pipeline.emails(run_id)
    pipeline.upload("again.csv", path)
    await pipeline.quiet()
    runs = [
        run for run in await pipeline.eyes.ledger.runs() if run.source.split("#")[0].endswith("/again.csv")
    ]
    assert [run.run_id for run in runs] == [run_id]
    assert await pipeline.emails(run_id) == before

    changed = path.with_name("changed.csv")
    shutil.copy(path, changed)
    with changed.open("a", encoding="utf-8") as file:
        file.write(
            "NEW1,One more cable,Cables,₹99,₹199,50%,4.1,12,Handy,NEWCUSTOMER,Zoë,NEWREVIEW,Good,Fine,"
            "https://images.example.com/n.jpg,https://shop.example.com/n\n"
        )
    pipeline.upload("again.csv", changed)
    new_id, new = await pipeline.finished("again.csv", besides=run_id)
    assert new_id != run_id
    assert new.counts["emails"] == facts.customers + 1
    assert "NEWCUSTOMER" in await pipeline.emails(new_id)


async def test_gzip_and_odd_keys_are_no_obstacle(pipeline: Pipeline, small: tuple[Path, SampleFacts]) -> None:
    """A compressed file gives the same emails count as the plain one."""
    path, facts = small
    packed = path.with_suffix(".csv.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    pipeline.upload("2026 spring/packed.csv.gz", packed)
    _, finished = await pipeline.finished("2026 spring/packed.csv.gz")
    assert finished.counts["emails"] == facts.customers


async def test_a_file_that_is_not_what_it_claims_fails_with_one_reason(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    """No emails, no dead letters: a failed run that says why."""
    path = tmp_path / "broken.csv"
    path.write_text("colour,size\nred,4\n")
    pipeline.upload("broken.csv", path)
    run_id, finished = await pipeline.finished("broken.csv")
    assert finished.status == "failed"
    assert finished.reason is not None
    assert "product_id" in finished.reason
    assert await pipeline.emails(run_id) == {}
    await pipeline.quiet()
    assert set((await pipeline.eyes.dead_letters()).values()) == {0}
