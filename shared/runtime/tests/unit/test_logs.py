import json

import pytest
from pydantic import ValidationError

from encore.contracts.records import Customer
from encore.runtime.logs import bind_event, configure_logging, get_logger


def test_lines_are_json_with_what_is_bound(capsys: pytest.CaptureFixture[str]) -> None:
    """Away from a terminal every line is JSON and carries service, run, event and part."""
    configure_logging(service="mailer")
    bind_event(run_id="run-1", event_id="e-1", part=3)
    get_logger().info("part_mailed", emails=5)
    line = json.loads(capsys.readouterr().err)
    assert line.pop("timestamp")
    assert line == {
        "event": "part_mailed",
        "level": "info",
        "service": "mailer",
        "run_id": "run-1",
        "event_id": "e-1",
        "part": 3,
        "emails": 5,
    }


def test_quiet_levels_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    """The level setting decides what is written."""
    configure_logging(service="mailer", level="WARNING")
    get_logger().info("detail")
    get_logger().warning("trouble")
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == ["trouble"]


def test_tracebacks_carry_no_local_variables(capsys: pytest.CaptureFixture[str]) -> None:
    """What a customer wrote stands in local variables and never reaches the log."""
    configure_logging(service="mailer")

    def fail(review_text: str) -> None:
        raise RuntimeError(f"{len(review_text)} characters")

    try:
        fail("my secret opinion")
    except RuntimeError as error:
        get_logger().error("message_failed", exc_info=error)
    written = capsys.readouterr().err
    assert "17 characters" in written
    assert "secret" not in written


def test_invalid_records_do_not_quote_what_they_hold() -> None:
    """A validation error names the member and the rule, not the value."""
    with pytest.raises(ValidationError) as refused:
        Customer.model_validate({"customer_id": "c", "age": "Priya Sharma"})
    assert "age" in str(refused.value)
    assert "Priya" not in str(refused.value)
