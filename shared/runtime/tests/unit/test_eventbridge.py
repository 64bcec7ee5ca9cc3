from pathlib import Path

import pytest

from fondly.contracts.errors import PermanentError
from fondly.contracts.events import SentimentScored, new_event
from fondly.runtime.eventbridge import read_aws_event

SAMPLES = Path(__file__).parents[1] / "samples" / "eventbridge"


@pytest.mark.parametrize("path", sorted(SAMPLES.iterdir()), ids=lambda path: path.stem)
def test_a_stored_event_of_an_aws_service_is_read(path: Path) -> None:
    """It is distinguished from other messages, and has the ARNs it concerns."""
    event = read_aws_event(path.read_text(), source=path.stem)
    assert event is not None
    assert event.detail_type
    assert event.resources[0].startswith("arn:aws:")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        new_event(SentimentScored(parts=1, reviews=2), run_id="r", source="s").model_dump_json(),
    ],
)
def test_any_other_message_is_not_an_aws_event(body: str) -> None:
    """The caller parses it as the event it expects and reports what is wrong with it."""
    assert read_aws_event(body, source="aws.events") is None


def test_an_event_of_another_service_is_a_permanent_failure() -> None:
    """No consumer can handle it; the dead letter's reason names the service."""
    body = (SAMPLES / "aws.events.json").read_text()
    with pytest.raises(PermanentError, match=r"'Scheduled Event' from aws\.events"):
        read_aws_event(body, source="aws.personalize")
