from decimal import Decimal

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


def test_a_unit_without_a_price_is_shown_at_zero() -> None:
    """It is neither guessed nor left out."""
    unit = "bedrock.input_tokens.somebody.model-1"
    assert cost_usd({unit: Decimal(5)}) == {f"unpriced.{unit}": Decimal(0), "total": Decimal(0)}
