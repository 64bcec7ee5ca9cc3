"""The process with the pages, on an AWS emulator."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping

import pytest
from aiohttp import ClientSession

from fondly.sender.domain.requests import Request
from fondly.stack.provision import Resources
from services.sender.tests.web import KEY, TOKEN
from tests.support.stores import Clients

STARTED_S = 60
WEB = [sys.executable, "-m", "fondly.sender.web"]


def environment(resources: Resources, **more: str) -> dict[str, str]:
    """The environment of a process that finds a free port."""
    own = {"FONDLY_MAILER_UNSUBSCRIBE_KEY": KEY, "FONDLY_SENDER_WEB_PORT": "0"}
    return {**os.environ, **resources.settings(), **own, "FONDLY_SENDER_WEB_LINGER_S": "0", **more}


async def test_a_click_reaches_the_queue(clients: Clients, resources: Resources) -> None:
    """The process starts from its settings, takes a click, and ends when told to."""
    process = await asyncio.create_subprocess_exec(
        *WEB, env=environment(resources), stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    async with asyncio.timeout(STARTED_S), ClientSession() as client:
        async for line in process.stderr:
            told = json.loads(line)
            if told["event"] == "web_listening":
                break
        url = f"http://{told['host']}:{told['port']}/unsubscribe?t={TOKEN}"
        async with client.post(url, data={"List-Unsubscribe": "One-Click"}) as reply:
            assert reply.status == 200
        process.send_signal(signal.SIGTERM)
        written = await process.stderr.read()
        assert await process.wait() == 0
    assert TOKEN.encode() not in written
    found = await clients.sqs.receive_message(QueueUrl=resources.queue_urls["feedback"])
    assert [message["Body"] for message in found["Messages"]] == [Request(TOKEN).message]


async def ended(variables: Mapping[str, str], *arguments: str) -> tuple[int | None, str]:
    """Run the process until it ends; return its exit code and the last line that it wrote."""
    process = await asyncio.create_subprocess_exec(
        *WEB, *arguments, env=variables, stderr=asyncio.subprocess.PIPE
    )
    _, written = await process.communicate()
    return process.returncode, (written.decode().splitlines() or [""])[-1]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ""),
        ({"FONDLY_FEEDBACK_QUEUE_URL": "{queue}-gone"}, "check failed: "),
        ({"FONDLY_MAILER_UNSUBSCRIBE_KEY": ""}, "invalid settings: "),
    ],
)
async def test_a_check_says_on_one_line_what_is_missing(
    resources: Resources, changes: dict[str, str], expected: str
) -> None:
    """A queue that is not there, and a key that is not set."""
    queue = resources.queue_urls["feedback"]
    changed = {name: value.format(queue=queue) for name, value in changes.items()}
    code, line = await ended(environment(resources, **changed), "--check")
    assert (code, line[: len(expected)]) == (2 if expected else 0, expected)
    assert expected or line == ""
