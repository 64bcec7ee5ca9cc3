from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.wire.scalars import READ, WRITE, ShapeError

NOON = datetime(2026, 11, 26, 12, 30, 15, 250_000, tzinfo=UTC)


@pytest.mark.parametrize("direction", [READ, WRITE])
@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("string", "text"),
        ("string", ""),
        ("integer", 0),
        ("long", -(2**53)),
        ("float", 1),
        ("double", 0.5),
        ("boolean", True),
        ("boolean", False),
    ],
)
def test_a_value_of_the_right_type_passes(direction: Any, kind: str, value: object) -> None:  # noqa: ANN401 - both tables
    """Unchanged, in both directions."""
    assert direction[kind](value) is value


@pytest.mark.parametrize("direction", [READ, WRITE])
@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("string", 5),
        ("string", None),
        ("string", ["a"]),
        ("integer", "5"),
        ("integer", 5.0),
        ("integer", True),
        ("long", None),
        ("float", "0.5"),
        ("double", False),
        ("boolean", 1),
        ("boolean", "true"),
    ],
)
def test_a_value_of_another_type_is_refused(direction: Any, kind: str, value: object) -> None:  # noqa: ANN401
    """JSON's types are not converted: `true` is no number, and a number is no text."""
    with pytest.raises(ShapeError, match=f"Expected {kind}"):
        direction[kind](value)


def test_times_are_seconds_on_the_wire() -> None:
    """To the millisecond, as AWS sends them."""
    assert WRITE["timestamp"](NOON) == 1_795_696_215.25
    assert READ["timestamp"](1_795_696_215.25) == NOON


def test_a_handler_returns_times_as_times() -> None:
    """A number or a text would be a mistake of understudy's."""
    with pytest.raises(ShapeError, match="Expected timestamp"):
        WRITE["timestamp"](1_700_000_000)


@given(st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds have none
def test_a_time_comes_back_as_it_was_sent(moment: datetime) -> None:
    """To the millisecond."""
    assert abs(READ["timestamp"](WRITE["timestamp"](moment)) - moment) < timedelta(milliseconds=1.5)


@given(st.binary(max_size=50))
def test_bytes_come_back_as_they_were_sent(content: bytes) -> None:
    """They are Base64 on the wire."""
    assert READ["blob"](WRITE["blob"](content)) == content


@pytest.mark.parametrize("text", ["a", "a===", "ä", "YQ=\n"])
def test_what_is_not_base64_is_refused(text: str) -> None:
    """Nothing is dropped silently."""
    with pytest.raises((ShapeError, ValueError)):
        READ["blob"](text)
