"""`fondly evaluate`: figures of files, and the reasons of a run in an emulator."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from fondly.contracts import object_keys
from fondly.contracts.records import (
    Customer,
    Pick,
    Product,
    Reason,
    ReasonKind,
    Recommendation,
    RecommendationSource,
)
from fondly.evaluation.sample import write_sample
from fondly.recommender.domain.history.history import History
from fondly.recommender.domain.picking.rules import Rules, RunRules
from fondly.recommender.domain.shop.merchandising import ShopRules
from fondly.recommender.domain.study import learned_keys
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import PartReport, StageName
from fondly.stack.provision import Resources
from tests.support.runs import START, finish_part

if TYPE_CHECKING:
    from tools.cli.tests.conftest import Fondly

InLedger = Callable[[Callable[[Ledger], Awaitable[Any]]], Any]
RUN = "run-0123456789abcdef"
KEYS = {
    *("recall@5", "ndcg@5", "recall@10", "ndcg@10", "coverage@5"),
    *("fit_seconds", "score_seconds", "users", "items", "peak_rss_mb"),
}
LAMP = Product.model_validate({"product_id": "p1", "name": "Lamp", "price": "10", "currency": "EUR"})


@pytest.fixture
def sequences(tmp_path: Path) -> Path:
    """Users who walk along a ring of items, and one with too few of them."""
    path = tmp_path / "Beauty.txt"
    ring = [f"u{user} " + " ".join(f"i{(user + step) % 30}" for step in range(6)) for user in range(60)]
    path.write_text("\n".join([*ring, "short i1 i2"]))
    return path


@pytest.fixture
def recommended(resources: Resources, in_ledger: InLedger) -> Callable[..., None]:
    """Store a run in which one customer gets a lamp that the shop has, or has not, pinned."""

    def store(*, pinned: bool, picks: int = 1) -> None:
        async def record(ledger: Ledger) -> None:
            await ledger.open_run(RUN, source="s3://b/uploads/a.csv")
            await ledger.set_parts(RUN, 1)
            report = PartReport(
                stage=StageName.RECOMMENDER, name="part-00001", started_at=START, finished_at=START
            )
            await finish_part(ledger, RUN, 1, report)

        in_ledger(record)
        featured = Pick(product=LAMP, reason=Reason(kind=ReasonKind.FEATURED))
        recommendation = Recommendation(
            customer_id="c1", source=RecommendationSource.POPULARITY, picks=(featured,) * picks
        )
        shop = ShopRules(pinned=("p1",) if pinned else ())
        customer = Customer(customer_id="c1")
        for key, record_ in {
            learned_keys.products(RUN): LAMP,
            learned_keys.history(RUN, 1): History.of(customer, {}, run_id=RUN, now=0),
            object_keys.customers(RUN, 1): customer,
            object_keys.recommendations(RUN, 1): recommendation,
            object_keys.run_rules(RUN): RunRules(rules=Rules(), shop=shop),
        }.items():
            _put(resources, key, record_.model_dump_json())
        _put(resources, object_keys.sentiment(RUN, 1), "")

    return store


def _put(resources: Resources, key: str, body: str) -> None:
    boto3.client("s3").put_object(Bucket=resources.buckets["data"], Key=key, Body=body.encode())


def test_json_has_exactly_the_documented_keys(run_fondly: "Fondly", sequences: Path) -> None:
    """On standard output, with nothing else; users with too few items are told of beside it."""
    answer = run_fondly("evaluate", "recommendations", "--sequences", str(sequences), "--json")
    assert answer.code == 0
    assert answer.json.keys() == KEYS
    assert answer.json["recall@5"] > 0.9
    assert "users left out for having fewer than 3 items: 1\n" in answer.err


def test_baselines_stand_beside_and_never_among_the_figures(run_fondly: "Fondly", sequences: Path) -> None:
    """Under a key of their own."""
    words = ("evaluate", "recommendations", "--sequences", str(sequences), "--baselines")
    found = run_fondly(*words, "--json").json
    assert found.keys() == KEYS | {"baselines"}
    assert {"popularity", "item-kNN"} <= found["baselines"].keys()
    assert "popularity" in run_fondly(*words).out


def test_attributes_and_the_protocol_are_used(run_fondly: "Fondly", sequences: Path, tmp_path: Path) -> None:
    """Refitting on the last but one item is another measurement."""
    attributes = tmp_path / "attributes.json"
    attributes.write_text(json.dumps({f"i{item}": [item // 10] for item in range(30)}))
    words = ("evaluate", "recommendations", "--sequences", str(sequences), "--attributes", str(attributes))
    strict, refit = (run_fondly(*words, "--protocol", each, "--json").json for each in ("strict", "refit"))
    assert strict["users"] == refit["users"] == 60


@pytest.mark.parametrize(
    ("least", "code"), [("recall@5=.5", 0), ("recall@5=1.1", 1), ("recall@5", 2), ("recall@7=.5", 2)]
)
def test_a_figure_below_its_floor_ends_with_1(
    run_fondly: "Fondly", sequences: Path, least: str, code: int
) -> None:
    """A floor of something else is wrong usage."""
    answer = run_fondly("evaluate", "recommendations", "--sequences", str(sequences), "--min", least)
    assert answer.code == code
    assert ("below 1.1" in answer.err) == (code == 1)


def test_a_published_data_set_has_floors(run_fondly: "Fondly", sequences: Path) -> None:
    """By the file's name; the ring is easy."""
    assert run_fondly("evaluate", "recommendations", "--sequences", str(sequences), "--floors").code == 0


def test_a_malformed_file_is_one_line_with_its_place(run_fondly: "Fondly", tmp_path: Path) -> None:
    """And exit code 1."""
    path = tmp_path / "mine.txt"
    path.write_text("1 2 3 4\n5\n")
    answer = run_fondly("evaluate", "recommendations", "--sequences", str(path))
    assert (answer.code, answer.out) == (1, "")
    assert f"{path}, line 2: found '5', expected `user item item ...`" in answer.err


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--sequences", "{file}", "--csv", "{file}"),
        ("--csv", "{file}", "--baselines"),
        ("--csv", "{file}", "--made-up", "small"),
        ("--sequences", "{file}", "--ablate"),
        ("--sequences", "{file}", "--merchandising", "{file}"),
        ("--sequences", "{file}", "--protocol", "refit", "--floors"),
    ],
)
def test_options_that_do_not_fit_together_are_wrong_usage(
    run_fondly: "Fondly", sequences: Path, words: tuple[str, ...]
) -> None:
    """Exit code 2."""
    given = [word.format(file=sequences) for word in words]
    assert run_fondly("evaluate", "recommendations", *given).code == 2


def test_a_shops_own_file_is_evaluated_without_a_stack(run_fondly: "Fondly", tmp_path: Path) -> None:
    """As a table and as JSON; a bad file of the shop's rules is named."""
    path, rules = tmp_path / "sample.csv", tmp_path / "shop.yaml"
    write_sample(path, customers=60, products=30)
    words = ("evaluate", "recommendations", "--csv", str(path))
    found = run_fondly(*words, "--json").json
    assert found["data"]["customers"] == 60
    assert "held-out product's" in run_fondly(*words).out
    rules.write_text("pinned: [x]\n")
    answer = run_fondly(*words, "--merchandising", str(rules))
    assert answer.code == 1
    assert f"{rules}: line 1" in answer.err


def test_parts_are_left_out_in_turn(
    run_fondly: "Fondly", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a shop's own file, as a table and as JSON."""
    monkeypatch.setattr("fondly.evaluation.own_data.ablation.TIMED", 1)
    path = tmp_path / "sample.csv"
    write_sample(path, customers=60, products=30)
    words = ("evaluate", "recommendations", "--csv", str(path), "--ablate")
    assert {"whole", "parts"} == run_fondly(*words, "--json").json.keys()
    assert "only without" in run_fondly(*words).out


def test_a_made_up_shop_needs_no_file(run_fondly: "Fondly") -> None:
    """Its customers and products are as many as its recipe says."""
    found = run_fondly("evaluate", "recommendations", "--made-up", "small", "--json").json
    assert (found["data"]["customers"], found["data"]["products"]) == (900, 144)


def test_true_reasons_end_with_0(fondly: "Fondly", recommended: Callable[..., None]) -> None:
    """With what was checked."""
    recommended(pinned=True)
    answer = fondly("evaluate", "reasons", "latest", "--json")
    assert answer.code == 0
    assert answer.json["checked"] == {"featured": 1}
    assert answer.json["false"] == {}


def test_a_false_reason_ends_with_1(fondly: "Fondly", recommended: Callable[..., None]) -> None:
    """It is shown with the customer, the product and why."""
    recommended(pinned=False)
    answer = fondly("evaluate", "reasons", RUN[:8])
    assert answer.code == 1
    assert "featured: p1 for customer c1" in answer.out
    assert "the shop did not pin it" in answer.out
    assert fondly("evaluate", "reasons", "latest", "--json").json["false"] == {"featured": 1}


def test_a_run_that_recommends_nothing_ends_with_1(
    fondly: "Fondly", recommended: Callable[..., None], in_ledger: InLedger
) -> None:
    """Nothing checked is not everything true."""
    recommended(pinned=True, picks=0)
    answer = fondly("evaluate", "reasons", "latest")
    assert (answer.code, answer.err) == (1, f"{RUN} recommends nothing to anybody\n")
    in_ledger(lambda ledger: ledger.open_run("run-2", source="s3://b/uploads/b.csv"))
    answer = fondly("evaluate", "reasons", "run-2")
    assert (answer.code, answer.err) == (1, "run-2 has no recommendations: it is running\n")
