"""Commands start quickly, and stop cleanly while they start."""

import json
import subprocess
import sys

import pytest

HEAVY = {"aiobotocore", "asyncio", "boto3", "botocore", "jinja2", "numpy", "pydantic", "rich", "yaml"}
LOADED = """
import json, sys
from fondly.cli.__main__ import main
try:
    main()
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""
SIGNALLED = """
import os, signal, sys
class Finder:
    def find_spec(self, name, path, target=None):
        if name == "fondly.cli.app":
            os.kill(os.getpid(), getattr(signal, sys.argv[1]))
sys.meta_path.insert(0, Finder())
from fondly.cli.__main__ import main
main()
"""


def python(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a fresh interpreter."""
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the scripts above


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["queues", "--help"],
        ["cleanup", "--help"],
        ["demo", "--help"],
        ["theme", "preview", "--help"],
        ["config", "show", "--help"],
        ["init", "--help"],
        ["suppress", "import", "--help"],
        ["recommend", "--help"],
    ],
)
def test_help_and_version_load_no_heavy_module(arguments: list[str]) -> None:
    """What a command needs is loaded when it runs."""
    done = python(LOADED, *arguments)
    assert done.returncode == 0
    loaded = {name.partition(".")[0] for name in json.loads(done.stderr)}
    assert loaded & HEAVY == set()


def test_the_version_is_the_distributions() -> None:
    """With the command's name."""
    assert python(LOADED, "--version").stdout.startswith("fondly 0.")


@pytest.mark.parametrize("signal", ["SIGINT", "SIGTERM"])
def test_a_signal_during_imports_ends_in_one_line(signal: str) -> None:
    """Without a traceback."""
    done = python(SIGNALLED, signal)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


def test_without_what_evaluates_the_command_says_so() -> None:
    """It stays in the help of `fondly`; its own words end in one line and exit code 2."""
    script = "import sys\nsys.modules['fondly.evaluation'] = None\n" + LOADED
    assert "\n  evaluate " in python(script, "--help").stdout
    done = python(script.partition("try:")[0] + "main()", "evaluate", "reasons", "latest")
    missing = "fondly-evaluation is not installed: `make setup` in a checkout installs it\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", missing)
