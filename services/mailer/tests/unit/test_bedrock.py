import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fondly.contracts.errors import PermanentError, TransientError
from fondly.mailer.adapters.bedrock_capabilities import UNKNOWN
from fondly.mailer.adapters.bedrock_requests import THINKING_TOKENS, Guardrail
from fondly.mailer.ports import ModelReply
from fondly.runtime.quota.limiter import Limiter
from fondly.runtime.quota.turns import WithdrawnError
from fondly.runtime.retry import PACED_TRIES
from services.mailer.tests.stub_bedrock import EVERYTHING, LONG, StubBedrock, model, prompt
from tests.support.virtual_time import VirtualTimeLoop


async def asked(stub: StubBedrock) -> ModelReply:
    """One call of the adapter."""
    return await model(stub).ask(prompt())


def in_virtual_time(call: Coroutine[Any, Any, ModelReply]) -> ModelReply:
    """What a call returns; the limiter's waiting takes no time."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(call)


async def test_a_request_has_the_models_settings_and_the_schema() -> None:
    """Model id and temperature are those of the settings."""
    stub = StubBedrock()
    reply = await model(stub).ask(prompt(schema='{"type": "object"}'))
    assert stub.request["modelId"] == "some.model"
    assert stub.request["inferenceConfig"] == {"maxTokens": 500, "temperature": 0.7}
    assert stub.request["system"] == [{"text": "rules"}]
    assert (
        stub.request["outputConfig"]["textFormat"]["structure"]["jsonSchema"]["schema"]
        == '{"type": "object"}'
    )
    assert stub.request["messages"] == [{"role": "user", "content": [{"text": "Write."}]}]
    assert (reply.input_tokens, reply.output_tokens, reply.refusal) == (12, 34, None)


async def test_unsupported_parameters_are_not_sent() -> None:
    """A model of which nothing is known finds the schema in its prompt, and has room to think."""
    stub = StubBedrock()
    await model(stub, capabilities=UNKNOWN).ask(prompt(LONG, '{"a": 1}'))
    assert stub.request.keys() == {"modelId", "system", "messages", "inferenceConfig"}
    assert stub.request["inferenceConfig"] == {"maxTokens": 400 + THINKING_TOKENS}
    assert stub.request["system"] == [{"text": LONG}]
    [content] = stub.request["messages"][0]["content"]
    assert content["text"].startswith("Write.\n")
    assert content["text"].endswith('{"a": 1}')


async def test_no_temperature_is_sent_unless_one_is_set() -> None:
    """The model's own default then counts."""
    stub = StubBedrock()
    await model(stub, temperature=None).ask(prompt())
    assert stub.request["inferenceConfig"] == {"maxTokens": 500}


async def test_the_prefix_of_all_requests_is_cached() -> None:
    """The cache point follows the system text; what was read from and written to the cache is counted."""
    stub = StubBedrock(usage={"cacheReadInputTokens": 5_000, "cacheWriteInputTokens": 70})
    reply = await model(stub).ask(prompt(LONG))
    assert stub.request["system"] == [{"text": LONG}, {"cachePoint": {"type": "default"}}]
    assert (reply.input_tokens, reply.cache_read_tokens, reply.cache_write_tokens) == (12, 5_000, 70)


class RecordingLimiter(Limiter):
    """Notes what calls reserve of the quota of tokens, and what they turn out to have used."""

    def __init__(self) -> None:
        super().__init__(1_000)
        self.tokens: list[tuple[float, float]] = []

    async def run(self, call: Any, *, reserves: float = 0, used: Any = None, **_: Any) -> Any:  # noqa: ANN401 - as the limiter's
        """Call at once."""
        answer = await call()
        self.tokens.append((reserves, used(answer)))
        return answer


async def test_the_quota_is_reserved_and_used_by_the_models_own_tokens() -> None:
    """A token of an answer burns as many as the table says; those read from the cache burn none."""
    usage, limiter = {"cacheReadInputTokens": 5_000, "cacheWriteInputTokens": 70}, RecordingLimiter()
    some = replace(EVERYTHING, burn_down=5, chars_per_token=2.5)
    await model(StubBedrock(usage=usage), capabilities=some, limiter=limiter).ask(prompt("x" * 2_000))
    assert limiter.tokens == [((2_000 + len("{}Write.")) / 2.5 + 400, 12 + 5 * 34 + 70)]


async def test_a_guardrail_is_sent_and_named_when_it_intervenes() -> None:
    """What it says in the model's place is never taken for the model's answer."""
    stub = StubBedrock("Sorry, this was blocked.", stop="guardrail_intervened")
    asked = model(stub, guardrail=Guardrail("abc123", "2"))
    reply = await asked.ask(prompt())
    assert stub.request["guardrailConfig"] == {"guardrailIdentifier": "abc123", "guardrailVersion": "2"}
    assert (reply.text, reply.refusal) == ("", "a guardrail intervened")
    assert reply.output_tokens == 34


@pytest.mark.parametrize(
    ("stop", "refusal"),
    [
        ("max_tokens", "the model stopped early: max_tokens"),
        ("malformed_model_output", "the model stopped early: malformed_model_output"),
        ("refusal", "the model refused to answer"),
        ("content_filtered", "the model refused to answer"),
    ],
)
async def test_an_answer_cut_short_is_refused_but_billed(stop: str, refusal: str) -> None:
    """Only this customer is affected."""
    reply = await model(StubBedrock(stop=stop)).ask(prompt())
    assert (reply.refusal, reply.output_tokens) == (refusal, 34)


async def test_a_refused_request_does_not_raise() -> None:
    """The requests of other customers may still succeed."""
    error = ("ValidationException", "The model returned the following errors: Input is too long.", 400)
    reply = await model(StubBedrock(error=error)).ask(prompt())
    assert reply.refusal == f"{error[0]}: {error[1]}"


@pytest.mark.parametrize(("code", "status"), [("ModelErrorException", 424), ("ModelTimeoutException", 408)])
def test_a_failing_model_is_asked_again_and_then_transient(code: str, status: int) -> None:
    """The request is not the cause, so no customer gets template copy for it."""
    stub = StubBedrock(
        error=(code, "The system encountered an unexpected error. Try your request again.", status)
    )
    with pytest.raises(TransientError, match=rf"some\.model: {code}"):
        in_virtual_time(asked(stub))
    assert stub.calls == PACED_TRIES


@pytest.mark.parametrize(
    ("message", "at_least_s"),
    [
        ("Too many requests, please wait before trying again.", 0),
        ("Too many tokens, please wait before trying again.", 0),
        ("Too many tokens per day, please wait before trying again.", 3_600),
    ],
)
def test_a_throttled_call_is_repeated_for_as_long_as_it_takes(message: str, at_least_s: float) -> None:
    """Waiting costs no delivery of the message, also for the quota of the day, asked every few minutes."""
    stub = StubBedrock(error=("ThrottlingException", message, 429))
    stub.fails_times = 9

    async def ask() -> tuple[ModelReply, float]:
        return await asked(stub), asyncio.get_running_loop().time()

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        reply, took_s = runner.run(ask())
    assert (reply.text, stub.calls) == ("{}", 10)
    assert took_s >= at_least_s


def test_a_call_that_is_not_wanted_any_more_is_not_made() -> None:
    """What another worker has asked meanwhile is neither sent nor counted against the quota."""
    stub = StubBedrock()

    async def refuse() -> bool:
        return False

    with pytest.raises(WithdrawnError):
        in_virtual_time(model(stub).ask(prompt(), lock=refuse))
    assert stub.calls == 0


def test_each_try_locks_anew() -> None:
    """A lock lapses after minutes, and a throttled call may wait for hours."""
    stub, locks = StubBedrock(error=("ThrottlingException", "Too many requests", 429)), list[int]()
    stub.fails_times = 3

    async def lock() -> bool:
        locks.append(stub.calls)
        return True

    in_virtual_time(model(stub).ask(prompt(), lock=lock))
    assert locks == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("code", "message", "status"),
    [
        ("AccessDeniedException", "You don't have access to the model with the specified model ID.", 403),
        ("ResourceNotFoundException", "This model version has reached the end of its life.", 404),
        ("ValidationException", "The provided model identifier is invalid.", 400),
        (
            "ValidationException",
            "Invocation of model ID x with on-demand throughput isn\u2019t supported.",
            400,
        ),
        ("ValidationException", "The maximum tokens you requested exceeds the model limit of 4096.", 400),
        ("ValidationException", "errors: thinking: Input should be a valid dictionary", 400),
    ],
)
async def test_a_model_that_cannot_be_used_is_permanent_and_named(
    code: str, message: str, status: int
) -> None:
    """Every request would fail the same way: no customer silently gets template copy for it."""
    with pytest.raises(PermanentError, match=r"some\.model cannot be used"):
        await model(StubBedrock(error=(code, message, status))).ask(prompt())


@pytest.mark.parametrize(("code", "status"), [("ServiceUnavailableException", 503), ("Odd", 400)])
def test_errors_that_may_pass_are_raised(code: str, status: int) -> None:
    """The queue's message is delivered again later; so it is after an unknown error."""
    with pytest.raises(ClientError):
        in_virtual_time(asked(StubBedrock(error=(code, "later", status))))
