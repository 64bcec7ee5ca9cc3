"""understudy as a process, killed and started again."""

from pathlib import Path

import boto3
from integration.test_server import free_port, start, wait_until_healthy

_TIMEOUT_S = 30.0


def test_a_killed_process_goes_on_where_it_was(tmp_path: Path) -> None:
    """What was answered is kept: SIGKILL loses nothing of it."""
    port = free_port()
    settings = {"UNDERSTUDY_PORT": str(port), "UNDERSTUDY_STATE_DIR": str(tmp_path)}
    personalize = boto3.client("personalize", endpoint_url=f"http://127.0.0.1:{port}")
    processes = [start(**settings)]
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}")
        arn = personalize.create_dataset_group(name="shop")["datasetGroupArn"]
        processes[0].kill()
        processes[0].wait(_TIMEOUT_S)
        processes.append(start(**settings))
        wait_until_healthy(f"http://127.0.0.1:{port}")
        assert [each["datasetGroupArn"] for each in personalize.list_dataset_groups()["datasetGroups"]] == [
            arn
        ]
    finally:
        for process in processes:
            process.kill()
            process.communicate(timeout=_TIMEOUT_S)
