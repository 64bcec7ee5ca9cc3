from decimal import Decimal

from structlog.testing import capture_logs

from fondly.runtime.metrics import emit_ai_units


def test_ai_units_are_summed_over_models() -> None:
    """Input and output tokens are one metric each; units of other services are left out."""
    units = {
        "bedrock.input_tokens.anthropic.claude-haiku-4-5-20251001-v1:0": Decimal(700),
        "bedrock.input_tokens.another": Decimal(300),
        "bedrock.output_tokens.another": Decimal(90),
        "s3.puts": Decimal(8),
    }
    with capture_logs() as lines:
        emit_ai_units(units)
    [line] = lines
    assert {name: line.get(name) for name in ("model_input_tokens", "model_output_tokens")} == {
        "model_input_tokens": 1000,
        "model_output_tokens": 90,
    }
    assert "s3.puts" not in str(line)


def test_a_part_without_ai_units_writes_no_metrics() -> None:
    """An empty line is not written."""
    with capture_logs() as lines:
        emit_ai_units({"s3.puts": Decimal(8)})
    assert lines == []
