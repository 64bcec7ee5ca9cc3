"""understudy in an environment that has its own dependencies and nothing else."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

HOUSE = Path(__file__).parents[2]
PINS = HOUSE.parent / "constraints.txt"
PROGRAM = """
import importlib, pkgutil
from importlib.metadata import distributions

import boto3
import understudy
from understudy.testing import UnderstudyServer

for module in pkgutil.walk_packages(understudy.__path__, "understudy."):
    importlib.import_module(module.name)
with UnderstudyServer() as server:
    client = boto3.client("comprehend", endpoint_url=server.url)
    print(client.detect_sentiment(Text="I love it", LanguageCode="en")["Sentiment"])
print(*sorted(each.name for each in distributions()))
"""


def test_it_is_installed_and_answers_alone(tmp_path: Path) -> None:
    """Every module can be imported, a question is answered, and the command says what it answers."""
    places = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    subprocess.run([sys.executable, "-m", "venv", tmp_path], check=True)  # noqa: S603 - our own command
    python = str(tmp_path / "bin/python")
    uv = shutil.which("uv", path=Path(sys.executable).parent)
    install = [uv, "pip", "install", "--python", python] if uv else [python, "-m", "pip", "install"]
    pins = ["--constraint", str(PINS)] if PINS.exists() else []
    subprocess.run([*install, "--quiet", *pins, str(HOUSE)], check=True)  # noqa: S603 - the same

    def said(*command: str) -> str:
        environment = {**places, "AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"}
        return subprocess.run(  # noqa: S603 - the same
            command,
            cwd=tmp_path,
            env={**environment, "AWS_DEFAULT_REGION": "eu-west-1"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    *_, sentiment, installed = said(python, "-I", "-c", PROGRAM).splitlines()  # below the log
    assert sentiment == "POSITIVE"
    assert [name for name in installed.split() if name.startswith("fondly")] == ["fondly-understudy"]
    assert "`DetectSentiment`" in said(str(tmp_path / "bin/understudy"), "coverage")
