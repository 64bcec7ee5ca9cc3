"""What `make dist` has built, installed in environments that have nothing else, in empty folders."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DIST = ROOT / "out/dist"
NEW = [f"--refresh-package={path.name.partition('-')[0]}" for path in DIST.glob("*.whl")]
"""uv keeps what it has unpacked of a version, and these are built again and again."""
UVX = [sys.executable, "-m", "uv", "tool", "run", "--isolated", *NEW]
PIP = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--link-mode", "copy", *NEW]
MAX_COMMAND_BYTES = 120_000_000
ROWS = 120
DEMO = f"""
fondly sample sample.csv
head -n {ROWS} sample.csv > few.csv
fondly demo --json --data few.csv
"""
ASKED = """
import boto3
from understudy.testing import UnderstudyServer

with UnderstudyServer() as server:
    client = boto3.client("comprehend", endpoint_url=server.url)
    print(client.detect_sentiment(Text="I love it", LanguageCode="en")["Sentiment"])
"""
CALLER = {"AWS_DEFAULT_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"}
Run = Callable[..., str]
pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a program in an empty folder and return its output; of the checkout it has the wheels alone."""
    ours = ("AWS_", "FONDLY_", "PYTHON", "VIRTUAL_ENV", "XDG_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environment |= {"XDG_STATE_HOME": str(tmp_path / "state"), "UV_PYTHON": sys.executable, **CALLER}
    environment |= {"UV_FIND_LINKS": str(DIST), "UV_CONSTRAINT": str(ROOT / "constraints.txt")}

    def run(*command: str | Path) -> str:
        call = partial(subprocess.run, cwd=tmp_path, env=environment, capture_output=True, text=True)
        done = call(command, check=False)
        assert done.returncode == 0, done.stderr
        return str(done.stdout)

    return run


def test_a_demo_takes_nothing_but_the_wheels(run: Run, tmp_path: Path) -> None:
    """`uvx fondly demo` ends in finished emails and the gallery, of the first rows of its own sample."""
    summary = json.loads(run(*UVX, "--from", "fondly", "sh", "-ec", DEMO))
    assert summary["status"] == "finished"
    assert summary["emails"] > ROWS
    [folder] = (tmp_path / "out").iterdir()
    assert (folder / "index.html").is_file()


def test_the_command_alone_is_small(run: Run, tmp_path: Path) -> None:
    """What works with AWS takes 120 MB at most, and checks a shop's file."""
    run(sys.executable, "-m", "venv", "--without-pip", "venv")
    run(*PIP, "--python", "venv", "fondly-cli")
    files = [path for path in (tmp_path / "venv").rglob("*") if not path.is_symlink()]
    assert sum(path.stat().st_size for path in files if path.is_file()) < MAX_COMMAND_BYTES
    version = run("venv/bin/fondly", "--version").split()[1]
    assert (DIST / f"fondly-{version}-py3-none-any.whl").is_file()
    assert run("venv/bin/fondly", "sample", "sample.csv") == ""
    assert "550 rows" in run("venv/bin/fondly", "check", "sample.csv")


def test_understudy_runs_by_itself(run: Run) -> None:
    """`uvx fondly-understudy` starts, and its server answers a call of Amazon Comprehend."""
    assert "Comprehend" in run(*UVX, "fondly-understudy", "--help")
    assert run(*UVX, "--from", "fondly-understudy", "python", "-c", ASKED).endswith("POSITIVE\n")
