from datetime import UTC, datetime, timedelta

import pytest

from understudy.wire.calls import KEPT_DURATIONS, KEPT_ERRORS, CallLog

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def failed(log: CallLog, number: int) -> None:
    """Keep an error whose request has this number."""
    log.failed("DetectSentiment", "ThrottlingException", "Rate exceeded", status=400, request_id=f"r{number}")


def test_calls_are_counted_by_outcome() -> None:
    """A call that is refused is counted beside those that are answered."""
    log = CallLog()
    for outcome in ("ok", "ok", "ThrottlingException"):
        log.answered("DetectSentiment", outcome, 0.001)
    assert log.outcomes == {"DetectSentiment": {"ok": 2, "ThrottlingException": 1}}


def test_operations_are_summed_up_in_alphabetical_order() -> None:
    """The page need not sort them."""
    log = CallLog()
    for name in ("ListSchemas", "Converse", "DetectSentiment"):
        log.answered(name, "ok", 0.001)
    assert [each.name for each in log.by_operation()] == ["Converse", "DetectSentiment", "ListSchemas"]


def test_latencies_are_a_median_and_what_nearly_all_stay_within() -> None:
    """Of 1 to 100 ms, half take up to 50.5 ms and 95 up to 96."""
    log = CallLog()
    for duration_ms in range(1, 101):
        log.answered("Converse", "ok", duration_ms / 1_000)
    [calls] = log.by_operation()
    assert calls.median_ms == pytest.approx(50.5)
    assert calls.slow_ms == pytest.approx(96)


def test_one_call_is_its_own_median() -> None:
    """The first call of an operation is shown as it was."""
    log = CallLog()
    log.answered("Converse", "ok", 0.25)
    [calls] = log.by_operation()
    assert (calls.median_ms, calls.slow_ms) == (250, 250)


def test_only_the_latest_latencies_count() -> None:
    """A server that runs for weeks shows how it answers now, in bounded memory."""
    log = CallLog()
    log.answered("Converse", "ok", 3_600)
    for _ in range(KEPT_DURATIONS):
        log.answered("Converse", "ok", 0.002)
    [calls] = log.by_operation()
    assert calls.slow_ms == pytest.approx(2)
    assert calls.outcomes == {"ok": KEPT_DURATIONS + 1}


def test_the_newest_error_comes_first() -> None:
    """With the time at which it was answered."""
    times = iter([NOW, NOW + timedelta(seconds=5)])
    log = CallLog(now=lambda: next(times))
    failed(log, 1)
    failed(log, 2)
    assert [(each.request_id, each.at) for each in log.errors] == [
        ("r2", NOW + timedelta(seconds=5)),
        ("r1", NOW),
    ]


def test_old_errors_make_way() -> None:
    """A client that fails in a loop does not fill the memory."""
    log = CallLog()
    for number in range(KEPT_ERRORS + 10):
        failed(log, number)
    assert len(log.errors) == KEPT_ERRORS
    assert log.errors[-1].request_id == "r10"


def test_an_error_alone_is_no_call_of_an_operation() -> None:
    """An operation that does not exist is among the errors, and not among the operations."""
    log = CallLog()
    failed(log, 1)
    assert log.by_operation() == []
    assert log.outcomes == {}
