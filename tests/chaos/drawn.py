"""`python -m tests.chaos.drawn [--number 300] [--seed 1] [--only PART]`: mutate what protects, at random.

Each mutation of the files of `protecting.toml` meets the tests that run its lines. Survivors are listed, but
for those of `explained.toml`, which nobody could notice. Exits with 1 if under 95 % of the others are caught.
What is found is kept in `out/prove/COMMIT`: whoever is stopped goes on by the same command.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate, islice
from pathlib import Path

from rich.console import Console

from tests.chaos.anchors import ROOT
from tests.chaos.covering import PROTECTING, Covering, protecting_files
from tests.chaos.forks import import_libraries, run_tests
from tests.chaos.mutants import CAUGHT, SURVIVED, Checkout
from tests.chaos.mutations import Mutation, mutations_of
from tests.chaos.prove import kept_folder
from tests.chaos.report import PlainPrinter

BAR = 0.95
EXPLAINED = Path(__file__).with_name("explained.toml")
MEASURED = {"CI": "true", "COVERAGE_CORE": "ctrace"}
"""Property tests try the same each time; a line counts for every test that runs it, not for the first."""
FIRST_FILES, MOST_SECONDS = 3, 120.0
"""Most mutants fall to the tests of the fastest files; of all others, so much is run."""


class Drawn:
    """What becomes of mutations in a copy of the checkout, kept in a file."""

    def __init__(self, folder: Path, checkout: Checkout, covering: Covering) -> None:
        self._kept = folder / "drawn.jsonl"
        self._checkout, self._covering = checkout, covering
        lines = self._kept.read_text("utf-8").splitlines() if self._kept.exists() else []
        self.known: dict[Mutation, dict[str, str]] = {
            Mutation(*kept.pop("mutation")): kept for kept in map(json.loads, lines)
        }

    def meet(self, mutation: Mutation) -> dict[str, str]:
        """What becomes of a mutation: `verdict`, and the test that failed or what ran."""
        if mutation not in self.known:
            verdict, by = self._verdict(mutation)
            kept = {"change": mutation.changed(), "verdict": verdict, "by": by}
            with self._kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"mutation": mutation, **kept}) + "\n")
            self.known[mutation] = kept
        return self.known[mutation]

    def _verdict(self, mutation: Mutation) -> tuple[str, str]:
        ran = 0
        with self._checkout.mutated(mutation.path, mutation.apply()):
            for tests in self._chunks(mutation):
                took = [self._covering.seconds[test] for test in tests]
                limits = {"each_s": 30 + 5 * max(took), "all_s": 60 + 5 * sum(took)}
                passed, said = run_tests(self._checkout, tests, **limits)
                if not passed:
                    return CAUGHT, failure(said)
                ran += len(tests)
        return SURVIVED, f"{ran} tests"

    def _chunks(self, mutation: Mutation) -> Iterator[list[str]]:
        """The tests that may notice, the fastest first: those of a few files, then of all others."""
        lines = range(mutation.first, mutation.last + 1) if mutation.scope else None
        seconds = self._covering.seconds
        tests = sorted(self._covering.tests(mutation.path, lines), key=lambda test: (seconds[test], test))
        spent = accumulate(seconds[test] for test in tests)
        within = [test for test, before in zip(tests, [0.0, *spent], strict=False) if before < MOST_SECONDS]
        files = list(dict.fromkeys(map(file_of, within)))[:FIRST_FILES]
        first = [test for test in within if file_of(test) in files]
        yield from filter(None, (first, [test for test in within if file_of(test) not in files]))


def file_of(test: str) -> str:
    """The file of a test's id."""
    return test.partition("::")[0]


def failure(output: str) -> str:
    """The first failed test that pytest names, else its last line."""
    lines = output.splitlines()
    return next(
        (line for line in lines if line.startswith(("FAILED ", "ERROR "))), lines[-1] if lines else ""
    )


def covering_of(folder: Path) -> Covering:
    """Which tests run what, by one run of each folder of tests that is not kept yet."""
    lines: dict[str, dict[str, list[str]]] = {}
    seconds: dict[str, float] = {}
    for tests in PROTECTING["tests"]:
        path = folder / f"covering-{tests.replace('/', '-')}.json"
        if not path.exists():
            command = [sys.executable, "-m", "tests.chaos.covering", str(path), tests]
            subprocess.run(command, cwd=ROOT, env={**os.environ, **MEASURED}, check=True)  # noqa: S603 - no shell
        found = Covering.read(path)
        seconds |= found.seconds
        for file, numbers in found.lines.items():
            for number, names in numbers.items():
                lines.setdefault(file, {}).setdefault(number, []).extend(names)
    return Covering(lines, seconds)


def draw(number: int, seed: int, only: str) -> list[Mutation]:
    """A sample of the mutations of files whose path has `only` in it; a `number` of 0 is all of them."""
    every = [each for path in protecting_files() if only in path for each in mutations_of(path)]
    drawn = random.Random(seed).sample(every, len(every))  # noqa: S311 - a sample
    return list(islice((each for each in drawn if each.is_python()), number or None))


def is_explained(mutation: Mutation) -> bool:
    """Whether `explained.toml` says why nobody could notice it."""
    where = mutation.path, mutation.scope, mutation.changed()
    return any(where == (each["file"], each["in"], each["change"].strip()) for each in explained())


@cache
def explained() -> list[dict[str, str]]:
    """Survivors with a reason: file, function, the lines that change, and why nobody could notice."""
    found: list[dict[str, str]] = tomllib.loads(EXPLAINED.read_text("utf-8"))["mutant"]
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Let a sample of mutations meet their tests, and say which survive."""
    options = _parser().parse_args(arguments)
    say = PlainPrinter(Console())
    folder = options.folder or kept_folder() / "drawn"
    folder.mkdir(exist_ok=True)
    covering = covering_of(folder)
    mutations = draw(options.number, options.seed, options.only)
    explained = [each for each in mutations if is_explained(each)]
    import_libraries()
    with tempfile.TemporaryDirectory(prefix="fondly-mutants-") as temporary:
        drawn = Drawn(folder, Checkout(Path(temporary) / "checkout"), covering)
        caught = [_is_caught(say, drawn, each) for each in mutations if each not in explained]
    share = sum(caught) / (len(caught) or 1)
    say(
        f"seed {options.seed}: {sum(caught)} of {len(caught)} caught, {share:.1%}; {len(explained)} explained"
    )
    return 0 if share >= BAR else 1


def _is_caught(say: PlainPrinter, drawn: Drawn, mutation: Mutation) -> bool:
    met = drawn.meet(mutation)
    if met["verdict"] == SURVIVED:
        say(f"{SURVIVED} {mutation.path}:{mutation.first} {mutation.scope}, {met['by']}")
        say(met["change"])
    return met["verdict"] == CAUGHT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.drawn", description="Mutate what protects.")
    add = parser.add_argument
    add("--number", type=int, default=300, help="how many, 0 for all; default %(default)s")
    add("--seed", type=int, default=1, help="of the sample; default %(default)s")
    add("--only", default="", metavar="PART", help="of the paths of files")
    add("--folder", type=Path, help="keep results here, whatever the commit")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
