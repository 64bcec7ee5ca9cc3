from decimal import Decimal

import pytest

from encore.runtime.runs.pricing import cost_usd, price_of


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
        ("batch_input_tokens", "input_tokens", "0.5"),
        ("batch_output_tokens", "output_tokens", "0.5"),
    ],
)
def test_cached_tokens_and_those_of_batches_have_their_own_prices(unit: str, usual: str, share: str) -> None:
    """A cache read costs a tenth, a write a quarter more, and batch inference half."""
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
