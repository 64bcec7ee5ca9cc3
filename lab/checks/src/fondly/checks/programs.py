"""The programs and npm packages that the checks call, and how to install those that are missing."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

CHECKS = Path(__file__).parents[3]
"""lab/checks, which holds package.json."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
MAX_SHOWN_CHARS = 1_000
INSTALL = "`make email-tools` installs it on Debian and Ubuntu"


class ToolError(Exception):
    """A program is missing or failed, so nothing is known about the emails; the message says what to do."""


def program(*names: str) -> str:
    """Return the path of the first of the programs that is installed."""
    for name in names:
        if found := shutil.which(name):
            return found
    raise ToolError(f"{names[0]} is not installed: {INSTALL}")


def npm_file(path: str) -> Path:
    """Return a file of an npm package, such as `axe-core/axe.min.js`."""
    found = CHECKS / "node_modules" / path
    if not found.exists():
        raise ToolError(
            f"the npm package {path.partition('/')[0]} is not installed: "
            f"npm install --prefix lab/checks --ignore-scripts --no-package-lock"
        )
    return found


def run(command: Sequence[str], *, given: bytes = b"", folder: Path | None = None) -> tuple[str, str]:
    """Return what a program writes to standard output and standard error; raise `ToolError` if it fails."""
    done = subprocess.run(command, cwd=folder, input=given, capture_output=True, check=False)  # noqa: S603 - ours
    output, errors = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
    if done.returncode:
        raise ToolError(
            f"{Path(command[0]).name} ended with code {done.returncode}:\n{errors[-MAX_SHOWN_CHARS:]}"
        )
    return output, errors
