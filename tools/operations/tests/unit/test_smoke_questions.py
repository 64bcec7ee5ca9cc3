"""What a real account may say to the questions of a smoke test, which no emulator does."""

from collections.abc import Mapping
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from fondly.contracts.clock import utc_now
from fondly.operations.smoke.questions import QUESTIONS, Asked, verdict
from fondly.operations.smoke.state import Outcome

if TYPE_CHECKING:
    from fondly.operations.cleanup.scope import Scope

MODEL = "eu.anthropic.claude-haiku-5-5"
_, _, REACHES, NONE_FAILED, BURN_DOWN = QUESTIONS


class FakeAWS:
    """An environment's clients: CloudWatch with these sums, and a queue with a key of KMS or none."""

    def __init__(self, sums: Mapping[str, float], *, encrypted: bool = True) -> None:
        self._sums, self._encrypted = sums, encrypted
        self.cloudwatch = self.sqs = self

    def named(self, name: str) -> str:
        """A resource's name."""
        return f"fondly-dev-{name}"

    async def queue_url(self, name: str) -> str:
        """A queue's URL."""
        return name

    async def get_queue_attributes(self, **_: object) -> Any:  # noqa: ANN401 - an answer
        """Say whether the queue has a key."""
        return {"Attributes": {"KmsMasterKeyId": "key"} if self._encrypted else {}}

    async def get_metric_statistics(self, *, MetricName: str, **_: object) -> Any:  # noqa: ANN401, N803 - AWS's
        """Answer with a metric's sum, in two pieces, if there is one."""
        half = self._sums.get(MetricName, 0) / 2
        return {"Datapoints": [{"Sum": half}, {"Sum": half}] if MetricName in self._sums else []}


async def ask(question: str, aws: FakeAWS) -> tuple[Outcome, str, str]:
    """Ask after a run that has read 1,000 tokens, cached 500 and written 200."""
    kinds = {"input_tokens": 1_000, "cache_write_tokens": 500, "output_tokens": 200}
    units = {f"bedrock.{kind}.{MODEL}": Decimal(number) for kind, number in kinds.items()}
    scope = cast("Scope", SimpleNamespace(environment=aws))
    found = await verdict(question, Asked(scope, units, utc_now()))
    return found.outcome, found.seen, found.change


@pytest.mark.parametrize(
    ("used", "outcome", "seen", "change"),
    [
        (3_500, Outcome.YES, "10.0, and 10 in our table", ""),
        (2_500, Outcome.NO, "5.0, and 10 in our table", "bedrock_models.toml: burn_down = 5"),
        (0, Outcome.NOT_ASKED, "CloudWatch has no EstimatedTPMQuotaUsage", ""),
    ],
)
async def test_burn_down_is_what_quota_the_answers_took(
    used: int, outcome: Outcome, seen: str, change: str
) -> None:
    """What was read counts once; the rest is by token written."""
    found = await ask(BURN_DOWN, FakeAWS({"EstimatedTPMQuotaUsage": used}))
    assert found[:2] == (outcome, seen)
    assert found[2].endswith(change)


@pytest.mark.parametrize(
    ("sums", "reaches", "none_failed"),
    [
        ({"Invocations": 4}, Outcome.YES, Outcome.YES),
        ({"Invocations": 4, "FailedInvocations": 1}, Outcome.YES, Outcome.NO),
        ({"Invocations": 4, "FailedInvocations": 4}, Outcome.NO, Outcome.NO),
        ({}, Outcome.NOT_ASKED, Outcome.NOT_ASKED),
    ],
)
async def test_invocations_tell_whether_events_reach_the_queue(
    sums: Mapping[str, float], reaches: Outcome, none_failed: Outcome
) -> None:
    """A no names the key's policy; without any invocation nothing is known."""
    aws = FakeAWS(sums)
    answers = [await ask(REACHES, aws), await ask(NONE_FAILED, aws)]
    assert [outcome for outcome, _, _ in answers] == [reaches, none_failed]
    assert all(("infra/modules/keys" in change) is (outcome is Outcome.NO) for outcome, _, change in answers)


async def test_a_queue_without_a_key_says_nothing_of_kms() -> None:
    """As on an emulator."""
    found = await ask(REACHES, FakeAWS({"Invocations": 4}, encrypted=False))
    assert found[:2] == (Outcome.NOT_ASKED, "the queue has no key of KMS")
