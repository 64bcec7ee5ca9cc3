"""Reading dead letters, whatever they hold."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.operations.dead_letters.dead_letter import (
    RECEIVED_TOO_OFTEN,
    Selection,
    cause_of,
    read_dead_letter,
)

EVENT = {"type": "fondly.data-ingested.v1", "subject": "run-1", "data": {"part": 3}}


def a_message(body: str, **attributes: str) -> dict[str, Any]:
    """Return a message as SQS returns it."""
    return {
        "MessageId": "m-1",
        "ReceiptHandle": "r-1",
        "Body": body,
        "Attributes": {"ApproximateReceiveCount": "9", "SentTimestamp": "1767225600000"},
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        },
    }


def test_a_dead_letter_has_the_facts_that_a_consumer_attached() -> None:
    """And the event's run and part."""
    dead_letter = read_dead_letter(
        a_message(
            json.dumps(EVENT),
            reason="no such file",
            exception="PermanentError",
            handler="Handler",
            receive_count="2",
            first_received_ms="1767225600000",
        )
    )
    assert (dead_letter.reason, dead_letter.exception, dead_letter.handler) == (
        "no such file",
        "PermanentError",
        "Handler",
    )
    assert (dead_letter.run_id, dead_letter.about, dead_letter.receives) == (
        "run-1",
        "data-ingested part 3",
        2,
    )
    assert dead_letter.first_received_at is not None
    assert dead_letter.first_received_at.isoformat() == "2026-01-01T00:00:00+00:00"


def test_a_dead_letter_moved_by_sqs_was_received_too_often() -> None:
    """Without a reason attached, the number of receives is SQS's own."""
    dead_letter = read_dead_letter(a_message(json.dumps(EVENT)))
    assert (dead_letter.reason, dead_letter.exception, dead_letter.receives) == (RECEIVED_TOO_OFTEN, None, 9)


def test_a_redriven_message_keeps_its_own_attributes_only() -> None:
    """Its trace continues; the reason of the last failure is dropped."""
    dead_letter = read_dead_letter(a_message("{}", traceparent="00-ab-cd-01", reason="x", handler="y"))
    assert set(dead_letter.attributes) == {"traceparent"}


def test_a_notification_from_s3_names_its_key() -> None:
    """It has no run."""
    body = json.dumps({"Records": [{"s3": {"object": {"key": "uploads/a.csv"}}}]})
    dead_letter = read_dead_letter(a_message(body))
    assert (dead_letter.about, dead_letter.run_id) == ("upload uploads/a.csv", None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["type", "subject", "data", "Records"]), inner)
    ),
)


@given(st.text() | JSON.map(json.dumps))
def test_any_body_can_be_shown(body: str) -> None:
    """Whatever was sent."""
    assert read_dead_letter(a_message(body)).body == body


@pytest.mark.parametrize("fact", ["first_received_ms", "receive_count"])
@pytest.mark.parametrize("odd", ["", "soon", "-1", "9" * 30, "9" * 5_000, "²"])
def test_malformed_facts_are_tolerated(fact: str, odd: str) -> None:
    """Attributes are no more trusted than bodies."""
    read_dead_letter(a_message("{}", **{fact: odd}))


@pytest.mark.parametrize(
    ("selection", "included"),
    [
        (Selection(), True),
        (Selection(run_id="run-1"), True),
        (Selection(run_id="run-2"), False),
        (Selection(message_ids=["m-1"]), True),
        (Selection(message_ids=["m-2"]), False),
        (Selection(message_ids=[]), False),
        (Selection(run_id="run-1", message_ids=["m-2"]), False),
    ],
)
def test_a_selection_is_by_run_and_message_id(selection: Selection, included: bool) -> None:  # noqa: FBT001 - a table's column
    """Either is enough; if both are given, both must match."""
    assert selection.includes(read_dead_letter(a_message(json.dumps(EVENT)))) is included


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (RECEIVED_TOO_OFTEN, "failed or was killed"),
        ("not an event: type: Field required", "somebody else"),
        ("notification for another bucket: found b, expected a", "somebody else"),
        ("run run-1 is not in the ledger", "expired or was deleted"),
        ("model m cannot be used: AccessDeniedException: no", "AWS refuses it: a permission"),
        ("Personalize refused dataset group: LimitExceededException: 5", "AWS refuses it, by a quota"),
        (
            "9,000 calls take 99 hours at 90 an hour, and messages are kept for 96",
            "quota the run takes longer",
        ),
        ("something that nobody has thought of", "can never be handled"),
    ],
)
def test_each_reason_has_a_cause_in_plain_words_and_a_remedy(reason: str, words: str) -> None:
    """Whatever the reason is."""
    assert words in cause_of(reason).words
    assert "edrive" in cause_of(reason).remedy or "Discard" in cause_of(reason).remedy
