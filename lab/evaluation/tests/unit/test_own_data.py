from pathlib import Path

import pytest

from fondly.evaluation.errors import EvaluationError
from fondly.evaluation.own_data.reading import Data, read_data
from fondly.evaluation.own_data.report import evaluate_data
from fondly.evaluation.sample import write_sample
from fondly.recommender.domain.picking.rules import Rules, RunRules
from lab.evaluation.tests.shops import a_buyer, a_product
from services.ingest.tests.fakes import csv_lines, numbered

RULES = RunRules(rules=Rules())
PRODUCTS = "product_id,product_name,discounted_price\np1,Lamp,10 EUR\np2,Sofa,200 EUR\n"
CUSTOMERS = "user_id\nu1\nu2\n"
REVIEWS = "review_id,user_id,product_id,review_content\nr1,u1,p1,Great lamp\nr2,u2,p2,A sofa\n"


def a_set(folder: Path) -> Path:
    """Write the three files of a tiny shop."""
    for name, text in (("products", PRODUCTS), ("customers", CUSTOMERS), ("reviews", REVIEWS)):
        (folder / f"{name}.csv").write_text(text)
    return folder


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample of a shop with enough data to train on."""
    path = tmp_path_factory.mktemp("sample") / "sample.csv"
    write_sample(path, customers=500, products=100)
    return path


def test_a_folder_of_three_files_is_read_as_one_shop(tmp_path: Path) -> None:
    """Products, customers and reviews."""
    data = read_data(a_set(tmp_path))
    assert [product.product_id for product in data.products] == ["p1", "p2"]
    assert [customer.product_ids for customer in data.customers] == [("p1",), ("p2",)]


def test_texts_of_unknown_reviewers_are_read_too(tmp_path: Path) -> None:
    """Three pieces for two reviewers: nobody knows who wrote which."""
    reviewers = {"user_id": "u1,u2", "user_name": "Asha,Ben", "review_id": "r1,r2", "review_title": "a,b"}
    path = tmp_path / "shop.csv"
    path.write_bytes(csv_lines([numbered(1, **reviewers, review_content="Works,Hums,loudly")]))
    texts = [shared.text for shared in read_data(path).shared_texts]
    assert texts == ["Works", "Hums,loudly"]


def test_a_folder_with_one_file_is_that_file(sample: Path) -> None:
    """As for the demo."""
    assert read_data(sample.parent) == read_data(sample)


def test_a_folder_with_other_files_is_named_with_what_it_has(tmp_path: Path) -> None:
    """And with what is expected."""
    (a_set(tmp_path) / "customers.csv").unlink()
    message = r"found products\.csv, reviews\.csv, expected one file, or a set: customers missing"
    with pytest.raises(EvaluationError, match=message):
        read_data(tmp_path)


def test_a_file_that_ingest_does_not_accept_is_named(tmp_path: Path) -> None:
    """With ingest's reason."""
    path = tmp_path / "mine.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(EvaluationError, match=r"mine\.csv: missing columns: product_id"):
        read_data(path)


def test_too_little_data_to_train_on_is_evaluated_by_popularity(tmp_path: Path) -> None:
    """As the service does; nobody has a second product to hold out."""
    report = evaluate_data(read_data(a_set(tmp_path)), RULES)
    assert report.lists.sources == {"popularity": 2}
    assert report.data.customers_with_one_family == 2
    assert report.held_out.customers == 0
    assert report.lists.short_lists == 2


def test_popularity_does_not_know_what_is_held_out() -> None:
    """Three customers bought the lamp last: without them nobody has it, and the sofa comes first."""
    names = ("lamp", "sofa", "rug", "bed")
    customers = [a_buyer(f"u{number}", "rug", "lamp") for number in range(3)] + [a_buyer("u3", "sofa")]
    data = Data(products=[a_product(name, name) for name in names], customers=customers)
    report = evaluate_data(data, RunRules(rules=Rules(min_picks=1), picks=1))
    assert report.held_out.customers == 3
    assert report.held_out.popularity.exact.mean == 0


def test_the_sample_gets_the_same_figures_twice(sample: Path) -> None:
    """Held-out reviews are found better than by popularity, and no list holds two of a family."""
    data = read_data(sample)
    report = evaluate_data(data, RULES)
    assert report == evaluate_data(data, RULES)
    assert report.held_out.customers > 20
    assert report.held_out.fondly.family.mean > report.held_out.popularity.family.mean
    assert report.lists.family_duplicates == 0
    assert report.lists.sources == {"personalize": 500}
    assert report.lists.short_lists == 0
    assert 3 * 500 <= sum(report.lists.reasons.values()) <= 5 * 500
