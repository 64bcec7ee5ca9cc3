"""A task of each new revision runs with `--check` before the service uses it, and a failure says why."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "infra/modules/service/check_task.py"
SETTINGS = {
    "CHECK_CLUSTER": "arn:aws:ecs:eu-west-1:123456789012:cluster/fondly-dev",
    "CHECK_TASK_DEFINITION": "arn:aws:ecs:eu-west-1:123456789012:task-definition/fondly-dev-ingest:7",
    "CHECK_CONTAINER": "app",
    "CHECK_SUBNETS": "subnet-1,subnet-2",
    "CHECK_SECURITY_GROUPS": "sg-1",
    "CHECK_LOG_GROUP": "/fondly/fondly-dev-ingest",
    "CHECK_REGION": "eu-west-1",
    "CHECK_POLL_S": "0.01",
    "CHECK_TIMEOUT_S": "5",
}
TASK = "arn:aws:ecs:eu-west-1:123456789012:task/fondly-dev/abc"
STARTED = {"tasks": [{"taskArn": TASK}], "failures": []}
RUNNING = {"tasks": [{"lastStatus": "RUNNING", "containers": [{}]}]}

# Answers what the test has written, one file a call, and notes how it was called.
AWS = """\
#!{python}
import json, pathlib, sys
folder = pathlib.Path({folder!r})
with (folder / "calls").open("a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")
answers = json.loads((folder / "answers").read_text())[sys.argv[2]]
number = sum(json.loads(line)[1] == sys.argv[2] for line in (folder / "calls").open())
answer = answers[min(number, len(answers)) - 1]
sys.exit(answer) if isinstance(answer, str) else print(json.dumps(answer))
"""

Check = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Run the script with an `aws` that gives these answers by operation, the last one again and again."""
    command = tmp_path / "aws"
    command.write_text(AWS.format(python=sys.executable, folder=str(tmp_path)))
    command.chmod(0o755)

    def run(answers: dict[str, list[Any]], **settings: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "answers").write_text(json.dumps(answers))
        path = os.pathsep.join([str(tmp_path), os.environ["PATH"]])
        environment = {**os.environ, **SETTINGS, **settings, "PATH": path}
        return subprocess.run(  # noqa: S603 - ours
            [sys.executable, SCRIPT], env=environment, capture_output=True, text=True, timeout=20, check=False
        )

    return run


def calls(folder: Path, operation: str) -> list[list[str]]:
    """How the command was called with an operation."""
    found = [json.loads(line) for line in (folder / "calls").read_text().splitlines()]
    return [call for call in found if call[1] == operation]


def stopped(exit_code: int | None, **more: str) -> dict[str, Any]:
    """A task that has ended."""
    container = {"name": "app"} if exit_code is None else {"name": "app", "exitCode": exit_code}
    return {"tasks": [{"lastStatus": "STOPPED", "containers": [container], **more}]}


def test_a_revision_that_can_start_passes(check: Check, tmp_path: Path) -> None:
    """The task runs where the service's tasks will, with `--check`; its end is waited for."""
    done = check({"run-task": [STARTED], "describe-tasks": [RUNNING, stopped(0)]})
    assert (done.returncode, done.stdout) == (0, "fondly-dev-ingest:7 can start\n")
    [call] = calls(tmp_path, "run-task")
    given = dict(zip(call[2::2], call[3::2], strict=False))
    assert given["--task-definition"] == SETTINGS["CHECK_TASK_DEFINITION"]
    network = json.loads(given["--network-configuration"])["awsvpcConfiguration"]
    assert network == {
        "subnets": ["subnet-1", "subnet-2"],
        "securityGroups": ["sg-1"],
        "assignPublicIp": "DISABLED",
    }
    assert json.loads(given["--overrides"])["containerOverrides"] == [{"name": "app", "command": ["--check"]}]
    assert len(calls(tmp_path, "describe-tasks")) == 2


def test_a_revision_that_cannot_start_fails_with_its_log(check: Check) -> None:
    """The apply fails before the service uses the revision, and says why."""
    done = check(
        {
            "run-task": [STARTED],
            "describe-tasks": [stopped(2, stoppedReason="Essential container in task exited")],
            "get-log-events": [
                {"events": [{"message": "invalid settings: FONDLY_DATA_BUCKET: Field required"}]}
            ],
        }
    )
    assert done.returncode == 1
    assert "fondly-dev-ingest:7 cannot start, exit code 2: Essential container in task exited" in done.stderr
    assert "invalid settings: FONDLY_DATA_BUCKET" in done.stderr


def test_an_image_that_cannot_be_pulled_fails(check: Check) -> None:
    """The container has no exit code and no log then, only ECS's reason."""
    done = check(
        {
            "run-task": [STARTED],
            "describe-tasks": [stopped(None, stoppedReason="CannotPullContainerError: not found")],
            "get-log-events": ["ResourceNotFoundException"],
        }
    )
    assert done.returncode == 1
    assert "CannotPullContainerError: not found" in done.stderr


def test_a_task_that_does_not_end_is_stopped(check: Check, tmp_path: Path) -> None:
    """An image that does not know the flag would run for ever, and be paid for."""
    done = check(
        {"run-task": [STARTED], "describe-tasks": [RUNNING], "stop-task": [{}]}, CHECK_TIMEOUT_S="0.1"
    )
    assert done.returncode == 1
    assert "does the image know --check?" in done.stderr
    assert len(calls(tmp_path, "stop-task")) == 1


def test_a_role_that_was_just_made_is_waited_for(check: Check, tmp_path: Path) -> None:
    """On the first apply, ECS may not know it yet; other errors end the check at once."""
    not_yet = "ClientException: ECS was unable to assume the role"
    answers = {"run-task": [not_yet, not_yet, STARTED], "describe-tasks": [stopped(0)]}
    assert check(answers).returncode == 0
    assert len(calls(tmp_path, "run-task")) == 3
    (tmp_path / "calls").unlink()
    done = check({"run-task": ["AccessDeniedException: not authorized to perform: ecs:RunTask"]})
    assert done.returncode == 1
    assert "not authorized to perform: ecs:RunTask" in done.stderr
    assert len(calls(tmp_path, "run-task")) == 1


def test_a_task_that_ecs_does_not_start_fails(check: Check) -> None:
    """The call succeeds and lists failures instead of tasks."""
    done = check({"run-task": [{"tasks": [], "failures": [{"reason": "Capacity is unavailable"}]}]})
    assert done.returncode == 1
    assert "Capacity is unavailable" in done.stderr
