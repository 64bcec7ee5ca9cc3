"""`python -m tests.chaos.mutants [part of a name]`: remove one protection at a time; a test must fail.

The mutants are listed in `mutants.toml` and applied to a copy of the checkout. Exits with 1 if one survives,
if the code that it replaces is not found once, or if its test fails without it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from rich.console import Console

from tests.chaos.anchors import ROOT, SOURCES, Scope, find_scope, find_test

MUTANTS = Path(__file__).with_suffix(".toml")
NOT_COPIED = shutil.ignore_patterns(".*", "__pycache__", "out")
CAUGHT, SURVIVED, BROKEN = "caught", "SURVIVED", "BROKEN"
VERDICTS = {0: SURVIVED, 1: CAUGHT}
"""By pytest's exit code; any other means that no test ran."""


class Mutant(NamedTuple):
    """A change of something in a package, and the test that must fail with it."""

    package: str
    scope: str
    name: str
    old: str
    test: str
    new: str = ""

    def find(self) -> Scope:
        """Where the code to change is; raise `LookupError` unless that is in one place."""
        return find_scope(self.package, self.scope)


def known_mutants() -> list[Mutant]:
    """The mutants of `mutants.toml`, whose headers are package and scope."""
    packages = tomllib.loads(MUTANTS.read_text("utf-8"))
    return [
        Mutant(package, scope, **mutant)
        for package, scopes in packages.items()
        for scope, mutants in scopes.items()
        for mutant in mutants
    ]


class Run(NamedTuple):
    """A run of pytest."""

    exit_code: int
    output: str

    @property
    def failure(self) -> str:
        """Pytest's line on the first failed test; empty if none failed."""
        lines = (line for line in self.output.splitlines() if line.startswith("FAILED "))
        return next(lines, "").removeprefix("FAILED ")


class Checkout:
    """A copy of the checkout, without its history, caches and output."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(ROOT, folder, ignore=NOT_COPIED)
        sources = [str(path) for pattern in SOURCES for path in folder.glob(pattern)]
        self.environment = {
            **os.environ,
            "CI": "true",  # property tests try the same examples each time
            "COLUMNS": "240",
            "PYTHONDONTWRITEBYTECODE": "1",  # a mutant may have the size and time of the original
            "PYTHONPATH": os.pathsep.join(sources),
        }

    def run(self, tests: Sequence[str]) -> Run:
        """Run tests up to the first failure."""
        command = [sys.executable, "-m", "pytest", "-q", "-x", "--tb=short", "-p", "no:cacheprovider", *tests]
        done = subprocess.run(  # noqa: S603 - no shell, and no input from outside
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        return Run(done.returncode, done.stdout + done.stderr)

    def run_mutated(self, mutant: Mutant) -> Run:
        """Run a mutant's test with the mutant applied; raise `LookupError` unless its code is there once."""
        scope = mutant.find()
        with self.mutated(scope.path, scope.replaced(mutant.old, mutant.new).encode()):
            return self.run([find_test(mutant.test)])

    @contextmanager
    def mutated(self, name: Path | str, source: bytes) -> Iterator[None]:
        """Let a file have another source for a while."""
        path = self.folder / name
        path.write_bytes(source)
        try:
            yield
        finally:
            shutil.copyfile(ROOT / name, path)


def main() -> int:
    """Check that every test passes unchanged and fails with its mutant."""
    console = Console(highlight=False, soft_wrap=True, markup=False)
    mutants = [mutant for mutant in known_mutants() if all(part in mutant.name for part in sys.argv[1:])]
    with tempfile.TemporaryDirectory(prefix="fondly-mutants-") as folder:
        checkout = Checkout(Path(folder) / "checkout")
        unchanged = checkout.run(sorted({find_test(mutant.test) for mutant in mutants}))
        if unchanged.exit_code:
            console.print(f"fails without a mutant: {unchanged.failure or unchanged.output}")
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
