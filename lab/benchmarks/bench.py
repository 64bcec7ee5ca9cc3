"""What takes CPU time, beside peers and limits, or beside a release before.

All do the same work in turn, until a ratio's bounds are on one side of its limit or there are enough rounds.
Prints a table, and keeps it as JSON. Exits with 1 if a limit is missed, if peers have not made the same, or,
with `--base`, if anything takes a tenth more CPU time than in that release.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from harness.cases import OURS, Case, cases, shop, stack
from harness.contender import Found
from harness.rounds import Ratio, Rounds, in_turn

MOST = 1.1
SURELY = 1.05
"""Slower is what takes a tenth more by the median, if even the lower bound says a twentieth."""
BASE = "base"


@dataclass(frozen=True)
class Row:
    """Ours beside one peer: units a CPU second, and the ratio of ours to the peer's, with its bounds."""

    case: str
    unit: str
    ours: float
    peer: str
    theirs: float
    ratio: Ratio
    limit: str
    missed: bool
    quality: str

    def cells(self) -> tuple[str, ...]:
        """Return them as texts."""
        spread = f"{self.ratio.median:.2f} ({self.ratio.low:.2f} to {self.ratio.high:.2f})"
        mark = "[red]missed[/]" if self.missed else ""
        return (
            self.case,
            f"{self.ours:,.0f} {self.unit}",
            self.peer,
            f"{self.theirs:,.0f}",
            spread,
            f"{self.limit} {mark}",
            self.quality,
        )


def main() -> int:
    """Measure, print, keep, and return the exit code."""
    options = _options()
    rows: list[Row] = []
    with shop(options.customers) as made:
        known = cases(made, options.peers)
        chosen = options.cases or [name for name, case in known.items() if _is_asked(case, options)]
        for name in chosen:
            rows += measured(name, known[name], options)
    table = Table(
        "", "ours a CPU s", "beside", "theirs", "ratio (95 %)", "limit", "quality", caption=_machine()
    )
    for row in rows:
        table.add_row(*row.cells())
    Console().print(table)
    _keep(rows, options.json)
    return int(any(row.missed for row in rows))


def _is_asked(case: Case, options: argparse.Namespace) -> bool:
    return case.released if options.base else bool(case.peers or not case.released)


def measured(name: str, case: Case, options: argparse.Namespace) -> Iterator[Row]:
    """Measure a case; yield a row for each peer, or for the release before."""
    contenders = {OURS: case.ours, **case.peers}
    if options.base:
        sources = [str(each) for pattern in ("*/src", "*/*/src") for each in options.base.glob(pattern)]
        base = replace(case.ours, python=str(options.base / "venv/bin/python"), sources=sources)
        contenders = {OURS: case.ours, BASE: base}
    with stack() if case.needs_stack else nullcontext():
        try:
            enough = partial(_is_enough, case, options)
            found = in_turn(contenders, enough, warm_up=not case.once)
        except RuntimeError as error:
            if not (options.base and str(error).startswith(BASE)):
                raise
            Console(stderr=True).print(f"{name} is not compared: {error}", style="yellow", highlight=False)
            return
    if len({round_.get("proof") for rounds in found.values() for round_ in rounds}) > 1:
        raise SystemExit(f"{name}: contenders have not made the same")
    ratios = ratios_of(found)
    for peer, ratio in ratios.items():
        yield _row(name, case, found, peer, ratio)


def ratios_of(found: Rounds) -> dict[str, Ratio]:
    """Return by how much more CPU time each peer took than ours, round by round."""
    taken: dict[str, list[float]] = {}
    for number, ours in enumerate(found[OURS]):
        others = {name: rounds[number]["cpu_s"] for name, rounds in found.items() if name != OURS}
        for name, cpu_s in {**others, **ours.get("beside", {})}.items():
            taken.setdefault(name, []).append(cpu_s / ours["cpu_s"])
    return {name: Ratio.of(each) for name, each in taken.items()}


def _is_enough(case: Case, options: argparse.Namespace, found: Rounds) -> bool:
    number = len(found[OURS])
    if case.once or number < options.rounds:
        return case.once
    limits = {BASE: 1 / MOST} if options.base else case.least_of
    ratios = ratios_of(found)
    return number >= options.most or all(ratios[name].tells(limit) for name, limit in limits.items())


def _row(name: str, case: Case, found: Rounds, peer: str, ratio: Ratio) -> Row:
    ours, least = _per_s(found[OURS]), case.least_of.get(peer)
    if peer == BASE:
        limit, missed = f"{1 / MOST:.2f}", ratio.median < 1 / MOST and ratio.high < 1 / SURELY
    elif least:
        limit, missed = f"{least:g} of it", ratio.high < least
    else:
        limit, missed = f"{case.least:,.0f}" if case.least else "", case.least > ours
    qualities, theirs = (found.get(each, [{}])[0].get("quality", {}) for each in (OURS, peer))
    quality = [
        f"{figure} {value:.3f}" + (f", theirs {theirs[figure]:.3f}" if figure in theirs else "")
        for figure, value in qualities.items()
    ]
    return Row(name, case.unit, ours, peer, ours / ratio.median, ratio, limit, missed, "; ".join(quality))


def _per_s(rounds: Sequence[Found]) -> float:
    return float(median(each["units"] / each["cpu_s"] for each in rounds))


def _machine() -> str:
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {_commit()}"


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    shown = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - whichever git there is
    return shown.stdout.strip() or "no commit"


def _keep(rows: Sequence[Row], path: Path | None) -> None:
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        facts = {
            "at": datetime.now(UTC).date().isoformat(),
            "machine": _machine(),
            "rows": [asdict(row) for row in rows],
        }
        path.write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("cases", nargs="*", help="by default all")
    add("--peers", default=sys.executable, help="the Python that has the peers' libraries")
    add("--base", type=Path, help="the folder of a release, with a venv of its services")
    add("--customers", type=int, default=600, help="of the made-up shop, default %(default)s")
    add("--rounds", type=int, default=5, help="at least, default %(default)s")
    add("--most", type=int, default=25, help="rounds at most, default %(default)s")
    add("--json", type=Path, help="where to keep the results")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
