from pathlib import Path

import pytest

from encore.contracts.errors import PermanentError
from encore.contracts.events import SentimentScored, new_event
from encore.runtime.eventbridge import read_aws_event

SAMPLES = Path(__file__).parents[1] / "samples" / "eventbridge"


@pytest.mark.parametrize("path", sorted(SAMPLES.iterdir()), ids=lambda path: path.stem)
def test_a_stored_event_of_a_service_is_read(path: Path) -> None:
    """What an AWS service sends through EventBridge is told from other messages, with what it is about."""
    event = read_aws_event(path.read_text(), source=path.stem)
    assert event is not None
    assert event.detail_type.endswith(" State Change")
    assert event.resources[0].startswith("arn:aws:")
    assert event.detail["status"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        new_event(SentimentScored(parts=1, reviews=2), run_id="r", source="s").model_dump_json(),
    ],
)
def test_any_other_message_is_none_of_eventbridges(body: str) -> None:
    """The caller goes on to read it as what it expects, and names what is wrong with it."""
    assert read_aws_event(body, source="aws.bedrock") is None


def test_another_service_is_permanently_refused() -> None:
    """Nobody here knows what to do with it, so the dead letters name the service."""
    body = (SAMPLES / "aws.bedrock.json").read_text()
    with pytest.raises(PermanentError, match=r"'Batch Inference Job State Change' of aws\.bedrock"):
        read_aws_event(body, source="aws.personalize")
