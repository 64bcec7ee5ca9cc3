"""`fondly features` against an emulator."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from aiobotocore.session import get_session

from fondly.contracts import object_keys
from fondly.contracts.records import (
    Pick,
    Product,
    Reason,
    ReasonKind,
    Recommendation,
    RecommendationSource,
)
from fondly.mailer.adapters.feature_records import DynamoDBFeatureRecords
from fondly.mailer.domain.facts.features import ProductFeatures
from fondly.runtime.aws import CONFIG
from fondly.runtime.runs.run import StageName
from tests.support.runs import RUN

if TYPE_CHECKING:
    from fondly.stack.provision import Resources
    from tools.cli.tests.conftest import Fondly

LAMP = ProductFeatures(
    product_id="P1",
    product_name="Norra Desk Lamp",
    digest="0" * 24,
    features=("brass base", "warm light"),
    refused=("best lamp: 'best' is no feature",),
    updated_at=datetime(2026, 11, 25, tzinfo=UTC),
)
KETTLE = LAMP.model_copy(
    update={"product_id": "P2", "product_name": "Halden Kettle", "features": ("steel body",), "refused": ()}
)


@pytest.fixture(autouse=True)
def described(resources: "Resources") -> None:
    """Two products with features."""

    async def store() -> None:
        async with get_session().create_client("dynamodb", config=CONFIG) as dynamodb:
            records = DynamoDBFeatureRecords(dynamodb, resources.tables["product-features"])
            await records.put_all([LAMP, KETTLE])

    asyncio.run(store())


def recommended(*product_ids: str) -> Recommendation:
    """A customer's recommendation of these products."""
    picks = tuple(
        Pick(
            product=Product(product_id=product_id, name=product_id, price=Decimal(9), currency="INR"),
            reason=Reason(kind=ReasonKind.ASSORTMENT),
        )
        for product_id in product_ids
    )
    return Recommendation(customer_id="C1", picks=picks, source=RecommendationSource.POPULARITY)


def test_features_are_listed_and_found(fondly: "Fondly") -> None:
    """By name, or by a text in id, name or features, whatever its case."""
    assert [each["product_id"] for each in fondly("features", "list", "--json").json] == ["P2", "P1"]
    assert "brass base, warm light" in fondly("features", "list").out
    assert [
        each["product_id"] for each in fondly("features", "list", "--search", "STEEL", "--json").json
    ] == ["P2"]
    assert fondly("features", "list", "--search", "none").err.endswith("0 products\n")


def test_refused_proposals_are_listed_with_the_reason(fondly: "Fondly") -> None:
    """Of those products alone that have some."""
    answer = fondly("features", "list", "--refused")
    assert "best lamp: 'best' is no feature" in answer.out
    assert "P2" not in answer.out
    assert answer.err.endswith("1 products\n")


def test_features_of_a_run_are_those_of_its_picks(
    fondly: "Fondly", advance: Callable[..., None], put_lines: Callable[..., None]
) -> None:
    """With the number of products that have none yet."""
    advance((StageName.INGEST, 1), (StageName.RECOMMENDER, 1))
    put_lines(object_keys.recommendations(RUN, 1), recommended("P1", "P9"), recommended("P8", "P1"))
    answer = fondly("features", "list", "--run", "latest", "--json")
    assert [each["product_id"] for each in answer.json] == ["P1"]
    assert answer.err.endswith("1 products; 2 of the run have no features yet\n")
    assert fondly("features", "list", "--run", "latest", "--search", "x").code == 1


def test_a_person_decides_and_takes_it_back(fondly: "Fondly") -> None:
    """The decision says whose it is, and replaces what the model proposed."""
    set_ = fondly("features", "set", "P1", "soft light", "best shade", "--by", "Ines", "--json")
    assert set_.json | {"updated_at": ""} == {
        **LAMP.model_dump(mode="json"),
        "features": ["soft light", "best shade"],
        "refused": [],
        "edited": True,
        "edited_by": "Ines",
        "updated_at": "",
    }
    assert "sellers praise with these words" in set_.err
    assert "Ines" in fondly("features", "show", "P1").out
    assert fondly("features", "reset", "P1").code == 0
    shown = fondly("features", "show", "P1")
    assert (shown.code, shown.out) == (1, "")
    assert shown.err == "no features of product P1 are stored: see `fondly features list`\n"
    assert fondly("features", "reset", "P1").code == 1


def test_an_unknown_product_is_pointed_out(fondly: "Fondly") -> None:
    """It may come with the next file, or be a mistake."""
    answer = fondly("features", "set", "P77", "soft light")
    assert answer.code == 0
    assert "no features of product P77 were stored before: is the id right?" in answer.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("P1", "30 hours"), "'30 hours': a figure"),
        (("P1", "soft light", "--language", "xx"), "no word lists for 'xx'"),
    ],
)
def test_what_cannot_be_stored_changes_nothing(
    fondly: "Fondly", words: tuple[str, ...], message: str
) -> None:
    """One line says why."""
    answer = fondly("features", "set", *words)
    assert (answer.code, answer.out) == (1, "")
    assert message in answer.err
    assert fondly("features", "show", "P1", "--json").json == LAMP.model_dump(mode="json")
