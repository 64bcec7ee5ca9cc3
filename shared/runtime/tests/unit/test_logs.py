import json

import pytest
from pydantic import ValidationError

from fondly.contracts.records import Customer
from fondly.runtime.logs import bind_event, configure_logging, get_logger
from fondly.runtime.metrics import Metric, emit


def test_lines_are_json_with_the_bound_context(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal every line is JSON with service, run, event and part."""
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


def test_lines_below_the_level_are_dropped(capsys: pytest.CaptureFixture[str]) -> None:
    """The level is a setting."""
    configure_logging(service="mailer", level="WARNING")
    get_logger().info("detail")
    get_logger().warning("trouble")
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == ["trouble"]


def test_tracebacks_have_no_local_variables(capsys: pytest.CaptureFixture[str]) -> None:
    """Customers' texts are in local variables and must never be logged."""
    configure_logging(service="mailer")

    def fail(review_text: str) -> None:
        raise RuntimeError(f"{len(review_text)} characters")

    try:
        fail("my secret review!")
    except RuntimeError as error:
        get_logger().error("message_failed", exc_info=error)
    written = capsys.readouterr().err
    assert "17 characters" in written
    assert "secret" not in written


def test_errors_of_invalid_records_do_not_quote_values() -> None:
    """A validation error names the member and the rule only."""
    with pytest.raises(ValidationError) as refused:
        Customer.model_validate({"customer_id": "c", "age": "Priya Sharma"})
    assert "age" in str(refused.value)
    assert "Priya" not in str(refused.value)


def test_metrics_do_not_depend_on_the_log_level(capsys: pytest.CaptureFixture[str]) -> None:
    """Alarms must not go blind because somebody wants a quieter log."""
    configure_logging(service="mailer", level="ERROR")
    get_logger().warning("not_written")
    emit({Metric.EMAILS: 3})
    [line] = capsys.readouterr().err.splitlines()
    written = json.loads(line)
    assert (written["emails"], written["service"]) == (3, "mailer")
    assert written["_aws"]["CloudWatchMetrics"][0]["Metrics"] == [{"Name": "emails", "Unit": "Count"}]
