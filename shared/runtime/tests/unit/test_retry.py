import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.runtime.retry import backoff_s


@given(st.integers(min_value=1, max_value=10_000))
def test_backoff_is_bounded_and_never_immediate(receive_count: int) -> None:
    """A delay is at least the base, at most the exponential ceiling, and never above the cap."""
    delay_s = backoff_s(receive_count, base_s=0.5, cap_s=60)
    assert 0.5 <= delay_s <= min(60, 0.5 * 2.0 ** min(receive_count, 30))


def test_a_message_is_not_tried_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever comes out by chance, which hypothesis makes the same each time."""
    monkeypatch.setattr("random.uniform", min)
    assert backoff_s(3, base_s=0.5) == 0.5
