"""Runs as tables for people."""

from collections.abc import Sequence
from datetime import datetime

from rich.columns import Columns
from rich.console import Console
from rich.table import Table

from local.figures import count, seconds, usd
from ops.domain.runs import RunDetails, RunView, StageView
from ops.retry import Message
from ops.show import UNKNOWN, age, cell, since, table
from shared.ledger import RunStatus, Stage

STYLES = {RunStatus.RUNNING: "yellow", RunStatus.FINISHED: "green", RunStatus.FAILED: "bold red"}
SCHEME = "s3://"


def show_runs(views: Sequence[RunView], console: Console) -> None:
    """Print a row a run."""
    stages = [str(stage) for stage in Stage]
    shown = table("run", "status", "age", *stages, "source", right=("age", *stages), fold="source")
    for each in views:
        shown.add_row(
            cell(each.run_id),
            cell(each.status, STYLES[each.status]),
            cell(age(since(each.created_at))),
            *(cell(_progress(each.done[stage], each.parts)) for stage in Stage),
            cell(_short(each.source)),
        )
    console.print(shown)


def show_details(run: RunDetails, console: Console) -> None:
    """Print everything about a run."""
    head = cell(f"{run.run_id}  ", "bold")
    head.append_text(cell(run.status, STYLES[run.status]))
    head.append_text(cell(f"  {_when(run)}"))
    console.print(head)
    console.print(cell(run.source), soft_wrap=True)
    if run.reason:
        console.print(cell(run.reason, "bold red"), soft_wrap=True)
    console.print()
    console.print(_stages(run.stages))
    console.print()
    tables = [made for made in (_counts(run), _units(run), _step(run)) if made.row_count]
    console.print(Columns(tables, padding=(0, 6)))
    if run.rejects:
        console.print(
            cell(f"\n{count(run.rejects.rows)} rejected rows: {run.rejects.location}"), soft_wrap=True
        )


def show_messages(messages: Sequence[Message], console: Console) -> None:
    """Print a row a message that is sent again."""
    shown = table("to", "message", "why", "event id", fold="message")
    for each in messages:
        to = f"topic {each.topic}" if each.topic else f"queue {each.queue}"
        shown.add_row(cell(to), cell(each.about), cell(each.why), cell(each.event_id))
    console.print(shown)


def _stages(stages: Sequence[StageView]) -> Table:
    shown = table("stage", "parts", "seconds", "announced", right=("parts", "seconds"))
    for each in stages:
        shown.add_row(
            cell(each.stage),
            cell(_progress(each.done, each.parts)),
            cell(f"{each.seconds:,.1f}" if each.done else None),
            cell("yes" if each.announced else UNKNOWN),
        )
    return shown


def _counts(run: RunDetails) -> Table:
    shown = table("count", "", right=("",))
    for name, number in run.counts.items():
        shown.add_row(cell(name.replace("_", " ")), cell(count(number)))
    return shown


def _units(run: RunDetails) -> Table:
    shown = table("used", "amount", "at list price", right=("amount", "at list price"))
    for each in run.units:
        cost = None if each.cost_usd is None else usd(float(each.cost_usd))
        shown.add_row(cell(each.unit), cell(count(float(each.amount))), cell(cost))
    if run.units:
        shown.add_section()
        shown.add_row(cell("total", "bold"), cell(""), cell(usd(float(run.cost_usd["total"])), "bold"))
    return shown


def _step(run: RunDetails) -> Table:
    shown = table("recommender", "", fold="")
    for name, value in run.step.items():
        if value:
            shown.add_row(cell(name), cell(value))
    return shown


def _when(run: RunView) -> str:
    began = f"began {run.created_at:%Y-%m-%d %H:%M:%S} UTC, {age(since(run.created_at))} ago"
    return f"{began}, took {_took(run.created_at, run.finished_at)}" if run.finished_at else began


def _took(begun: datetime, ended: datetime) -> str:
    return seconds((ended - begun).total_seconds())


def _progress(done: int, parts: int | None) -> str:
    return f"{done}/{UNKNOWN if parts is None else parts}"


def _short(source: str) -> str:
    """A source without its bucket, which all runs of a stage share."""
    return source.removeprefix(SCHEME).partition("/")[2] or source
