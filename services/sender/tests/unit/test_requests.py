"""Requests of customers as messages of the queue."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.contracts.consent import Frequency
from fondly.contracts.tokens import UNSUBSCRIBE, sign
from fondly.sender.adapters.ses_notifications import is_notification
from fondly.sender.domain.requests import (
    MAX_BODY_CHARS,
    MAX_FIELDS,
    MAX_TOPIC_CHARS,
    MAX_TOPICS,
    ONE_CLICK,
    Preferences,
    Request,
    RequestError,
    preferences_of,
)

TOKEN = sign(b"key", UNSUBSCRIBE, "K-7")
MULTIPART = '--b7\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b7--\r\n'
"""As RFC 8058 has it in its example."""


def test_a_form_of_preferences_never_unsubscribes() -> None:
    """Not even an empty one: who has changed their mind wants something else."""
    with pytest.raises(RequestError, match="expected frequency="):
        Request.of_message(f"{TOKEN}\npreferences=&")


@pytest.mark.parametrize("form", [ONE_CLICK, MULTIPART, "", "anything=else", "no form at all", "%00%ff"])
def test_whatever_asks_for_nothing_else_unsubscribes(form: str) -> None:
    """Both types of the body that RFC 8058 allows, and bodies that nobody should send."""
    assert Request.of_message(f"{TOKEN}\n{form}") == Request(TOKEN)


def test_preferences_are_read_from_a_form() -> None:
    """A department may have any name."""
    expected = Preferences(Frequency.WEEKLY, ("Home & Kitchen", "Zubehör"))
    assert preferences_of(expected.form) == expected
    assert preferences_of("frequency=any") == Preferences()
    assert preferences_of("frequency=monthly&off=+&off=A&off=A") == Preferences(Frequency.MONTHLY, ("A",))


@pytest.mark.parametrize(
    "form",
    [
        "frequency=daily",
        "frequency=",
        "frequency=any&off=" + "x" * (MAX_TOPIC_CHARS + 1),
        "frequency=any" + "".join(f"&off={number}" for number in range(MAX_TOPICS + 1)),
        "&".join(["frequency=any"] * (MAX_FIELDS + 1)),
        "x" * (MAX_BODY_CHARS + 1),
    ],
)
def test_preferences_that_there_are_not_are_refused(form: str) -> None:
    """The error says what is expected, and nothing of what was sent."""
    with pytest.raises(RequestError, match=r"expected|at most") as caught:
        preferences_of(form)
    assert "daily" not in str(caught.value)
    assert "xxx" not in str(caught.value)


@given(
    st.text(max_size=40),
    st.sampled_from(Frequency),
    st.lists(
        st.text(min_size=1, max_size=MAX_TOPIC_CHARS).filter(lambda t: t == t.strip()),
        max_size=5,
        unique=True,
    ),
)
def test_a_request_comes_through_the_queue(token: str, frequency: Frequency, topics: list[str]) -> None:
    """As a line with any token, and a form, without the control characters that SQS refuses."""
    token = token.encode("utf-8", "replace").decode()
    preferences = Preferences(frequency, tuple(t.encode("utf-8", "replace").decode() for t in topics))
    for request in (Request(token), Request(token, preferences)):
        assert Request.of_message(request.message) == request
        assert request.message.count("\n") == 1
        assert all(" " <= sign <= "~" for sign in request.message.replace("\n", ""))


@given(st.text(max_size=60))
def test_no_token_makes_a_request_look_like_a_notification(token: str) -> None:
    """Anybody can send any token; what is believed of the provider must not come from there."""
    for forged in (token, '{"eventType": "Bounce"' + token, "Successfully validated SNS topic" + token):
        assert not is_notification(Request(forged).message)


def test_a_signed_token_stays_as_it_is() -> None:
    """API Gateway percent-encodes it too: that changes nothing in a token of ours."""
    assert Request(TOKEN).message == f"{TOKEN}\nList-Unsubscribe=One-Click"
