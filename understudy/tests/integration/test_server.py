"""understudy in a thread (`understudy.testing`) and as a process: one contract for both."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError
from comprehends import comprehend_service
from openai_fake import completion, openai_server

from understudy.__main__ import main
from understudy.bedrock import BedrockOptions
from understudy.bedrock.models import CURRENT_MODEL_IDS
from understudy.database import DATABASE
from understudy.testing import UnderstudyServer

_TIMEOUT_S = 120.0
_ENDPOINTS = ("COMPREHEND", "BEDROCK_RUNTIME", "PERSONALIZE", "PERSONALIZE_RUNTIME")
_ONE_ATTEMPT = Config(retries={"total_max_attempts": 1})
Server = Callable[[], AbstractContextManager[str]]


@contextmanager
def in_a_thread() -> Iterator[str]:
    """Serve in a thread of this process; yields the address."""
    with UnderstudyServer() as server:
        yield server.url


@contextmanager
def as_a_process() -> Iterator[str]:
    """Serve as `python -m understudy`; yields the address once it is up."""
    port = free_port()
    process = start(UNDERSTUDY_PORT=str(port))
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=_TIMEOUT_S)
    finally:
        process.kill()


def free_port() -> int:
    """Return a loopback port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def start(**settings: str) -> subprocess.Popen[str]:
    """Start `python -m understudy` with these environment variables."""
    return subprocess.Popen(
        [sys.executable, "-m", "understudy"],
        env={**os.environ, **settings},
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until_healthy(url: str) -> None:
    """Wait until the health check of a server answers."""
    deadline = time.monotonic() + _TIMEOUT_S
    while True:
        try:
            with urlopen(f"{url}/_understudy/health", timeout=5):  # noqa: S310 - loopback
                return
        except URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


@pytest.fixture(params=[in_a_thread, as_a_process])
def server(request: pytest.FixtureRequest) -> Server:
    """A way to run understudy."""
    made: Server = request.param
    return made


def test_every_service_answers_at_one_address(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients need nothing but the endpoint variables."""
    with server() as url:
        for name in _ENDPOINTS:
            monkeypatch.setenv(f"AWS_ENDPOINT_URL_{name}", url)
        scored = boto3.client("comprehend").detect_sentiment(Text="I love it", LanguageCode="en")
        answer = boto3.client("bedrock-runtime").converse(
            modelId=min(CURRENT_MODEL_IDS), messages=[{"role": "user", "content": [{"text": "Hello"}]}]
        )
        recipes = boto3.client("personalize").list_recipes()["recipes"]
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            boto3.client("personalize-runtime").get_recommendations(
                campaignArn="arn:aws:personalize:us-east-1:000000000000:campaign/none", userId="u"
            )
    assert scored["Sentiment"] == "POSITIVE"
    assert answer["stopReason"] == "end_turn"
    assert recipes


def test_a_check_names_a_folder_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It serves nothing and ends with 2; in a folder that can be written it leaves nothing."""
    monkeypatch.setattr(sys, "argv", ["understudy", "--check"])
    # Other tests of this process log as well, when what is captured here is closed.
    monkeypatch.setattr("understudy.logs.configure_logs", lambda _level: None)
    monkeypatch.setenv("UNDERSTUDY_STATE_DIR", str(tmp_path))
    main()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    monkeypatch.setenv("UNDERSTUDY_STATE_DIR", str(tmp_path / "file"))
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("check failed: UNDERSTUDY_STATE_DIR: ")


def test_state_of_another_release_ends_the_start_with_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The check says it as well, and ends with 2."""
    monkeypatch.setattr("understudy.logs.configure_logs", lambda _level: None)
    monkeypatch.setenv("UNDERSTUDY_STATE_DIR", str(tmp_path))
    (tmp_path / "personalize").mkdir()
    with closing(sqlite3.connect(tmp_path / "personalize" / DATABASE)) as database:
        database.execute("PRAGMA user_version = 99")
    monkeypatch.setattr(sys, "argv", ["understudy"])
    with pytest.raises(SystemExit, match=r"cannot start: UNDERSTUDY_STATE_DIR: .* has format 99"):
        main()
    monkeypatch.setattr(sys, "argv", ["understudy", "--check"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "has format 99" in capsys.readouterr().err


def test_resources_have_the_default_region_and_account(server: Server) -> None:
    """ARNs are the same in tests and in a process without settings."""
    with server() as url:
        made = boto3.client("personalize", endpoint_url=url).create_dataset_group(name="shop")
    assert made["datasetGroupArn"] == "arn:aws:personalize:us-east-1:000000000000:dataset-group/shop"


def test_nothing_listens_after_the_end(server: Server) -> None:
    """A test that forgets to stop calling fails at once instead of reaching another server."""
    with server() as url:
        client = boto3.client("comprehend", endpoint_url=url, config=_ONE_ATTEMPT)
        client.detect_sentiment(Text="Fine", LanguageCode="en")
    with pytest.raises(EndpointConnectionError):
        client.detect_sentiment(Text="Fine", LanguageCode="en")


def test_servers_share_no_resources() -> None:
    """Two tests with a server each cannot disturb each other."""
    with UnderstudyServer() as one, UnderstudyServer() as other:
        boto3.client("personalize", endpoint_url=one.url).create_dataset_group(name="shop")
        found = [
            boto3.client("personalize", endpoint_url=server.url).list_dataset_groups()["datasetGroups"]
            for server in (one, other)
        ]
    assert [len(groups) for groups in found] == [1, 0]


def test_resources_are_active_without_delay_in_a_thread() -> None:
    """A test does not wait for `UNDERSTUDY_STATE_DELAY_S`."""
    with UnderstudyServer(region="eu-west-1") as server:
        client = boto3.client("personalize", endpoint_url=server.url)
        arn = client.create_dataset_group(name="shop")["datasetGroupArn"]
        deadline = time.monotonic() + _TIMEOUT_S
        status = ""
        while status != "ACTIVE" and time.monotonic() < deadline:
            status = client.describe_dataset_group(datasetGroupArn=arn)["datasetGroup"]["status"]
    assert arn.startswith("arn:aws:personalize:eu-west-1:")
    assert status == "ACTIVE"


def test_only_the_given_services_answer() -> None:
    """A test of one service need not start the others."""
    with UnderstudyServer([comprehend_service()]) as server:
        boto3.client("comprehend", endpoint_url=server.url).detect_sentiment(Text="Fine", LanguageCode="en")
        with pytest.raises(ClientError, match="UnknownOperationException"):
            boto3.client("personalize", endpoint_url=server.url).list_schemas()


def test_variables_set_the_rate_and_what_a_long_document_fails() -> None:
    """The first call fails as a whole, the second is beyond the rate."""
    port = free_port()
    process = start(
        UNDERSTUDY_PORT=str(port),
        UNDERSTUDY_COMPREHEND_TPS="0.001",
        UNDERSTUDY_COMPREHEND_LONG_DOCUMENT="call",
    )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_healthy(url)
        client = boto3.client("comprehend", endpoint_url=url, config=_ONE_ATTEMPT)
        for code in ("TextSizeLimitExceededException", "ThrottlingException"):
            with pytest.raises(ClientError, match=code):
                client.batch_detect_sentiment(TextList=["fine", "a" * 5_001], LanguageCode="en")
    finally:
        process.kill()
        process.communicate()


def test_one_variable_passes_requests_on() -> None:
    """A process that is told of a model's server asks that instead of the copywriter."""
    port = free_port()
    with openai_server(lambda _: completion("From the model.")) as fake:
        process = start(UNDERSTUDY_PORT=str(port), UNDERSTUDY_OPENAI_BASE_URL=fake.url)
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}")
            client = boto3.client("bedrock-runtime", endpoint_url=f"http://127.0.0.1:{port}")
            answer: Any = client.converse(
                modelId=min(CURRENT_MODEL_IDS), messages=[{"role": "user", "content": [{"text": "Hello"}]}]
            )
        finally:
            process.kill()
            process.communicate()
    assert answer["output"]["message"]["content"] == [{"text": "From the model."}]


def test_options_of_bedrock_hold_in_a_thread() -> None:
    """A test of another package need not start a process for them."""
    with UnderstudyServer(bedrock=BedrockOptions(requests_per_min=1)) as server:
        client = boto3.client("bedrock-runtime", endpoint_url=server.url, config=_ONE_ATTEMPT)
        hello: Any = {
            "modelId": "eu.anthropic.claude-haiku-5-5",
            "messages": [{"role": "user", "content": [{"text": "Hi"}]}],
        }
        client.converse(**hello)
        with pytest.raises(client.exceptions.ThrottlingException):
            client.converse(**hello)


def test_process_stops_cleanly_on_sigterm() -> None:
    """It logs its start, and ends without a traceback."""
    port = free_port()
    process = start(UNDERSTUDY_PORT=str(port))
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}")
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=_TIMEOUT_S)
    finally:
        process.kill()
    assert process.returncode in {0, -signal.SIGTERM}
    assert "understudy_starting" in log
    assert "Traceback" not in log


def test_invalid_setting_stops_the_start_with_one_line() -> None:
    """The line names the variable, without a traceback."""
    for setting, named in (
        ({"UNDERSTUDY_PORT": "many"}, "UNDERSTUDY_PORT"),
        ({"UNDERSTUDY_MODEL_FEATURES": "{"}, "model_features"),
    ):
        process = start(**setting)
        _, log = process.communicate(timeout=_TIMEOUT_S)
        assert process.returncode == 1
        assert log.count("\n") == 1
        assert named in log
