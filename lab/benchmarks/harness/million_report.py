"""What a run through the local AWS came to, as a table, as JSON, and judged by its limits."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from fondly.ingest.domain.parts import MAX_PARTS
from fondly.ingest.domain.run_state import IngestState
from fondly.recommender.domain.run_state import RecommenderState
from fondly.runtime.runs.run import Run, RunStatus
from harness.local_aws.usage import STAND_INS, STORES

MAX_LEDGER_BYTES = 40_000
MAX_ITEM_BYTES = 400 * 1024
MAX_EVENT_BYTES = 256 * 1024
LEDGER_ITEM = "item of runs (run)"
OBJECTS = "objects of "
WIDTH = 140


@dataclass
class Report:
    """The sizes of the shop, what each stage took, and the run as the ledger has it."""

    customers: int
    reviews: int
    products: int
    stages: dict[str, dict[str, Any]]
    run: Run
    files: dict[str, int] = field(default_factory=dict)

    def own_cpu_s(self, stage: str) -> float:
        """CPU seconds of a stage without those of the local AWS."""
        taken = self.stages[stage]
        return float(taken["cpu_s"] - sum(taken["cpu_s_of"].values()))

    def largest(self, prefix: str) -> dict[str, int]:
        """The largest of each kind whose name has the prefix, over all stages, the largest first."""
        found: Counter[str] = Counter()
        for taken in self.stages.values():
            for kind, size in taken["largest"].items():
                if kind.startswith(prefix):
                    found[kind] = max(found[kind], size)
        return dict(found.most_common())

    def total(self, what: str) -> dict[str, int]:
        """Counts by name, summed over the stages, the most first."""
        found: Counter[str] = Counter()
        for taken in self.stages.values():
            found.update(taken[what])
        return dict(found.most_common())

    def facts(self) -> dict[str, Any]:
        """Return everything as JSON knows it."""
        return {
            "customers": self.customers,
            "reviews": self.reviews,
            "products": self.products,
            "parts": self.run.parts,
            "part_records": IngestState.of(self.run).part_records,
            "status": self.run.status,
            "is_ranked": RecommenderState.of(self.run).is_ranked,
            "batch_files": self.files,
            "stages": {
                stage: {
                    "wall_s": round(taken["wall_s"], 1),
                    "cpu_s": round(taken["cpu_s"], 1),
                    "own_cpu_s": round(self.own_cpu_s(stage), 1),
                    "own_cpu_ms_a_customer": round(self.own_cpu_s(stage) / self.customers * 1_000, 4),
                    "peak_mib": round(taken["peak_mib"]),
                    "stored_mib": round(taken["stored_mib"]),
                    "tasks": taken["tasks"],
                    "attempts": taken["attempts"],
                    "calls": sum(taken["calls"].values()),
                }
                for stage, taken in self.stages.items()
            },
            "messages": self.total("sent"),
            "calls": self.total("calls"),
            "written": self.total("written"),
            "largest_bytes": self.largest(""),
        }


def together(tasks: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return what a stage's tasks took: sums, the highest peak, and the longest wall time of each attempt."""
    sums = {name: Counter[str]() for name in ("calls", "written", "sent", "cpu_s_of")}
    largest, walls = Counter[str](), Counter[str]()
    for task in tasks:
        largest |= Counter(task["largest"])
        walls |= Counter({task["attempt"]: task["wall_s"]})
        for name, total in sums.items():
            total.update(task[name])
    return {
        "tasks": len(tasks),
        "attempts": len(walls),
        "wall_s": walls.total(),
        "cpu_s": sum(task["cpu_s"] for task in tasks),
        "peak_mib": max(task["peak_mib"] for task in tasks),
        "largest": dict(largest),
        **{name: dict(total) for name, total in sums.items()},
    }


def show(report: Report) -> None:
    """Print the figures."""
    console = Console(highlight=False, width=WIDTH)
    title = f"{report.customers:,} customers, {report.reviews:,} reviews, {report.products:,} products"
    _table(console, title, [_times(report, stage) for stage in report.stages])
    _table(
        console, "what they wrote and sent", [_sizes(stage, taken) for stage, taken in report.stages.items()]
    )
    run = report.run
    console.print(
        f"run {run.status}, {run.parts:,} parts of {IngestState.of(run).part_records} records and more"
    )
    console.print(f"largest ledger item: {report.largest(LEDGER_ITEM).get(LEDGER_ITEM, 0):,} bytes")
    console.print(f"messages and events: {_listed(report.total('sent'))}")
    console.print(f"files for AI services: {_listed(report.files)}")
    console.print(f"items and objects: {_listed(report.total('written'))}")
    console.print(f"largest items, bytes: {_listed(report.largest('item '), 'item of ')}")
    console.print(f"largest objects, bytes: {_listed(report.largest('object '), 'object of ')}")
    console.print(f"largest events, bytes: {_listed(report.largest('event '), 'event of ')}")
    console.print(f"AWS calls: {_listed(report.total('calls'))}")


def _table(console: Console, title: str, rows: Sequence[dict[str, str]]) -> None:
    table = Table(title=title)
    for column in rows[0]:
        table.add_column(column, justify="right" if column else "left")
    for row in rows:
        table.add_row(*row.values())
    console.print(table)


def _times(report: Report, stage: str) -> dict[str, str]:
    taken = report.stages[stage]
    return {
        "": stage,
        "tasks": f"{taken['tasks']:,}" + (f" in {taken['attempts']}" if taken["attempts"] > 1 else ""),
        "wall s": f"{taken['wall_s']:,.0f}",
        "CPU s": f"{taken['cpu_s']:,.0f}",
        "of stores": f"{taken['cpu_s_of'].get(STORES, 0):,.0f}",
        "of stand-ins": f"{taken['cpu_s_of'].get(STAND_INS, 0):,.0f}",
        "own CPU ms a customer": f"{report.own_cpu_s(stage) / report.customers * 1_000:,.3f}",
        "peak MiB": f"{taken['peak_mib']:,.0f}",
        "AWS calls": f"{sum(taken['calls'].values()):,}",
    }


def _sizes(stage: str, taken: dict[str, Any]) -> dict[str, str]:
    objects = sum(count for name, count in taken["written"].items() if name.startswith(OBJECTS))
    return {
        "": stage,
        "messages and events": f"{sum(taken['sent'].values()):,}",
        "objects": f"{objects:,}",
        "items": f"{sum(taken['written'].values()) - objects:,}",
        "stored MiB": f"{taken['stored_mib']:,.0f}",
        "largest item": f"{_most(taken, 'item '):,}",
        "ledger's item": f"{_most(taken, LEDGER_ITEM):,}",
        "largest event": f"{_most(taken, 'event '):,}",
        "largest message": f"{_most(taken, 'message '):,}",
    }


def _most(taken: dict[str, Any], prefix: str) -> int:
    """The largest whose kind has the prefix, in bytes."""
    return max((size for kind, size in taken["largest"].items() if kind.startswith(prefix)), default=0)


def problems(report: Report, *, finished: bool) -> list[str]:
    """Return what is wrong with the run; `finished` says whether it went through the mailer."""
    run, found = report.run, list[str]()
    expected = RunStatus.FINISHED if finished else RunStatus.RUNNING
    if run.status is not expected:
        found.append(f"the run is {run.status}, expected {expected}: {run.reason}")
    if (run.parts or 0) > MAX_PARTS:
        found.append(f"{run.parts:,} parts, expected at most {MAX_PARTS:,}")
    for stage in report.stages:
        if len(run.stages[stage].done) != run.parts:  # type: ignore[index] # a name of a stage
            found.append(f"{stage} has done {len(run.stages[stage].done):,} of {run.parts:,} parts")  # type: ignore[index]
    limits = {"item ": MAX_ITEM_BYTES, LEDGER_ITEM: MAX_LEDGER_BYTES, "event ": MAX_EVENT_BYTES}
    for prefix, most in limits.items():
        for kind, size in report.largest(prefix).items():
            if size > most:
                found.append(f"the largest {kind} has {size:,} bytes, expected at most {most:,}")
    return found


def _listed(figures: dict[str, int], without: str = "") -> str:
    return ", ".join(f"{name.removeprefix(without)} {figure:,}" for name, figure in figures.items())
