#!/usr/bin/env python3
"""Runs one task of a new revision with `--check`: the last step before a service uses the revision.

Takes Python and the AWS CLI, nothing else: Terraform runs it wherever it is applied. The variables `CHECK_*`
are set by `check.tf`. Exits with 0 if the container does; else with 1, the reason and its last log lines.
"""

import json
import os
import subprocess
import sys
import time
from typing import Any

POLL_S = float(os.environ.get("CHECK_POLL_S", "5"))
TIMEOUT_S = float(os.environ.get("CHECK_TIMEOUT_S", "600"))
"""Fargate takes a minute or two to start a task, and the check itself some seconds."""
LOG_LINES = 20
NOT_YET = ("unable to assume", "is not able to assume")
"""What ECS says of a role that was made seconds ago: IAM takes a while to tell everybody."""
ATTEMPTS = 6


def aws(*arguments: str) -> Any:  # noqa: ANN401 - the command's JSON
    """Call the AWS CLI and return what it prints; raise CalledProcessError with its error output."""
    region = ("--region", os.environ["CHECK_REGION"])
    command = ["aws", *arguments, *region, "--output", "json", "--no-cli-pager"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - no shell
    return json.loads(printed) if printed.strip() else {}


def start() -> str:
    """Start the task and return its ARN; wait for roles that were just made."""
    network = {
        "awsvpcConfiguration": {
            "subnets": os.environ["CHECK_SUBNETS"].split(","),
            "securityGroups": os.environ["CHECK_SECURITY_GROUPS"].split(","),
            "assignPublicIp": "DISABLED",
        }
    }
    overrides = {"containerOverrides": [{"name": os.environ["CHECK_CONTAINER"], "command": ["--check"]}]}
    for attempt in range(1, ATTEMPTS + 1):
        try:
            answer = aws(
                *("ecs", "run-task", "--cluster", os.environ["CHECK_CLUSTER"], "--launch-type", "FARGATE"),
                *("--task-definition", os.environ["CHECK_TASK_DEFINITION"], "--started-by", "check"),
                *("--network-configuration", json.dumps(network), "--overrides", json.dumps(overrides)),
            )
        except subprocess.CalledProcessError as error:
            if attempt == ATTEMPTS or not any(text in error.stderr for text in NOT_YET):
                raise
            time.sleep(2 * POLL_S)
            continue
        if answer.get("tasks"):
            return str(answer["tasks"][0]["taskArn"])
        raise SystemExit(f"ECS starts no task: {json.dumps(answer.get('failures'))}")
    raise AssertionError("unreachable: the last attempt returns or raises")


def ended(task: str) -> dict[str, Any]:
    """Return the stopped task; stop one that does not end by itself."""
    cluster = os.environ["CHECK_CLUSTER"]
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        found = aws("ecs", "describe-tasks", "--cluster", cluster, "--tasks", task)["tasks"]
        if found and found[0]["lastStatus"] == "STOPPED":
            return dict(found[0])
        time.sleep(POLL_S)
    aws("ecs", "stop-task", "--cluster", cluster, "--task", task, "--reason", "the check takes too long")
    raise SystemExit(f"{task} has not ended within {TIMEOUT_S:.0f} s: does the image know --check?")


def log_lines(task: str) -> str:
    """Return the last lines that the task wrote, or nothing if there is no log."""
    stream = f"task/{os.environ['CHECK_CONTAINER']}/{task.rpartition('/')[2]}"
    try:
        events = aws(
            *("logs", "get-log-events", "--log-group-name", os.environ["CHECK_LOG_GROUP"]),
            *("--log-stream-name", stream, "--limit", str(LOG_LINES)),
        )["events"]
    except subprocess.CalledProcessError:
        return ""
    return "".join(f"\n  {event['message']}" for event in events)


def main() -> None:
    """Check the revision that the environment names."""
    revision = os.environ["CHECK_TASK_DEFINITION"].rpartition("/")[2]
    try:
        task = start()
        stopped = ended(task)
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"{revision} cannot be checked: {error.stderr.strip()}") from error
    [container] = stopped["containers"]
    if container.get("exitCode") == 0:
        sys.stdout.write(f"{revision} can start\n")
        return
    reasons = (stopped.get("stoppedReason"), container.get("reason"))
    said = "; ".join(reason for reason in reasons if reason)
    code = container.get("exitCode", "none")
    raise SystemExit(f"{revision} cannot start, exit code {code}: {said}{log_lines(task)}")


if __name__ == "__main__":
    main()
