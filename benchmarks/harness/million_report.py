"""What a run through the local AWS came to, as a table, as JSON, and judged by its limits."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from encore.ingest.domain.parts import MAX_PARTS
from encore.runtime.runs.run import Run, RunStatus
from harness.local_aws.usage import STAND_INS, STORES

MAX_LEDGER_BYTES = 40_000
MAX_ITEM_BYTES = 400 * 1024
MAX_EVENT_BYTES = 256 * 1024
LEDGER_ITEM = "item of runs (run)"


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
            "part_records": self.run.step.get("ingest_part_reviews"),
            "status": self.run.status,
            "engine": self.run.step.get("engine"),
            "batch_files": self.files,
            "stages": {
                stage: {
                    "wall_s": round(taken["wall_s"], 1),
                    "cpu_s": round(taken["cpu_s"], 1),
                    "own_cpu_s": round(self.own_cpu_s(stage), 1),
                    "own_cpu_ms_a_customer": round(self.own_cpu_s(stage) / self.customers * 1_000, 4),
                    "peak_mib": round(taken["peak_mib"]),
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
    """Return what the tasks of a stage took: sums, but the longest wall time and the highest peak."""
    sums = {name: Counter[str]() for name in ("calls", "written", "sent", "cpu_s_of")}
    largest: Counter[str] = Counter()
    for task in tasks:
        largest |= Counter(task["largest"])
        for name, total in sums.items():
            total.update(task[name])
    return {
        "tasks": len(tasks),
        "wall_s": max(task["wall_s"] for task in tasks),
        "cpu_s": sum(task["cpu_s"] for task in tasks),
        "peak_mib": max(task["peak_mib"] for task in tasks),
        "largest": dict(largest),
        **{name: dict(total) for name, total in sums.items()},
    }


def show(report: Report) -> None:
    """Print the figures."""
    console = Console(highlight=False)
    table = Table(
        title=f"{report.customers:,} customers, {report.reviews:,} reviews, {report.products:,} products"
    )
    for column in (
        "",
        "wall s",
        "CPU s",
        "of stores",
        "of stand-ins",
        "own CPU ms a customer",
        "peak MiB",
        "AWS calls",
    ):
        table.add_column(column, justify="right" if column else "left")
    for stage, taken in report.stages.items():
        of = taken["cpu_s_of"]
        table.add_row(
            stage,
            f"{taken['wall_s']:,.0f}",
            f"{taken['cpu_s']:,.0f}",
            f"{of.get(STORES, 0):,.0f}",
            f"{of.get(STAND_INS, 0):,.0f}",
            f"{report.own_cpu_s(stage) / report.customers * 1_000:,.3f}",
            f"{taken['peak_mib']:,.0f}",
            f"{sum(taken['calls'].values()):,}",
        )
    console.print(table)
    run = report.run
    console.print(
        f"run {run.status}, {run.parts:,} parts of {run.step.get('ingest_part_reviews')} records and more"
    )
    console.print(f"largest ledger item: {report.largest(LEDGER_ITEM).get(LEDGER_ITEM, 0):,} bytes")
    console.print(f"messages and events: {_listed(report.total('sent'))}")
    console.print(f"files for AI services: {_listed(report.files)}")
    console.print(f"largest items, bytes: {_listed(report.largest('item '), 'item of ')}")
    console.print(f"largest objects, bytes: {_listed(report.largest('object '), 'object of ')}")
    console.print(f"largest events, bytes: {_listed(report.largest('event '), 'event of ')}")
    console.print(f"AWS calls: {_listed(report.total('calls'))}")


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
