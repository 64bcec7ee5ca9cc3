"""Isolates the runtime's tests from one another."""

from collections.abc import Iterator

import pytest
import structlog

from fondly.contracts import trace_context


@pytest.fixture(autouse=True)
def fresh_logs() -> Iterator[None]:
    """Reset log configuration, bound context and trace before and after each test."""
    _reset()
    yield
    _reset()


@pytest.fixture
def rare_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let queues in memory look for messages only every second, for tests in virtual time."""
    monkeypatch.setattr("tests.support.queues.POLL_S", 1.0)


def _reset() -> None:
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    trace_context._trace_id.set(None)
