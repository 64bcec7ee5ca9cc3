"""What shared's tests leave behind: nothing."""

from collections.abc import Iterator

import pytest
import structlog

from encore.contracts import trace_context


@pytest.fixture(autouse=True)
def fresh_logs() -> Iterator[None]:
    """Find and leave no log configuration, bound context or trace."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    trace_context._trace_id.set(None)
