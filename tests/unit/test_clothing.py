import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from fondly.contracts.records import Customer, Product
from fondly.ingest.adapters.scratch import Scratch
from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.domain.rows.people import ExclusionRules
from fondly.ingest.domain.values.conventions import Defaults
from fondly.ingest.use_cases.load_files import Findings, LoadFiles, LoadRules
from fondly.ingest.use_cases.source_files import ReadingRules, SourceFile
from tests.support.clothing import ClothingShop

SHOP = ClothingShop()
SET = (Kind.PRODUCTS, Kind.CUSTOMERS, Kind.REVIEWS)


def read(folder: Path, kinds: Sequence[Kind]) -> tuple[list[Product], list[Customer], Counter[str]]:
    """What ingest reads from the files named as their kinds, and its counts."""
    findings = Findings()
    rules = LoadRules(
        reading=ReadingRules(Defaults("INR", "en_IN", "UTC")),
        exclusion=ExclusionRules(consent_not_required="a test"),
    )
    with Scratch(folder / "scratch.db") as scratch:
        load = LoadFiles(scratch, io.StringIO(), findings, rules)
        merged = load.load([SourceFile(folder / f"{kind}.csv", f"{kind}.csv", kind) for kind in kinds])
        return list(merged.products()), merged.customers(0, 10**6), findings.counts


@pytest.mark.parametrize("stated", [False, True])
def test_ingest_reads_every_record_of_the_set(tmp_path: Path, *, stated: bool) -> None:
    """Nothing that the shop writes is rejected, and every review arrives."""
    SHOP.write(tmp_path, stated=stated)
    products, customers, counts = read(tmp_path, SET)
    assert {one.product_id: one.name for one in products} == {
        key: product.name for key, product in SHOP.products.items()
    }
    assert {one.customer_id for one in customers} == set(SHOP.customers)
    assert sum(len(one.reviews) for one in customers) == len(SHOP.reviews)
    assert counts["rejected_rows"] == 0


def test_ingest_reads_every_review_of_the_joined_file(tmp_path: Path) -> None:
    """Names, titles and texts of one row's reviewers can be told apart."""
    SHOP.write_joined(tmp_path / "combined.csv")
    _, customers, counts = read(tmp_path, [Kind.COMBINED])
    texts = {review.review_id: review.text for one in customers for review in one.reviews}
    assert texts == {review.review_id: review.text for review in SHOP.reviews}
    assert all(one.name == f"Name {one.customer_id}" for one in customers)
    assert counts["rejected_rows"] == counts["unaligned_texts"] == 0


def test_one_seed_is_one_shop(tmp_path: Path) -> None:
    """The same seed writes the same bytes, and another seed another shop."""
    files = {}
    for name, seed in (("one", 7), ("same", 7), ("other", 8)):
        (folder := tmp_path / name).mkdir()
        ClothingShop(seed=seed, customers=20).write(folder)
        files[name] = [path.read_bytes() for path in sorted(folder.iterdir())]
    assert files["one"] == files["same"]
    assert files["one"] != files["other"]


def test_garments_come_in_sizes_and_colours() -> None:
    """Every garment is listed several times, under different names and with reviews of its own."""
    sizes = Counter(SHOP.garment_of(product_id) for product_id in SHOP.products)
    assert len(sizes) == len(SHOP.garments) == 60
    assert min(sizes.values()) >= 4
    assert len({product.name for product in SHOP.products.values()}) == len(SHOP.products)
    assert len({review.review_id for review in SHOP.reviews}) == len(SHOP.reviews)


def test_some_customers_like_nothing() -> None:
    """Between a twentieth and a fifth have only bad reviews of at most two stars."""
    best = dict.fromkeys(SHOP.customers, 0)
    for review in SHOP.reviews:
        best[review.customer_id] = max(best[review.customer_id], review.stars)
    assert 1 / 20 < sum(stars <= 2 for stars in best.values()) / len(best) < 1 / 5


@pytest.mark.parametrize("stated", [False, True])
def test_brand_parent_and_variant_are_there_only_if_stated(*, stated: bool) -> None:
    """The same catalogue serves shops with and without these columns."""
    catalogue = SHOP.catalogue(stated=stated)
    assert all((one.brand is not None) is stated for one in catalogue.values())
    assert all((one.parent_id is not None) is stated for one in catalogue.values())
    assert all((one.variant is not None) is stated for one in catalogue.values())
