"""Runs as tables for people."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from encore.cli.domain.runs import RunDetails, RunView, StageView
from encore.cli.retry import Message
from encore.cli.show import UNKNOWN, age, cell, since, table
from encore.runtime.batches import batches
from encore.runtime.runs.run import RunStatus, StageName
from encore.stack.formatting import count, seconds, usd

STYLES = {RunStatus.RUNNING: "yellow", RunStatus.FINISHED: "green", RunStatus.FAILED: "bold red"}
CLOSED = frozenset({StageName.SENTIMENT, StageName.MAILER})
"""Stages whose completion is announced as a whole."""
COUNTS_PER_ROW = 3
SCHEME = "s3://"


def show_runs(views: Sequence[RunView], console: Console) -> None:
    """Print a row a run."""
    stages = [str(stage) for stage in StageName]
    shown = table("run", "status", "age", *stages, "source", right=("age", *stages), fold="source")
    for each in views:
        shown.add_row(
            cell(each.run_id),
            cell(each.status, STYLES[each.status]),
            cell(age(since(each.created_at))),
            *(cell(_progress(each.done[stage], each.parts)) for stage in StageName),
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
    for section in (_stages(run), _counts(run), _units(run), _step(run)):
        if section.row_count:
            console.print(section)
            console.print()
    if run.rejects:
        console.print(
            cell(f"{count(run.rejects.rows)} rejected rows: {run.rejects.location}"), soft_wrap=True
        )


def show_messages(messages: Sequence[Message], console: Console) -> None:
    """Print a row a message that is sent again."""
    shown = table("to", "why", "event id", fold="why")
    for each in messages:
        to = f"topic {each.topic}" if each.topic else f"queue {each.queue}"
        shown.add_row(cell(to), cell(each.why), cell(each.event_id))
    console.print(shown)


def _stages(run: RunDetails) -> Table:
    shown = table("stage", "parts", "seconds", "", right=("parts", "seconds"))
    for each in run.stages:
        shown.add_row(
            cell(each.stage),
            cell(_progress(each.done, each.parts)),
            cell(f"{each.seconds:,.1f}" if each.done else None),
            cell(_note(run, each), "yellow"),
        )
    return shown


def _note(run: RunDetails, stage: StageView) -> str:
    """What a stage of an open run is about."""
    if run.status is not RunStatus.RUNNING:
        return ""
    if stage.stage in CLOSED and stage.done == stage.parts and not stage.announced:
        return "complete, not yet announced"
    return run.step.get("step", "") if stage.stage is StageName.RECOMMENDER else ""


def _counts(run: RunDetails) -> Table:
    """The counts in several columns, so that all can be seen at once."""
    shown = table(*("counted", "") * COUNTS_PER_ROW, right=("",))
    for row in batches(run.counts.items(), COUNTS_PER_ROW):
        shown.add_row(*(each for name, number in row for each in _count(name, number)))
    return shown


def _count(name: str, number: int) -> tuple[Text, Text]:
    style = "" if number else "dim"
    return cell(name.replace("_", " "), style), cell(count(number), style)


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
