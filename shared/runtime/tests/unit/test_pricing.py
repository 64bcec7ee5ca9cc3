import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from fondly.runtime.runs.pricing import ai_cost_usd, cost_usd, listed, models, price_of, prices

ROOT = Path(__file__).parents[4]
UNIT = re.compile(r'"((?:comprehend|personalize|bedrock|dynamodb|s3|sns|sqs)\.[a-z_]+)"')


def test_units_are_priced_by_service_and_in_total() -> None:
    """Costs are units times list prices, rounded to a millionth of a dollar."""
    costs = cost_usd({"comprehend.units": Decimal(1000), "s3.puts": Decimal(2000)})
    assert costs == {
        "comprehend": Decimal("0.100000"),
        "s3": Decimal("0.010000"),
        "total": Decimal("0.110000"),
    }


def test_a_region_prefix_does_not_change_a_models_price() -> None:
    """An inference profile costs the same as its model; input and output prices differ."""
    price = price_of("bedrock.input_tokens.anthropic.claude-haiku-5-5")
    assert price == price_of("bedrock.input_tokens.eu.anthropic.claude-haiku-5-5")
    assert price_of("bedrock.output_tokens.anthropic.claude-haiku-5-5") == Decimal("0.0000005")


@pytest.mark.parametrize(
    ("unit", "usual", "share"),
    [
        ("cache_read_tokens", "input_tokens", "0.1"),
        ("cache_write_tokens", "input_tokens", "1.25"),
    ],
)
def test_cached_tokens_have_their_own_prices(unit: str, usual: str, share: str) -> None:
    """A cache read costs a tenth, a write a quarter more."""
    model = "anthropic.claude-sonnet-5-5"
    price, full = price_of(f"bedrock.{unit}.{model}"), price_of(f"bedrock.{usual}.{model}")
    assert full is not None
    assert price == full * Decimal(share)


def test_a_kind_of_tokens_that_has_no_price_is_not_guessed() -> None:
    """A new one must be added to the table."""
    assert price_of("bedrock.image_tokens.anthropic.claude-haiku-5-5") is None


def test_a_unit_without_a_price_is_shown_at_zero() -> None:
    """It is neither guessed nor left out."""
    unit = "bedrock.input_tokens.somebody.model-1"
    assert cost_usd({unit: Decimal(5)}) == {f"unpriced.{unit}": Decimal(0), "total": Decimal(0)}


def test_every_unit_that_a_service_records_has_a_price() -> None:
    """A new unit without an entry in the price file is found here, not on the bill."""
    sources = [
        path.read_text("utf-8")
        for folder in ("services", "shared/runtime")
        for path in (ROOT / folder).glob("**/src/**/*.py")
    ]
    used = {unit for text in sources for unit in UNIT.findall(text)}
    assert {"comprehend.units", "personalize.recommendations", "sqs.requests"} <= used
    plain = {unit for unit in used if not unit.startswith("bedrock.")}
    assert {unit for unit in plain if price_of(unit) is None} == set()
    tokens = {unit.removeprefix("bedrock.") for unit in used - plain}
    assert {
        (kind, model) for kind in tokens for model in models() if price_of(f"bedrock.{kind}.{model}") is None
    } == set()


def test_every_price_has_its_source() -> None:
    """A price without page, region and day could not be checked."""
    today = datetime.now(UTC).date()
    for unit, price in prices().items():
        assert price.page.startswith("https://aws.amazon.com/"), unit
        assert price.region in {"us-east-1", "eu-west-1"}, unit
        assert price.meaning, unit
        assert price.usd > 0, unit
        assert price.date <= today, unit


def test_what_costs_more_where_the_guide_deploys_has_that_price() -> None:
    """`docs/deploy.md` deploys to eu-west-1."""
    guide = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    assert "export AWS_REGION=eu-west-1 " in guide
    assert price_of("nat.hours") == Decimal("0.048")
    assert price_of("dynamodb.writes") == Decimal("0.000000705")
    own = {unit.split(".")[0] for unit, price in prices().items() if price.region == "eu-west-1"}
    assert own == {"dynamodb", "nat", "cloudwatch", "endpoint", "balancer"}


def test_a_models_price_has_the_source_of_its_tokens() -> None:
    """Shares of a price are of the same page; a prefix of a region changes nothing."""
    shared = listed("bedrock.cache_read_tokens.eu.anthropic.claude-haiku-5-5")
    full = listed("bedrock.input_tokens.anthropic.claude-haiku-5-5")
    assert shared
    assert full
    assert (shared.page, shared.usd) == (full.page, full.usd / 10)


def test_the_ai_services_are_priced_apart() -> None:
    """A budget counts what they charge, which is nearly all of a run's cost."""
    units = {"comprehend.units": Decimal(3), "personalize.recommendations": Decimal(2), "s3.puts": Decimal(9)}
    assert ai_cost_usd(units) == Decimal("0.0006")


def test_each_models_cached_tokens_have_prices_of_their_own() -> None:
    """One model's cache is not read at another's price."""
    for model in models():
        usual, cached = (
            prices().get(f"bedrock.{kind}.{model}") for kind in ("input_tokens", "cache_read_tokens")
        )
        assert (cached is None) == (usual is None)
        assert usual is None or cached is None or 0 < cached.usd < usual.usd
