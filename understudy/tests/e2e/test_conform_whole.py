"""The whole conformance suite, with files and training, and the command as a person starts it."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from uuid import uuid4

import boto3
import pytest
from integration.test_server import free_port, wait_until_healthy

from understudy.conform.suites import all_checks
from understudy.testing import UnderstudyServer

_TIMEOUT_S = 100.0
COMMAND = str(Path(sys.executable).with_name("understudy"))


@pytest.fixture
def bucket(emulator_url: str) -> str:
    """A bucket of its own."""
    name = f"conform-{uuid4().hex}"
    configuration = {"LocationConstraint": "eu-west-1"}
    boto3.client("s3", endpoint_url=emulator_url).create_bucket(
        Bucket=name,
        CreateBucketConfiguration=configuration,  # type: ignore[arg-type] # one of many regions
    )
    return name


@pytest.fixture
def server(emulator_url: str) -> Iterator[UnderstudyServer]:
    """understudy, which reads and writes that bucket."""
    with UnderstudyServer(s3_endpoint_url=emulator_url) as running:
        yield running


def conform(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    return subprocess.run(  # noqa: S603 - our own command
        [COMMAND, "conform", *arguments], capture_output=True, text=True, check=False, timeout=_TIMEOUT_S
    )


def test_understudy_conforms_in_everything(
    server: UnderstudyServer, emulator_url: str, bucket: str, tmp_path: Path
) -> None:
    """Jobs, imports, training, a campaign: no check is skipped or different, and nothing is left."""
    report = tmp_path / "report.json"
    storage = ("--s3-endpoint", emulator_url, "--bucket", bucket)
    role = ("--role-arn", "arn:aws:iam::000000000000:role/any")
    done = conform(
        *("--endpoint", server.url, "--paid", *storage, *role),
        *("--json", str(report)),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    counts = json.loads(report.read_text())["counts"]
    assert counts == {"same": len(all_checks()), "different": 0, "skipped": 0}
    left = boto3.client("s3", endpoint_url=emulator_url).list_objects_v2(Bucket=bucket)
    assert left["KeyCount"] == 0
    personalize = boto3.client("personalize", endpoint_url=server.url)
    assert personalize.list_dataset_groups()["datasetGroups"] == []
    assert personalize.list_schemas()["schemas"] == []


def test_a_terminal_shows_what_is_covered() -> None:
    """Each service in lines that fit; the log goes on below."""
    port = free_port()
    ours, theirs = pty.openpty()
    process = subprocess.Popen(  # noqa: S603 - our own command
        [COMMAND], env={**os.environ, "UNDERSTUDY_PORT": str(port)}, stderr=theirs, stdout=theirs
    )
    os.close(theirs)
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}")
        shown = os.read(ours, 10_000).decode().replace("\r\n", "\n")
    finally:
        process.kill()
        process.wait(_TIMEOUT_S)
        os.close(ours)
    table, _, log = shown.partition("Every other operation")
    assert f"http://127.0.0.1:{port}" in table
    assert "personalize-runtime" in table
    assert max(map(len, table.splitlines())) <= 80
    assert "understudy_starting" in log


def test_a_log_file_has_json_only() -> None:
    """Where nobody looks, every line can be parsed."""
    port = free_port()
    process = subprocess.Popen(  # noqa: S603 - our own command
        [COMMAND, "serve"],
        env={**os.environ, "UNDERSTUDY_PORT": str(port)},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}")
        process.terminate()
        _, log = process.communicate(timeout=_TIMEOUT_S)
    finally:
        process.kill()
    assert [json.loads(line)["event"] for line in log.splitlines()] == ["understudy_starting"]


def test_the_command_says_its_version() -> None:
    """It is the package's."""
    done = subprocess.run([COMMAND, "--version"], capture_output=True, text=True, check=True)  # noqa: S603 - the same
    assert done.stdout == f"understudy {version('fondly-understudy')}\n"
