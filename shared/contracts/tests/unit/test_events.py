from pathlib import Path

import pytest

from fondly.contracts.errors import NewerReleaseError, PermanentError
from fondly.contracts.events import (
    DataIngested,
    DeliverPart,
    EmailBounced,
    EmailFinished,
    EmailSent,
    EmailSuppressed,
    EventData,
    InteractionsIngested,
    RecommendationsReady,
    RecommenderPoll,
    RenderPart,
    RunFinished,
    SafetyReported,
    SenderPoll,
    SentimentScored,
    UploadRead,
    event_type,
    new_event,
    parse_event,
)

SAMPLES = Path(__file__).parents[1] / "samples"
KINDS: list[type[EventData]] = [
    UploadRead,
    DataIngested,
    InteractionsIngested,
    SentimentScored,
    RecommenderPoll,
    RecommendationsReady,
    EmailFinished,
    RunFinished,
    SafetyReported,
    DeliverPart,
    RenderPart,
    SenderPoll,
    EmailSent,
    EmailSuppressed,
    EmailBounced,
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.type)
def test_stored_samples_of_every_event_keep_parsing(kind: type[EventData]) -> None:
    """A message of an older version is still read completely."""
    body = (SAMPLES / f"{kind.type.removeprefix('fondly.')}.json").read_text()
    event = parse_event(body, kind)
    assert event.run_id in {"run-0123456789abcdef", "events-0123456789abcdef"}
    assert event.traceparent is not None
    assert event.model_dump_json() == event.model_validate_json(body).model_dump_json()


def test_every_sample_is_of_a_known_event() -> None:
    """No sample is left untested."""
    assert {path.stem for path in SAMPLES.glob("*.json")} == {
        kind.type.removeprefix("fondly.") for kind in KINDS
    }


def test_the_same_cause_always_gives_the_same_id() -> None:
    """A repeated announcement has the same id; another part, run or type has another."""

    def event_id(run_id: str, part: int, kind: type[DataIngested | RecommendationsReady]) -> str:
        data = kind.model_validate({"part": part, "parts": 2, "key": "k", "customers": 1, "reviews": 1})
        return new_event(data, run_id=run_id, source="s").id

    assert event_id("r", 1, DataIngested) == event_id("r", 1, DataIngested)
    others = {
        event_id("r", 2, DataIngested),
        event_id("q", 1, DataIngested),
        event_id("r", 1, RecommendationsReady),
    }
    assert len({event_id("r", 1, DataIngested)} | others) == 4


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "not an event"),
        ("[]", "not an event"),
        ('{"type": "com.example.other.v1"}', "expected fondly.sentiment-scored.v1, got com.example.other.v1"),
        ('{"type": "fondly.sentiment-scored.v1"}', "id: Field required"),
    ],
)
def test_an_invalid_event_is_a_permanent_failure(body: str, reason: str) -> None:
    """The error says what is wrong with the body; a retry cannot help."""
    with pytest.raises(PermanentError, match=reason):
        parse_event(body, SentimentScored)


def test_an_event_that_only_a_newer_release_knows_is_left_to_its_tasks() -> None:
    """While both run, one of them takes the message when it comes back."""
    with pytest.raises(NewerReleaseError, match=r"expected fondly.sentiment-scored.v1, got fondly.other.v1"):
        parse_event('{"type": "fondly.other.v1"}', SentimentScored)


def test_an_unknown_member_is_ignored() -> None:
    """Producers may add members before consumers know them."""
    event = new_event(SentimentScored(parts=1, reviews=2), run_id="r", source="s")
    body = event.model_dump_json().replace('"parts":1', '"parts":1,"colour":"red"')
    assert parse_event(body, SentimentScored).data.parts == 1
    assert event_type(body) == SentimentScored.type
