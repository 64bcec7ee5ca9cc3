"""`fondly cleanup` of a stack with a finished run, as a person calls it."""

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest

from tools.cli.tests.e2e.test_up_and_down import Run, fondly_process
from tools.cli.tests.integration.test_cleanup import LISTS

__all__ = ["fondly_process"]
pytestmark = pytest.mark.timeout(600)


def everything(variables: dict[str, str]) -> list[object]:
    """All that the emulator and understudy list."""
    region = variables["AWS_REGION"]
    keys = {
        "aws_access_key_id": "local",
        "aws_secret_access_key": "local",
        "region_name": region,
    }

    def client(service: str) -> object:
        url = variables.get(f"AWS_ENDPOINT_URL_{service.upper()}", variables["AWS_ENDPOINT_URL"])
        return boto3.client(service, endpoint_url=url, **keys)  # type: ignore[call-overload] # any service

    lists = {
        "sqs": {"list_queues": "QueueUrls"},
        "sns": {"list_topics": "Topics", "list_subscriptions": "Subscriptions"},
        "dynamodb": {"list_tables": "TableNames"},
        "s3": {"list_buckets": "Buckets"},
        "personalize": LISTS,
    }
    return [
        found
        for service, operations in lists.items()
        for operation, member in operations.items()
        for found in getattr(client(service), operation)().get(member, [])
    ]


def test_after_a_run_and_a_clean_up_nothing_is_listed(fondly_process: Run, tmp_path: Path) -> None:
    """Killed in the middle and run again, it has deleted all that a trained run made."""
    data = tmp_path / "sample.csv"
    assert (
        fondly_process("evaluate", "sample", str(data), "--customers", "520", "--products", "110").returncode
        == 0
    )
    demo = fondly_process("demo", "--keep", "--json", "--data", str(data), "--out", str(tmp_path / "out"))
    assert demo.returncode == 0, demo.stderr
    exports = (tmp_path / "fondly" / "stack.env").read_text().splitlines()
    variables = dict(shlex.split(line)[1].split("=", 1) for line in exports)
    assert len(everything(variables)) > 40
    command = [sys.executable, "-m", "fondly.cli", "cleanup", "--all", "--yes"]
    plain = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with subprocess.Popen(  # noqa: S603 - our own
        command, env={**plain, "XDG_STATE_HOME": str(tmp_path)}, stderr=subprocess.PIPE, text=True
    ) as killed:
        assert killed.stderr is not None
        while "solutions" not in killed.stderr.readline():
            time.sleep(0.01)
        killed.send_signal(signal.SIGKILL)
    assert everything(variables)
    done = fondly_process("cleanup", "--all", "--yes")
    assert done.returncode == 0, done.stderr + done.stdout
    assert everything(variables) == [], done.stdout
