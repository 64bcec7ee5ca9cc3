"""What a run through the local AWS came to, as a table, as JSON, and judged by its limits."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from fondly.ingest.domain.parts import MAX_PARTS
from fondly.ingest.domain.run_state import IngestState
from fondly.operations.cost.measured import MeasuredCost
from fondly.recommender.domain.run_state import RecommenderState
from fondly.runtime.runs.run import Run, RunStatus, StageName
from harness.local_aws.usage import STAND_INS, STORES
from harness.on_aws import hours
from harness.shop_file import Shop

MAX_LEDGER_BYTES = 40_000
MAX_ITEM_BYTES = 400 * 1024
MAX_EVENT_BYTES = 256 * 1024
MAX_OWN_MS = 8.0
"""Of CPU time a customer, through all stages."""
MAX_GROWTH, MAX_OF_SMALLER = 1.2, 1.2
LEDGER_ITEM = "item of runs (run)"
WIDTH = 160
SHOWN = 15
CALLS = {
    "s3.puts": ("s3.PutObject", "s3.ListObjectsV2"),
    "s3.gets": ("s3.GetObject", "s3.HeadObject"),
    "sns.publishes": ("sns.PublishBatch",),
}
"""What is charged by the call; of SQS, every one."""


@dataclass
class Report:
    """What the shop holds, what each stage took, the run in the ledger, its cost, and whom emails reached."""

    shop: Shop
    stages: dict[str, dict[str, Any]]
    run: Run
    cost: MeasuredCost
    received: list[str]

    def own_cpu_s(self, stage: str) -> float:
        """CPU seconds of a stage without those of the local AWS."""
        taken = self.stages[stage]
        return float(taken["cpu_s"] - sum(taken["cpu_s_of"].values()))

    def own_cpu_ms(self, stage: str) -> float:
        """The same in milliseconds a customer."""
        return self.own_cpu_s(stage) / self.shop.customers * 1_000

    @property
    def own_ms(self) -> float:
        """The same of all stages."""
        return sum(map(self.own_cpu_ms, self.stages))

    @property
    def largest(self) -> dict[str, int]:
        """The largest of each kind, over all stages, the largest first."""
        found: Counter[str] = Counter()
        for taken in self.stages.values():
            found |= Counter(taken["largest"])
        return dict(found.most_common())

    def total(self, what: str) -> dict[str, float]:
        """Counts by name, summed over the stages, the most first."""
        found: Counter[str] = Counter()
        for taken in self.stages.values():
            found.update(taken[what])
        return dict(found.most_common())

    def counted(self) -> dict[str, float]:
        """Units that AWS charges, as the local AWS has counted them; the services' own count is in `cost`."""
        calls = self.total("calls")
        units = {unit: sum(calls.get(each, 0) for each in of) for unit, of in CALLS.items()}
        sqs = sum(count for name, count in calls.items() if name.startswith("sqs."))
        return {**self.total("units"), **units, "sqs.requests": sqs}

    def facts(self) -> dict[str, Any]:
        """Return everything as JSON knows it."""
        return {
            **asdict(self.shop),
            "parts": self.run.parts,
            "part_records": IngestState.of(self.run).part_records,
            "status": self.run.status,
            "is_ranked": RecommenderState.of(self.run).is_ranked,
            "received": len(self.received),
            "own_cpu_ms_a_customer": round(self.own_ms, 4),
            "stages": {
                stage: taken | {"own_cpu_ms_a_customer": self.own_cpu_ms(stage)}
                for stage, taken in self.stages.items()
            },
            "hours_on_aws": {stage: self.hours(stage) for stage in self.stages},
            "cost_usd": {line.unit: [float(line.amount), float(line.usd or 0)] for line in self.cost.lines},
            "total_usd": float(self.cost.total_usd),
            "counted": self.counted(),
            "messages": self.total("sent"),
            "calls": self.total("calls"),
            "written": self.total("written"),
            "largest_bytes": self.largest,
        }

    def hours(self, stage: str) -> dict[str, float]:
        """How long the stage would take on AWS, by what limits it."""
        own_cpu_s, parts = self.own_cpu_s(stage), self.run.parts or 1
        return hours(StageName(stage), self.stages[stage], own_cpu_s=own_cpu_s, parts=parts)


def together(tasks: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return what a stage's tasks took: sums, the highest peak, and the longest wall time of each attempt."""
    names = ("calls", "written", "sent", "cpu_s_of", "units", "waited_s", "profile")
    sums = {name: Counter[str]() for name in names}
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
        "peak_mib": max((task["peak_mib"] for task in tasks), default=0.0),
        "tenths_mib": max((task["tenths_mib"] for task in tasks), key=_growth, default=[]),
        "largest": dict(largest),
        **{name: dict(total.most_common()) for name, total in sums.items()},
    }


def _growth(tenths_mib: Sequence[float]) -> float:
    return tenths_mib[1] / tenths_mib[0] if tenths_mib else 0.0


def show(report: Report, *, beside: Mapping[str, Any] | None) -> None:
    """Print the figures, and how many times those of another run the CPU times are."""
    console, shop, run = Console(highlight=False, width=WIDTH), report.shop, report.run
    title = f"{shop.customers:,} customers, {shop.reviews:,} reviews, {shop.products:,} products"
    _table(console, title, [_times(report, stage) for stage in report.stages])
    _table(console, "on AWS, one task, those of prod, at a new account's quotas", list(_on_aws(report)))
    _table(console, f"at list prices: ${report.cost.total_usd:,.2f}", list(_costs(report)))
    for stage, taken in report.stages.items():
        if taken["profile"]:
            _table(console, f"where {stage}'s CPU time goes", list(_profile(taken["profile"])))
    own_ms, records = report.own_ms, IngestState.of(run).part_records
    times = f", {own_ms / beside['own_cpu_ms_a_customer']:.3f} times that beside" if beside else ""
    console.print(f"{own_ms:.2f} CPU ms a customer{times}")
    console.print(f"run {run.status}, {run.parts:,} parts of {records} records and more")
    console.print(f"arrived: {len(report.received):,} emails for {len(set(report.received)):,} addresses")
    console.print(f"messages and events: {_listed(report.total('sent'))}")
    console.print(f"items and objects: {_listed(report.total('written'))}")
    console.print(f"largest, bytes: {_listed(report.largest)}")
    console.print(f"AWS calls: {_listed(report.total('calls'))}")


def _table(console: Console, title: str, rows: Sequence[dict[str, str]]) -> None:
    table = Table(title=title)
    for column in rows[0]:
        table.add_column(column, justify="right" if column else "left")
    for row in rows:
        table.add_row(*row.values())
    console.print(table)


def _times(report: Report, stage: str) -> dict[str, str]:
    taken, own = report.stages[stage], report.own_cpu_ms(stage)
    return {
        "": stage,
        "tasks": f"{taken['tasks']:,}" + (f" in {taken['attempts']}" if taken["attempts"] > 1 else ""),
        "wall s": f"{taken['wall_s']:,.0f}",
        "CPU s": f"{taken['cpu_s']:,.0f}",
        "of stores": f"{taken['cpu_s_of'].get(STORES, 0):,.0f}",
        "of stand-ins": f"{taken['cpu_s_of'].get(STAND_INS, 0):,.0f}",
        "own ms a customer": f"{own:,.3f}",
        "peak MiB": f"{taken['peak_mib']:,.0f}",
        "its tenths": ", ".join(f"{each:,.0f}" for each in taken["tenths_mib"]),
        "AWS calls": f"{sum(taken['calls'].values()):,}",
        "stored MiB": f"{taken['stored_mib']:,.0f}",
    }


def _on_aws(report: Report) -> Iterator[dict[str, str]]:
    """A row for each stage; how many tasks `prod` has differs by service."""
    for stage in report.stages:
        hours_of = report.hours(stage)
        yield {
            "": stage,
            **{("prod" if name[0].isdigit() else name): f"{each:.2f} h" for name, each in hours_of.items()},
        }


def _costs(report: Report) -> Iterator[dict[str, str]]:
    counted = report.counted()
    for line in report.cost.lines:
        yield {
            "": line.unit,
            "recorded by services": f"{line.amount:,.0f}",
            "counted here": f"{counted[line.unit]:,.0f}" if line.unit in counted else "",
            "$": f"{line.usd or 0:,.4f}",
        }


def _profile(own_s: Mapping[str, float]) -> Iterator[dict[str, str]]:
    """The functions that took most."""
    total = sum(own_s.values())
    for name, each in list(own_s.items())[:SHOWN]:
        yield {"": name, "own": f"{each / total:.1%}"}


def problems(report: Report, *, beside: Mapping[str, Any] | None) -> list[str]:
    """Return what is wrong with the run; the CPU time of a smaller one is compared."""
    run, found = report.run, [*_unfinished(report), *_too_large(report)]
    expected = RunStatus.FINISHED if StageName.MAILER in report.stages else RunStatus.RUNNING
    if run.status is not expected:
        found.append(f"the run is {run.status}, expected {expected}: {run.reason}")
    if twice := len(report.received) - len(set(report.received)):
        found.append(f"{twice:,} emails arrived more than once")
    if report.own_ms > MAX_OWN_MS:
        found.append(f"a customer takes {report.own_ms:.2f} CPU ms, expected at most {MAX_OWN_MS:g}")
    if beside and (times := report.own_ms / beside["own_cpu_ms_a_customer"]) > MAX_OF_SMALLER:
        found.append(f"a customer takes {times:.2f} times the CPU time of the smaller run")
    return found


def _unfinished(report: Report) -> Iterator[str]:
    run = report.run
    if (run.parts or 0) > MAX_PARTS:
        yield f"{run.parts:,} parts, expected at most {MAX_PARTS:,}"
    for stage, taken in report.stages.items():
        done, growth = len(run.stages[StageName(stage)].done), _growth(taken["tenths_mib"])
        if done != run.parts:
            yield f"{stage} has done {done:,} of {run.parts:,} parts"
        if growth > MAX_GROWTH:
            yield f"the memory of {stage} has grown {growth:.2f} times"


def _too_large(report: Report) -> Iterator[str]:
    limits = {"item ": MAX_ITEM_BYTES, LEDGER_ITEM: MAX_LEDGER_BYTES, "event ": MAX_EVENT_BYTES}
    for prefix, most in limits.items():
        for kind, size in report.largest.items():
            if kind.startswith(prefix) and size > most:
                yield f"the largest {kind} has {size:,} bytes, expected at most {most:,}"


def _listed(figures: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {figure:,.0f}" for name, figure in figures.items())
