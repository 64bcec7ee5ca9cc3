"""`python -m tests.chaos.prove [--only storms] [--seed 1 …]`: what takes hours to show, kept step by step.

A step that has ended, well or not, is kept in `out/prove/COMMIT` and not run again: the same command goes on
after a stop. Exits with 1 if a step has failed; the others run all the same. The report lies beside that
folder, for people (`COMMIT.md`) and for machines (`COMMIT.json`).
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from tests.chaos.anchors import ROOT

SEEDS = range(1, 11)
WORKERS = (1, 2, 6)
STORM = "a run amid kills, deployments and faults ends as a calm one does"
DELIVERED = "each email goes out at most once, and only what was in flight at a kill may be in doubt"
QUOTA = "a quota is used by 90 % or more, under 5 % of calls are throttled, and nothing is lost"
WRITTEN = "each protection that is taken away is missed by its test"
DRAWN = "at least 95 % of small mutations of the code that protects are caught"


class Step(NamedTuple):
    """What Python runs, and what that has to show."""

    group: str
    case: str
    promise: str
    command: str

    @property
    def name(self) -> str:
        """What the result is kept by."""
        return re.sub(r"\W+", "-", f"{self.group} {self.case}").strip("-")


def steps(seeds: Sequence[int], mutant_seed: int, number: int) -> Iterator[Step]:
    """All steps; a `number` of 0 takes every mutation that can be made."""
    for seed in seeds:
        case = f"seed {seed}"
        yield Step("storms", case, STORM, f"-m tests.chaos --customers 520 --seed {seed}")
        for by in ("smtp", "ses"):
            yield Step(by, case, DELIVERED, f"-m tests.chaos.delivery --by {by} --seed {seed}")
    for workers in WORKERS:
        yield Step("quota", f"{workers} tasks", QUOTA, f"lab/benchmarks/quota.py --workers {workers}")
    yield Step("mutants", "written", WRITTEN, "-m tests.chaos.mutants")
    case = f"{number or 'all'} by machine, seed {mutant_seed}"
    yield Step("mutants", case, DRAWN, f"-m tests.chaos.drawn --number {number} --seed {mutant_seed}")


def kept_folder() -> Path:
    """Where results of the commit are kept; raise `SystemExit` while tracked files differ from it."""
    run = partial(subprocess.check_output, cwd=ROOT, text=True)
    if changed := run(["git", "status", "--porcelain", "--untracked-files=no"]):
        raise SystemExit(f"results belong to a commit, but these files differ from it:\n{changed}")
    folder = ROOT / "out/prove" / run(["git", "rev-parse", "HEAD"]).strip()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def keep(path: Path, kept: object) -> None:
    """Write JSON that is there whole or not at all."""
    new = path.with_suffix(".new")
    new.write_text(json.dumps(kept, indent=1), "utf-8")
    new.replace(path)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what has not ended yet, then report all that is kept of this commit."""
    options = _parser().parse_args(arguments)
    folder = kept_folder()
    for step in steps(options.seed or SEEDS, options.mutant_seed, options.number):
        path = folder / f"{step.name}.json"
        if options.only in {None, step.group} and not path.exists():
            print(f"{step.name} …", flush=True)  # noqa: T201 - it takes minutes
            keep(path, run_step(step))
    kept = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]
    report = {"commit": folder.name, "machine": machine(), "steps": kept}
    keep(folder.with_suffix(".json"), report)
    folder.with_suffix(".md").write_text(in_words(report), "utf-8")
    print(f"{folder.with_suffix('.md')}")  # noqa: T201
    return 1 if any(step["exit_code"] for step in kept) else 0


def run_step(step: Step) -> dict[str, Any]:
    """Run a step to its end, whatever that is, and return all that is known of it; `seconds` is wall time."""
    started, clock = datetime.now(UTC), time.monotonic()
    done = subprocess.run(  # noqa: S603 - no shell, and no input from outside
        [sys.executable, *step.command.split()],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return {
        **step._asdict(),
        "started": started.isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - clock, 1),
        "load": os.getloadavg()[1],
        "exit_code": done.returncode,
        "output": done.stdout.splitlines(),
    }


def machine() -> dict[str, str | int]:
    """What ran it, but for its name."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "processors": os.cpu_count() or 0,
        "memory_gib": psutil.virtual_memory().total >> 30,
    }


def in_words(report: dict[str, Any]) -> str:
    """The report as Markdown: a line for each step, then what they said."""
    steps, on = report["steps"], ", ".join(f"{name} {value}" for name, value in report["machine"].items())
    failed = sum(step["exit_code"] != 0 for step in steps)
    lines = [
        f"# What commit {report['commit']} has shown",
        "",
        f"On {on}: {len(steps)} steps, {failed} failed.",
        "",
    ]
    lines += ["| step | promised | kept | began | minutes | load |", "| --- | --- | --- | --- | --- | --- |"]
    for step in steps:
        kept = "**no**" if step["exit_code"] else "yes"
        cells = (f"{step['group']}, {step['case']}", step["promise"], kept, step["started"])
        lines.append(f"| {' | '.join(cells)} | {step['seconds'] / 60:.1f} | {step['load']:.1f} |")
    for step in steps:
        lines += ["", f"## {step['group']}, {step['case']}", "", "```", *told(step), "```"]
    return "\n".join([*lines, ""])


def told(step: dict[str, Any]) -> list[str]:
    """What a step said: without what it only logs on its way, where it kept its promise."""
    output: list[str] = step["output"]
    return (
        output if step["exit_code"] else [line for line in output if not line.startswith((" ok", "caught "))]
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.prove", description="Show what takes hours.")
    add = parser.add_argument
    add("--only", choices=sorted({step.group for step in steps([1], 1, 0)}), help="a group of steps")
    add(
        "--seed",
        type=int,
        action="append",
        help="of storms and deliveries; repeat for several; default 1 to 10",
    )
    add("--mutant-seed", type=int, default=1, help="of the mutations by machine")
    add("--number", type=int, default=0, help="how many of these; default all")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
