from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError

from encore.contracts.errors import PermanentError, TransientError
from encore.mailer.adapters.bedrock import BedrockModel, ModelChoice
from encore.mailer.ports import ModelMessage

if TYPE_CHECKING:
    from types_aiobotocore_bedrock_runtime.client import BedrockRuntimeClient

MESSAGES = [ModelMessage("user", "Write.")]


class StubBedrock:
    """A Bedrock client that answers Converse with a text, or with an error."""

    def __init__(
        self, text: str = "{}", *, stop: str = "end_turn", error: tuple[str, str, int] | None = None
    ) -> None:
        self.request: dict[str, Any] = {}
        self._text, self._stop, self._error = text, stop, error

    async def converse(self, **request: object) -> dict[str, Any]:
        """Keep the request, and answer it."""
        self.request = request
        if self._error:
            code, message, status = self._error
            raise ClientError(
                {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item] # the members in use
                "Converse",
            )
        return {
            "output": {"message": {"role": "assistant", "content": [{"text": self._text}]}},
            "stopReason": self._stop,
            "usage": {"inputTokens": 12, "outputTokens": 34, "totalTokens": 46},
        }


def model(stub: StubBedrock, *, takes_schema: bool = True, temperature: float | None = 0.7) -> BedrockModel:
    """The adapter on a stubbed client."""
    choice = ModelChoice("some.model", max_tokens=500, temperature=temperature, takes_schema=takes_schema)
    return BedrockModel(cast("BedrockRuntimeClient", stub), choice)


async def test_a_request_has_the_models_settings_and_the_schema() -> None:
    """Model id, tokens and temperature are those of the settings."""
    stub = StubBedrock()
    reply = await model(stub).converse("rules", MESSAGES, schema='{"type": "object"}')
    assert stub.request["modelId"] == "some.model"
    assert stub.request["inferenceConfig"] == {"maxTokens": 500, "temperature": 0.7}
    assert stub.request["system"] == [{"text": "rules"}]
    assert (
        stub.request["outputConfig"]["textFormat"]["structure"]["jsonSchema"]["schema"]
        == '{"type": "object"}'
    )
    assert (reply.input_tokens, reply.output_tokens, reply.refusal) == (12, 34, None)


async def test_unsupported_parameters_are_not_sent() -> None:
    """No schema and no temperature for a model whose settings have none."""
    stub = StubBedrock()
    await model(stub, takes_schema=False, temperature=None).converse("rules", MESSAGES, schema="{}")
    assert "outputConfig" not in stub.request
    assert stub.request["inferenceConfig"] == {"maxTokens": 500}


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ('{"a": 1}', '{"a": 1}'),
        ('Sure:\n```json\n{"a": "}"}\n``` Enjoy {this}!', '{"a": "}"}'),
        ("no object", "no object"),
        ('{"a": ', '{"a": '),
    ],
)
async def test_the_json_object_is_extracted_from_the_answer(answer: str, text: str) -> None:
    """Words around it are dropped; an answer without an object stays as it is."""
    reply = await model(StubBedrock(answer), takes_schema=False).converse("rules", MESSAGES, schema="{}")
    assert reply.text == text


@pytest.mark.parametrize(
    "stop", ["max_tokens", "content_filtered", "guardrail_intervened", "malformed_model_output"]
)
async def test_an_answer_cut_short_is_refused_but_billed(stop: str) -> None:
    """Only this customer is affected."""
    reply = await model(StubBedrock(stop=stop)).converse("rules", MESSAGES, schema="{}")
    assert reply.refusal == f"the model stopped early: {stop}"
    assert reply.output_tokens == 34


async def test_a_refused_request_does_not_raise() -> None:
    """The requests of other customers may still succeed."""
    error = ("ValidationException", "The model returned the following errors: Input is too long.", 400)
    reply = await model(StubBedrock(error=error)).converse("rules", MESSAGES, schema="{}")
    assert reply.refusal == f"{error[0]}: {error[1]}"


@pytest.mark.parametrize(("code", "status"), [("ModelErrorException", 424), ("ModelTimeoutException", 408)])
async def test_a_failing_model_is_transient(code: str, status: int) -> None:
    """The request is not the cause, so no customer gets template copy for it."""
    stub = StubBedrock(
        error=(code, "The system encountered an unexpected error. Try your request again.", status)
    )
    with pytest.raises(TransientError, match=rf"some\.model: {code}"):
        await model(stub).converse("rules", MESSAGES, schema="{}")


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
        ("ValidationException", "errors: output_config.format.schema: properties are not supported", 400),
    ],
)
async def test_a_model_that_cannot_be_used_is_permanent_and_named(
    code: str, message: str, status: int
) -> None:
    """Every request would fail the same way: no customer silently gets template copy for it."""
    with pytest.raises(PermanentError, match=r"some\.model cannot be used"):
        await model(StubBedrock(error=(code, message, status))).converse("rules", MESSAGES, schema="{}")


@pytest.mark.parametrize(
    ("code", "status"), [("ThrottlingException", 429), ("ServiceUnavailableException", 503), ("Odd", 400)]
)
async def test_errors_that_may_pass_are_raised(code: str, status: int) -> None:
    """The queue's message is delivered again later; so it is after an unknown error."""
    with pytest.raises(ClientError):
        await model(StubBedrock(error=(code, "later", status))).converse("rules", MESSAGES, schema="{}")
