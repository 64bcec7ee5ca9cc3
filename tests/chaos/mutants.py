"""`python -m chaos.mutants [part of a name]`: takes one protection after the other away and sees a test fail.

The mutants stand in `mutants.toml`. They are applied to a copy of the checkout, one at a time. Exit code 1
when one survives, when what it changes is no longer found, or when its test fails without it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from rich.console import Console

ROOT = Path(__file__).parents[2]
MUTANTS = Path(__file__).with_suffix(".toml")
SOURCES = ("shared/*", "services/*", "tools/*")
LEFT_BEHIND = shutil.ignore_patterns(".*", "__pycache__", "out")
CAUGHT, SURVIVED, BROKEN = "caught", "SURVIVED", "BROKEN"
VERDICTS = {0: SURVIVED, 1: CAUGHT}
"""By pytest's exit code; others say that it did not get as far as a test."""


class Mutant(NamedTuple):
    """A change to one file, and the test that notices it."""

    name: str
    file: str
    old: str
    new: str
    test: str


class Run(NamedTuple):
    """What pytest said."""

    exit_code: int
    output: str

    @property
    def failure(self) -> str:
        """The first failed test, with the end of its reason."""
        lines = (line for line in self.output.splitlines() if line.startswith("FAILED "))
        return next(lines, "").removeprefix("FAILED ")


class Checkout:
    """A copy of the checkout, without its history, tools and results."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        shutil.copytree(ROOT, folder, ignore=LEFT_BEHIND)
        sources = [str(path / "src") for pattern in SOURCES for path in sorted(folder.glob(pattern))]
        self._environment = {
            **os.environ,
            "COLUMNS": "240",
            "PYTHONDONTWRITEBYTECODE": "1",  # a mutant may be as long as the original, and as old
            "PYTHONPATH": os.pathsep.join(sources),
        }

    def run(self, tests: Sequence[str]) -> Run:
        """Run tests until one fails."""
        command = [sys.executable, "-m", "pytest", "-q", "-x", "--tb=short", "-p", "no:cacheprovider", *tests]
        done = subprocess.run(  # noqa: S603 - no shell, and no input from outside
            command, cwd=self._folder, env=self._environment, capture_output=True, text=True, check=False
        )
        return Run(done.returncode, done.stdout + done.stderr)

    def run_mutated(self, mutant: Mutant) -> Run:
        """Run a mutant's test with the mutant in place; `LookupError` when there is no place for it."""
        path = self._folder / mutant.file
        original = path.read_text()
        if original.count(mutant.old) != 1:
            raise LookupError(f"{mutant.file} does not hold once what is to be changed")
        path.write_text(original.replace(mutant.old, mutant.new))
        try:
            return self.run([mutant.test])
        finally:
            path.write_text(original)


def main() -> int:
    """Check that all tests pass as things are, and that each fails with its mutant."""
    console = Console(highlight=False, soft_wrap=True, markup=False)
    every = [Mutant(**mutant) for mutant in tomllib.loads(MUTANTS.read_text())["mutant"]]
    mutants = [mutant for mutant in every if all(part in mutant.name for part in sys.argv[1:])]
    with tempfile.TemporaryDirectory(prefix="encore-mutants-") as folder:
        checkout = Checkout(Path(folder) / "checkout")
        calm = checkout.run(sorted({mutant.test for mutant in mutants}))
        if calm.exit_code:
            console.print(f"fails without any mutant: {calm.failure or calm.output}")
            return 1
        caught = [_is_caught(console, checkout, mutant) for mutant in mutants]
    console.print(f"{sum(caught)} of {len(mutants)} caught")
    return 0 if all(caught) else 1


def _is_caught(console: Console, checkout: Checkout, mutant: Mutant) -> bool:
    try:
        run = checkout.run_mutated(mutant)
    except LookupError as error:
        console.print(f"{BROKEN:8}  {mutant.name}: {error}")
        return False
    verdict = VERDICTS.get(run.exit_code, BROKEN)
    console.print(f"{verdict:8}  {mutant.name}: {run.failure or mutant.test}")
    return verdict == CAUGHT


if __name__ == "__main__":
    raise SystemExit(main())
