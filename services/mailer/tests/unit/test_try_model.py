"""Whether the model can be used is asked by a small request that has all that emails' requests have."""

import asyncio
import json
from datetime import UTC, datetime

import pytest

from fondly.contracts.errors import PermanentError
from fondly.contracts.events import UploadRead
from fondly.mailer.adapters.bedrock_capabilities import capabilities_of
from fondly.mailer.domain.copy.prompt import Style
from fondly.mailer.use_cases import try_model
from fondly.mailer.use_cases.ask_once import AskOnce
from fondly.mailer.use_cases.try_model import CALLS_PER_CUSTOMER, TryModel, trial_prompts
from fondly.runtime.kept_answers import KeptAnswers
from fondly.runtime.quota.outlook import Outlook
from services.mailer.tests.stub_bedrock import StubBedrock, model
from tests.support.kept_answers import InMemoryKeptAnswers

STYLE = Style(brand="Lamps", locale="en_IN")
HAIKU = "global.anthropic.claude-haiku-5-5"
READ_USD, WRITTEN_USD = 0.125e-6, 0.5e-6
"""Of Haiku 5.5's tokens, where what is read is also written to the cache."""
UPLOAD = UploadRead(customers=9)


def a_task(bedrock: StubBedrock, kept: KeptAnswers | None = None, *, configured: str = "") -> TryModel:
    """What one of the mailer's tasks asks."""
    haiku = model(bedrock, model_id=HAIKU, capabilities=capabilities_of(HAIKU))
    ask_once = AskOnce(model=haiku, model_id=HAIKU, kept=kept or InMemoryKeptAnswers(), parallel=2)
    return TryModel(ask_once, STYLE, configured, Outlook(lambda: 1.0, 3_600))


async def test_a_trial_has_all_that_emails_requests_have_for_less_than_a_thousandth_of_a_dollar() -> None:
    """The same members, schema and guardrail, so that the model refuses what it would refuse of emails."""
    trial, real, haiku = StubBedrock(), StubBedrock(), capabilities_of(HAIKU)
    await a_task(trial).require(UPLOAD)
    await model(real, model_id=HAIKU, capabilities=haiku).ask(trial_prompts(STYLE)[1])
    system, cached = trial.request.pop("system")
    whole = real.request.pop("system")
    assert trial.request == real.request
    assert (whole[0]["text"].startswith(system["text"].rpartition("\n")[0]), whole[1]) == (True, cached)
    chars = len(json.dumps([system, trial.request]))
    most = chars / haiku.chars_per_token * READ_USD
    most += trial.request["inferenceConfig"]["maxTokens"] * WRITTEN_USD
    assert 0 < most < 0.001


@pytest.mark.parametrize(
    "error",
    [
        ("AccessDeniedException", "You don't have access to the model with the specified model ID.", 403),
        ("ValidationException", "The provided model identifier is invalid.", 400),
        ("ValidationException", "prompt: something that no table knows of", 400),
    ],
)
async def test_a_model_that_refuses_the_request_is_named(error: tuple[str, str, int]) -> None:
    """With what it says; when the request has been changed, it is asked again."""
    kept = InMemoryKeptAnswers()
    with pytest.raises(PermanentError, match=error[1]):
        await a_task(StubBedrock(error=error), kept).require(UPLOAD)
    await a_task(StubBedrock(), kept, configured="mended").require(UPLOAD)


async def test_a_bad_answer_stops_no_run() -> None:
    """One of many may be cut short, and emails have template copy then."""
    await a_task(StubBedrock("no JSON", stop="max_tokens")).require(UPLOAD)


async def test_a_yes_holds_for_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """For all tasks, and a burst of runs."""
    kept, bedrock = InMemoryKeptAnswers(), StubBedrock()
    task = a_task(bedrock, kept)
    await asyncio.gather(*(task.require(UPLOAD) for _ in range(3)))
    await a_task(bedrock, kept).require(UPLOAD)
    assert bedrock.calls == 1
    monkeypatch.setattr(try_model, "utc_now", lambda: datetime(2099, 1, 1, tzinfo=UTC))
    await task.require(UPLOAD)
    assert bedrock.calls == 2


async def test_a_model_is_asked_for_runs_whose_emails_it_can_write_in_time() -> None:
    """Not for a run without anybody to mail, nor for one that takes longer than messages are kept."""
    bedrock = StubBedrock()
    task = a_task(bedrock)
    most = int(3_600 / CALLS_PER_CUSTOMER)
    await task.require(UploadRead(interactions=9))
    with pytest.raises(PermanentError, match=r"calls take 1 hours at .*quota"):
        await task.require(UploadRead(customers=most + 1))
    assert bedrock.calls == 0
    await task.require(UploadRead(customers=most))
    assert bedrock.calls == 1
