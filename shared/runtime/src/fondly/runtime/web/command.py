"""The command that starts a web process, or only sees whether it could start."""

import sys
from argparse import ArgumentParser
from typing import TypeVar

from fondly.runtime.process import Work, run_process
from fondly.runtime.settings import ProcessSettings

Settings = TypeVar("Settings", bound=ProcessSettings)


def run_web(
    name: str,
    kind: type[Settings],
    *,
    module: str,
    description: str,
    serve: Work[Settings, str],
    check: Work[Settings, str],
) -> None:
    """Answer requests until SIGTERM or SIGINT; both functions return why they cannot, empty if they can.

    With the argument `--check`, answer none: exit with 0 if everything that the process needs answers, or
    with 2 and one line that says what does not.
    """
    parser = ArgumentParser(prog=f"python -m {module}", description=description)
    parser.add_argument("--check", action="store_true", help="only see whether everything needed answers")
    arguments = parser.parse_args()
    if problem := run_process(name, kind, check if arguments.check else serve):
        sys.stderr.write(f"{'check failed' if arguments.check else 'not started'}: {problem}\n")
        sys.exit(2)
