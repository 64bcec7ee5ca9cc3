"""Reading dead letters, whatever they hold."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encore.cli.domain.letters import RECEIVED_TOO_OFTEN, Filter, read_letter

EVENT = {"type": "encore.data-ingested.v1", "subject": "run-1", "data": {"part": 3}}


def a_message(body: str, **attributes: str) -> dict[str, Any]:
    """Return a message as SQS hands it out."""
    return {
        "MessageId": "m-1",
        "ReceiptHandle": "r-1",
        "Body": body,
        "Attributes": {"ApproximateReceiveCount": "9", "SentTimestamp": "1767225600000"},
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        },
    }


def test_a_letter_tells_why_it_died() -> None:
    """The facts that a consumer attached, and the event's run and part."""
    letter = read_letter(
        a_message(
            json.dumps(EVENT),
            reason="no such file",
            exception="PermanentError",
            handler="Handler",
            receive_count="2",
            first_received_ms="1767225600000",
        )
    )
    assert (letter.reason, letter.exception, letter.handler) == ("no such file", "PermanentError", "Handler")
    assert (letter.run_id, letter.about, letter.receives) == ("run-1", "data-ingested part 3", 2)
    assert letter.first_received_at is not None
    assert letter.first_received_at.isoformat() == "2026-01-01T00:00:00+00:00"


def test_a_letter_that_sqs_gave_up_was_received_too_often() -> None:
    """Nobody attached a reason: its own count of receives is what there is."""
    letter = read_letter(a_message(json.dumps(EVENT)))
    assert (letter.reason, letter.exception, letter.receives) == (RECEIVED_TOO_OFTEN, None, 9)


def test_a_redriven_letter_keeps_its_own_attributes_only() -> None:
    """Its trace goes on; why it died the last time is past."""
    letter = read_letter(a_message("{}", traceparent="00-ab-cd-01", reason="x", handler="y"))
    assert set(letter.attributes) == {"traceparent"}


def test_a_letter_about_an_upload_names_its_key() -> None:
    """What S3 sends knows no run."""
    body = json.dumps({"Records": [{"s3": {"object": {"key": "uploads/a.csv"}}}]})
    letter = read_letter(a_message(body))
    assert (letter.about, letter.run_id) == ("upload uploads/a.csv", None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["type", "subject", "data", "Records"]), inner)
    ),
)


@given(st.text() | JSON.map(json.dumps))
def test_no_body_is_too_odd_to_be_shown(body: str) -> None:
    """Anybody may have sent it."""
    assert read_letter(a_message(body)).body == body


@pytest.mark.parametrize("fact", ["first_received_ms", "receive_count"])
@pytest.mark.parametrize("odd", ["", "soon", "-1", "9" * 30, "9" * 5_000, "²"])
def test_odd_facts_are_no_obstacle(fact: str, odd: str) -> None:
    """Attributes are as untrusted as bodies."""
    read_letter(a_message("{}", **{fact: odd}))


@pytest.mark.parametrize(
    ("which", "taken"),
    [
        (Filter(), True),
        (Filter(run_id="run-1"), True),
        (Filter(run_id="run-2"), False),
        (Filter(message_id="m-1"), True),
        (Filter(message_id="m-2"), False),
        (Filter(run_id="run-1", message_id="m-2"), False),
    ],
)
def test_a_filter_takes_what_is_meant(which: Filter, taken: bool) -> None:  # noqa: FBT001 - a table's column
    """By run, by id, or both."""
    assert which.takes(read_letter(a_message(json.dumps(EVENT)))) is taken
