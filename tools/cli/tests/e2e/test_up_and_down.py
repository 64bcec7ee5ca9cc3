"""`fondly up`, `fondly down` and `fondly demo --keep`, as a person calls them."""

import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import HTTPCookieProcessor, build_opener, urlopen

import psutil
import pytest

pytestmark = pytest.mark.timeout(700)
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def fondly_process(tmp_path: Path) -> Iterator[Run]:
    """Runs `fondly` in a process without AWS settings; whatever is up afterwards is stopped."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment = plain | {"XDG_STATE_HOME": str(tmp_path)}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "fondly.cli", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603 - our own

    yield run
    run("down")


def test_a_stack_is_started_found_and_stopped(fondly_process: Run, tmp_path: Path) -> None:
    """Its exports are private; a second `up` changes nothing; `down` leaves no process and is repeatable."""
    up = fondly_process("up")
    assert up.returncode == 0, up.stderr
    exports = tmp_path / "fondly" / "stack.env"
    assert up.stdout == exports.read_text()
    told = [line.partition(":")[0] for line in up.stderr.splitlines()]
    told = told[told[0] == "slow" :]  # as a busy machine's transactions are said to be
    assert told == ["running", "start a run", "look at everything", "logs", "stop"]
    assert stat.S_IMODE(exports.stat().st_mode) == 0o600
    again = fondly_process("up", "--hold", "--json")
    assert "already running" in again.stderr
    assert "it delivers nothing: `fondly down`, then `fondly up --hold`" in again.stderr
    supervisor = psutil.Process(json.loads(again.stdout)["pid"])
    stack = [supervisor, *supervisor.children(recursive=True)]
    assert len(stack) == 15
    port = re.search(r"^export FONDLY_RECOMMENDER_WEB_PORT=(\d+)$", up.stdout, re.MULTILINE)
    assert port
    with urlopen(f"http://127.0.0.1:{port[1]}/live", timeout=5) as alive:
        assert alive.status == 200
    sockets = [each for process in stack for each in process.net_connections() if each.status == "LISTEN"]
    assert {each.laddr.ip for each in sockets} == {"127.0.0.1"}
    opened = fondly_process("console").stdout.strip()
    assert opened.startswith("http://127.0.0.1:")
    with build_opener(HTTPCookieProcessor()).open(opened, timeout=5) as page:
        assert "fondly-local" in page.read().decode()
    queues = fondly_process("queues", "--json")
    assert queues.stderr.startswith("using the local stack")
    assert len(json.loads(queues.stdout)) == 7
    assert fondly_process("down").returncode == 0
    assert psutil.wait_procs(stack, timeout=10)[1] == []
    assert not exports.exists()
    down = fondly_process("down")
    assert (down.returncode, down.stderr) == (0, "no local stack is running\n")


def test_a_demo_can_leave_its_stack_running(fondly_process: Run, tmp_path: Path) -> None:
    """Its run waits for an approval and can be looked at and tried; another such demo is refused."""
    data, out = tmp_path / "sample.csv", tmp_path / "out"
    assert (
        fondly_process("evaluate", "sample", str(data), "--customers", "60", "--products", "20").returncode
        == 0
    )
    demo = fondly_process("demo", "--hold", "--json", "--data", str(data), "--out", str(out))
    assert demo.returncode == 0, demo.stderr
    summary = json.loads(demo.stdout)
    assert (summary["status"], summary["emails"]) == ("finished", 60)
    assert Path(summary["folder"], "index.html").exists()
    assert Path(summary["folder"], "logs", "mailer.log").exists()
    assert "`fondly down` stops it" in demo.stderr
    shown = fondly_process("run", "show", "latest", "--json")
    assert json.loads(shown.stdout)["run_id"] == summary["run_id"]
    assert "fondly run approve latest" in demo.stderr
    mailbox = tmp_path / "fondly" / "mailbox"
    assert str(mailbox) in demo.stderr
    first = json.loads(fondly_process("email", "list", "latest", "--json").stdout)[0]
    assert first["dispatch"] is None, "nobody has approved"
    sent = fondly_process("email", "send", "latest", first["customer_id"], "--to", "me@shop.example")
    assert (sent.returncode, sent.stderr.splitlines()[-1]) == (0, "me@shop.example: accepted: 1")
    approved = fondly_process("run", "approve", "latest", "--yes")
    assert f"by SMTP, to this stack's own folder {mailbox}" in approved.stderr
    assert fondly_process("run", "watch", "latest", "--delivery").returncode == 0
    delivered = json.loads(fondly_process("run", "show", "latest", "--json").stdout)["delivery"]
    assert delivered["tally"]["outcomes"] == {"sent": 60}
    message = (mailbox / "000002.eml").read_text()
    link = re.search(
        r"^List-Unsubscribe: <(http://127\.0\.0\.1:\d+/unsubscribe\?t=[^>]+)>", message, re.MULTILINE
    )
    assert link
    with urlopen(link[1], timeout=5) as page:  # noqa: S310 - http, by the pattern
        assert "Unsubscribe" in page.read().decode()
    token = link[1].partition("?t=")[2]
    suppressed = fondly_process("suppress", "add", "--token", token)
    assert suppressed.returncode == 0, suppressed.stderr
    again = fondly_process("demo", "--keep", "--out", str(out))
    assert again.returncode == 1
    assert again.stderr == "a local stack is already running: stop it with `fondly down` first\n"
