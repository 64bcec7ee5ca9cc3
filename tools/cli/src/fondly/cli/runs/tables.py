"""Runs as tables for people."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from fondly.cli.delivery.tables import STYLES as DELIVERY_STYLES
from fondly.cli.delivery.tables import position
from fondly.cli.delivery.tables import sections as delivery_sections
from fondly.cli.runs.review_tables import is_among_reviews, review_sections
from fondly.cli.tables import cell, table
from fondly.contracts.object_keys import UPLOADS
from fondly.operations.formatting import UNKNOWN, age, count, seconds, since, usd
from fondly.operations.runs.retry import Message
from fondly.operations.runs.views import RunDetails, RunView, StageView
from fondly.runtime.batches import batches
from fondly.runtime.runs.attribution import Attribution
from fondly.runtime.runs.run import MAKING, RunStatus, StageName
from fondly.stack.fact_tables import customers_table, picks_lines, read_lines, rejects_table

STYLES = {
    RunStatus.RUNNING: "yellow",
    RunStatus.STOPPED: "bold yellow",
    RunStatus.FINISHED: "green",
    RunStatus.FAILED: "bold red",
}
ANNOUNCED = frozenset({StageName.SENTIMENT, StageName.MAILER})
"""Stages that announce their completion with an event of their own."""
COUNTS_PER_ROW = 2
SCHEME = "s3://"


def run_table(views: Sequence[RunView]) -> Table:
    """A row per run."""
    shown = table("run", "status", "age", "at", "source", right=("age",), fold="source")
    for each in views:
        shown.add_row(
            cell(each.run_id),
            cell(each.status, STYLES[each.status]),
            cell(age(since(each.created_at))),
            _position(each),
            _source(each),
        )
    return shown


def show_details(run: RunDetails, console: Console) -> None:
    """Print everything about a run."""
    head = cell(f"{run.run_id}  ", "bold")
    head.append_text(cell(run.status, STYLES[run.status]))
    console.print(head)
    console.print(cell(_when(run)))
    console.print(cell(run.source), soft_wrap=True)
    if run.reason:
        console.print(cell(run.reason, "bold red"), soft_wrap=True)
    console.print()
    if lines := list(picks_lines(run.facts)):
        console.print(*lines, sep="\n", end="\n\n")
    for section in _sections(run):
        console.print(section)
        console.print()
    for line in read_lines(run.facts):
        console.print(line, soft_wrap=True)
    if run.rejects:
        console.print(
            cell(f"{count(run.rejects.rows)} rejected rows: {run.rejects.location}"), soft_wrap=True
        )
        console.print()
    if run.status is not RunStatus.FINISHED:  # what it waits for, or died of; --json always has it
        _show_notes(run, console)


def _show_notes(run: RunDetails, console: Console) -> None:
    """Print what the recommender has noted."""
    noted = run.recommender.model_dump(mode="json", exclude_defaults=True)
    if noted:
        console.print(cell("recommender", "bold"))
    for name, value in (noted | noted.pop("resources", {})).items():
        console.print(cell(f"{name:<20}  {value}"), soft_wrap=True)


def _sections(run: RunDetails) -> Iterator[RenderableType]:
    """Yield the delivery, and the tables that have rows."""
    if run.delivery:
        yield from delivery_sections(run.delivery)
    customers, rejects = customers_table(run.facts), rejects_table(run.facts.ingest)
    reviews, led_to = review_sections(run), _attribution(run)
    for section in (_stages(run), customers, rejects, *reviews, led_to, _counts(run), _units(run)):
        if section.row_count:
            yield section


def message_table(messages: Sequence[Message]) -> Table:
    """A row per message that is sent again."""
    shown = table("topic or queue", "why", "event id", fold="why")
    for each in messages:
        shown.add_row(cell(each.topic or each.queue), cell(each.why), cell(each.event_id))
    return shown


def _source(run: RunView) -> Text:
    """The upload; below it why the run failed, if it did."""
    source = cell(short_source(run.source))
    return source.append("\n").append_text(cell(run.reason, STYLES[run.status])) if run.reason else source


def _position(run: RunView) -> Text:
    """The first stage that is not complete, with its parts; then the delivery, or the number of parts."""
    for stage in MAKING:
        if run.parts is None or run.done[stage] < run.parts:
            return cell(f"{stage} {_progress(run.done[stage], run.parts)}")
    if run.delivery_status:
        where = position(run.delivery_status, run.delivered_parts, run.parts)
        return cell(where, DELIVERY_STYLES[run.delivery_status])
    return cell(f"{run.parts} {'part' if run.parts == 1 else 'parts'}")


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
    """What a stage of a running run is doing."""
    if run.status is not RunStatus.RUNNING:
        return ""
    if stage.stage in ANNOUNCED and stage.done == stage.parts and not stage.announced:
        return "complete, not yet announced"
    return run.recommender.training if stage.stage is StageName.RECOMMENDER else ""


def _counts(run: RunDetails) -> Table:
    """The counts in two columns, so that all are visible at once."""
    shown = table(*("count", "number") * COUNTS_PER_ROW, right=("number",))
    counts = {
        name: number for name, number in run.counts.items() if not (run.sentiment and is_among_reviews(name))
    }
    for row in batches(counts.items(), COUNTS_PER_ROW):
        shown.add_row(*(each for name, number in row for each in _count(name, number)))
    return shown


def _attribution(run: RunDetails) -> Table:
    """What the emails led to, as far as the shop has told."""
    shown = table("after its emails", "number", "", right=("number",))
    if (found := run.attribution) is not None:
        shown.add_row(cell("clicks"), cell(count(found.clicked)), cell(""))
        shown.add_row(cell("products viewed"), cell(count(found.viewed)), cell(""))
        shown.add_row(cell("purchases"), cell(count(found.purchased)), cell(_worth(found)))
    return shown


def _worth(found: Attribution) -> str:
    """What purchases came to, in the shop's currency; nothing if nobody has told."""
    if not found.valued:
        return ""
    known = "" if found.valued == found.purchased else f" ({count(found.valued)} of them)"
    return f"worth {found.value:,.2f}{known}"


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


def _when(run: RunView) -> str:
    started = f"started {run.created_at:%Y-%m-%d %H:%M:%S} UTC, {age(since(run.created_at))} ago"
    return f"{started}, took {_took(run.created_at, run.finished_at)}" if run.finished_at else started


def _took(started: datetime, ended: datetime) -> str:
    return seconds((ended - started).total_seconds())


def _progress(done: int, parts: int | None) -> str:
    return f"{done}/{UNKNOWN if parts is None else parts}"


def short_source(source: str) -> str:
    """A source without its bucket and folder, which are the same for all runs of a stage; a set has many."""
    keys = source.removeprefix(SCHEME).partition("/")[2]
    return " ".join(key.removeprefix(UPLOADS) for key in keys.split(" ")) or source
