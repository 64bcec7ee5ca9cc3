"""Requests passed on to a server with OpenAI's chat API, which is a small one of the tests' own."""

import socket
import threading
from typing import Any

import pytest
from bedrocks import (
    NOVA,
    SCHEMA,
    output_format,
    refused,
    request,
    runtime,
    user,
)
from openai_fake import FakeReply, completion, openai_server

from understudy.bedrock.openai import OpenAiServer

MODEL_ERROR = "The system encountered an unexpected error during processing. Try your request again."


def _hello(_body: dict[str, Any]) -> FakeReply:
    return completion("Hello there.", prompt_tokens=11, completion_tokens=7)


def test_converse_is_passed_on() -> None:
    """Prompts, limits and stop sequences arrive; the answer and its tokens come back."""
    with (
        openai_server(_hello) as fake,
        runtime(openai=OpenAiServer(base_url=fake.url, model="smol", api_key="key")) as client,
    ):
        answer: Any = client.converse(
            **request(
                modelId=NOVA,
                system=[{"text": "Be brief."}, {"text": "Be kind."}],
                messages=[user("Hi"), {"role": "assistant", "content": [{"text": "Yes?"}]}, user("Again")],
                inferenceConfig={
                    "maxTokens": 50,
                    "temperature": 0.5,
                    "topP": 0.25,
                    "stopSequences": ["END"],
                },
            )
        )
    assert fake.paths == ["/v1/chat/completions"]
    assert fake.headers[0]["Authorization"] == "Bearer key"
    assert fake.bodies == [
        {
            "model": "smol",
            "messages": [
                {"role": "system", "content": "Be brief.\nBe kind."},
                {"role": "user", "content": "Hi"},
                {"role": "assistant", "content": "Yes?"},
                {"role": "user", "content": "Again"},
            ],
            "stream": False,
            "max_tokens": 50,
            "temperature": 0.5,
            "top_p": 0.25,
            "stop": ["END"],
        }
    ]
    assert answer["output"]["message"]["content"] == [{"text": "Hello there."}]
    assert answer["stopReason"] == "end_turn"
    assert (answer["usage"]["inputTokens"], answer["usage"]["outputTokens"]) == (11, 7)


def test_a_schema_is_passed_on() -> None:
    """As `json_schema`, the form that OpenAI, Ollama, vLLM and llama.cpp take."""
    with openai_server(_hello) as fake, runtime(openai=OpenAiServer(base_url=fake.url)) as client:
        client.converse(**request(outputConfig=output_format()))
    [asked] = fake.bodies
    assert asked["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": SCHEMA, "strict": True},
    }


def test_a_server_without_json_schema_is_asked_in_the_older_form() -> None:
    """Once it has refused the newer one, it is not asked for it again."""

    def older(body: dict[str, Any]) -> FakeReply:
        if body["response_format"]["type"] == "json_schema":
            message = "'loc': ('body', 'response_format', 'type'): Input should be 'text' or 'json_object'"
            return FakeReply(500, {"error": {"message": message}})
        return completion()

    with openai_server(older) as fake, runtime(openai=OpenAiServer(base_url=fake.url)) as client:
        for _ in range(2):
            client.converse(**request(outputConfig=output_format()))
    formats = [each["response_format"] for each in fake.bodies]
    assert [each["type"] for each in formats] == ["json_schema", "json_object", "json_object"]
    assert formats[-1]["schema"] == SCHEMA


@pytest.mark.parametrize(
    ("finish_reason", "in_converse"),
    [("stop", "end_turn"), ("length", "max_tokens"), ("content_filter", "content_filtered")],
)
def test_finish_reasons_have_their_names_in_bedrock(finish_reason: str, in_converse: str) -> None:
    """Whatever the server calls them."""
    with (
        openai_server(lambda _: completion(finish_reason=finish_reason)) as fake,
        runtime(openai=OpenAiServer(base_url=fake.url)) as client,
    ):
        assert client.converse(**request())["stopReason"] == in_converse


def test_tokens_are_estimated_for_a_server_that_counts_none() -> None:
    """Four characters count as one."""
    with (
        openai_server(lambda _: completion("x" * 9)) as fake,
        runtime(openai=OpenAiServer(base_url=fake.url)) as client,
    ):
        usage = client.converse(**request())["usage"]
    assert (usage["inputTokens"], usage["outputTokens"]) == (2, 3)


def test_cached_tokens_are_a_share_of_those_that_the_server_counts() -> None:
    """A prompt of 8,000 estimated tokens of which all but one are cached, counted as 4,000."""
    with (
        openai_server(lambda _: completion(prompt_tokens=4_000, completion_tokens=1)) as fake,
        runtime(openai=OpenAiServer(base_url=fake.url)) as client,
    ):
        system = [{"text": "x" * 25_996}, {"cachePoint": {"type": "default"}}]
        usages = [
            client.converse(**request(system=system, messages=[user("abcd")]))["usage"] for _ in range(2)
        ]
    assert [each["cacheWriteInputTokens"] for each in usages] == [4_000, 0]
    assert [each["cacheReadInputTokens"] for each in usages] == [0, 4_000]
    assert [each["inputTokens"] for each in usages] == [0, 0]


def _error(status: int, message: str = "Something broke", code: str | None = None) -> FakeReply:
    return FakeReply(status, {"error": {"message": message, "code": code}})


@pytest.mark.parametrize(
    ("reply", "code", "status", "message"),
    [
        (
            _error(429),
            "ThrottlingException",
            429,
            "Too many requests, please wait before trying again.",
        ),
        (_error(503), "ServiceUnavailableException", 503, "Bedrock is unable to process your request."),
        (_error(502), "ServiceUnavailableException", 503, "Bedrock is unable to process your request."),
        (
            _error(504),
            "ModelTimeoutException",
            408,
            "The model took too long to answer. Try your request again.",
        ),
        (
            _error(408),
            "ModelTimeoutException",
            408,
            "The model took too long to answer. Try your request again.",
        ),
        (_error(500), "ModelErrorException", 424, f"{MODEL_ERROR} (Something broke)"),
        (_error(401, "Bad key"), "ModelErrorException", 424, f"{MODEL_ERROR} (Bad key)"),
        (FakeReply(404, b"Not here"), "ModelErrorException", 424, f"{MODEL_ERROR} (Not here)"),
        (
            _error(400, "Too long", "context_length_exceeded"),
            "ValidationException",
            400,
            "The model returned the following errors: Input is too long for requested model.",
        ),
        (
            FakeReply(body=b"<html>"),
            "ModelErrorException",
            424,
            f"{MODEL_ERROR} (the answer is not a chat completion)",
        ),
        (
            FakeReply(body={"choices": []}),
            "ModelErrorException",
            424,
            f"{MODEL_ERROR} (the answer is not a chat completion)",
        ),
        (completion(None), "ModelErrorException", 424, f"{MODEL_ERROR} (the answer has no text)"),
        (
            FakeReply(body=b" " * 10_000_001),
            "ModelErrorException",
            424,
            f"{MODEL_ERROR} (the answer has more than 10000000 bytes)",
        ),
    ],
    ids=[
        *("429", "503", "502", "504", "408", "500", "401", "404", "context"),
        *("not-json", "no-choice", "no-text", "huge"),
    ],
)
def test_a_fault_of_the_server_is_one_of_bedrock(
    reply: FakeReply, code: str, status: int, message: str
) -> None:
    """A client sees the code that it would see of AWS."""
    with openai_server(lambda _: reply) as fake, runtime(openai=OpenAiServer(base_url=fake.url)) as client:
        assert refused(client.converse, **request()) == (code, status, message)


def test_a_model_error_names_the_status_of_the_server() -> None:
    """And the model, in the members that Bedrock has for them."""
    with (
        openai_server(lambda _: _error(500)) as fake,
        runtime(openai=OpenAiServer(base_url=fake.url, model="smol")) as client,
        pytest.raises(client.exceptions.ModelErrorException) as raised,
    ):
        client.converse(**request())
    response: Any = raised.value.response
    assert (response["originalStatusCode"], response["resourceName"]) == (500, "smol")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    """Neither prompt nor key goes to a host that nobody named."""
    with (
        openai_server(_hello) as other,
        openai_server(lambda _: FakeReply(status, b"", {"Location": f"{other.url}/v1"})) as fake,
        runtime(openai=OpenAiServer(base_url=fake.url, api_key="key")) as client,
    ):
        assert refused(client.converse, **request())[0] == "ModelErrorException"
    assert len(fake.bodies) == 1
    assert other.bodies == []


def test_no_proxy_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables for other programs do not lead a prompt elsewhere."""
    with (
        openai_server(_hello) as other,
        openai_server(_hello) as fake,
        runtime(openai=OpenAiServer(base_url=fake.url)) as client,
    ):
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, other.url)
        client.converse(**request())
    assert (len(fake.bodies), other.bodies) == (1, [])


def test_a_server_that_is_not_there_is_unavailable() -> None:
    """A client may try again later."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with runtime(openai=OpenAiServer(base_url=url)) as client:
        assert refused(client.converse, **request())[:2] == ("ServiceUnavailableException", 503)


def test_a_server_that_takes_too_long_is_a_timeout() -> None:
    """The client does not wait for it."""
    released = threading.Event()

    def slow(_body: dict[str, Any]) -> FakeReply:
        released.wait(60)
        return completion()

    with (
        openai_server(slow) as fake,
        runtime(openai=OpenAiServer(base_url=fake.url, timeout_s=0.1)) as client,
    ):
        found = refused(client.converse, **request())
        released.set()
    assert found[:2] == ("ModelTimeoutException", 408)


def test_quotas_and_guardrails_hold_for_passed_on_requests() -> None:
    """What is refused or blocked never reaches the server; a blocked answer never reaches the client."""
    with (
        openai_server(_hello) as fake,
        runtime(
            openai=OpenAiServer(base_url=fake.url), guardrails={"g": ["there"]}, requests_per_min=1
        ) as client,
    ):
        config = {"guardrailIdentifier": "g", "guardrailVersion": "1"}
        assert client.converse(**request(guardrailConfig=config))["stopReason"] == "guardrail_intervened"
        assert refused(client.converse, **request())[0] == "ThrottlingException"
    assert len(fake.bodies) == 1


def test_a_key_is_not_printed() -> None:
    """Settings may be logged."""
    server = OpenAiServer(base_url="http://127.0.0.1", api_key="secret-key")
    assert "secret-key" not in f"{server} {server!r}"
