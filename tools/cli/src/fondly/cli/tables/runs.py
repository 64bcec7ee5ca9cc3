"""Runs, and what becomes of each."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from fondly.cli.tables.cost import money
from fondly.cli.tables.declaration import (
    GAP,
    Column,
    Columns,
    Line,
    Number,
    Remark,
    Shown,
    Table,
    numbers,
    sheet,
)
from fondly.cli.tables.delivery import STYLES as DELIVERY_STYLES
from fondly.cli.tables.delivery import delivery_sections, position
from fondly.cli.tables.facts import customers_table, rejects
from fondly.cli.tables.reviews import is_among_reviews, review_tables
from fondly.contracts.counts import Counted
from fondly.contracts.object_keys import UPLOADS
from fondly.operations.formatting import UNKNOWN, age, count, counted, seconds, since
from fondly.operations.runs.facts import notices, quiet_lines
from fondly.operations.runs.ingest_facts import convention_lines, ignored_lines, left_out_lines
from fondly.operations.runs.retry import Message
from fondly.operations.runs.views import RunDetails, RunView, StageView
from fondly.runtime.batches import batches
from fondly.runtime.runs.attribution import Attribution
from fondly.runtime.runs.run import MAKING, RunStatus, StageName

STYLES = {
    RunStatus.RUNNING: "yellow",
    RunStatus.STOPPED: "bold yellow",
    RunStatus.FINISHED: "green",
    RunStatus.FAILED: "bold red",
}
ANNOUNCED = frozenset({StageName.SENTIMENT, StageName.MAILER})
"""Stages that announce their completion with an event of their own."""
COUNTS_PER_ROW = 2
SHORTFALLS = {Counted.REJECTED_ROWS, Counted.UNALIGNED_TEXTS, Counted.EMAILS_TEMPLATE_COPY}
"""Counts that people want to see even if they are zero."""
SCHEME = "s3://"
Count = tuple[str, int]

RUNS: Columns[RunView] = (
    Column("run", lambda run: run.run_id),
    Column("status", lambda run: run.status, lambda run: STYLES[run.status]),
    Column("age", lambda run: age(since(run.created_at)), right=True),
    Column("at", lambda run: _position(run)[0], lambda run: _position(run)[1]),
    Column(
        "source",
        lambda run: short_source(run.source),
        below=lambda run: run.reason,
        below_style=lambda run: STYLES[run.status],
        fold=True,
    ),
)
MESSAGES: Columns[Message] = (
    Column("topic or queue", lambda message: message.topic or message.queue),
    Column("why", lambda message: message.why, fold=True),
    Column("event id", lambda message: message.event_id),
)


def run_sections(run: RunDetails) -> Iterator[Shown]:
    """Yield everything about a run."""
    yield Line(f"{run.run_id}  ", "bold", Line(run.status, STYLES[run.status]))
    yield from (Line(_when(run)), Line(run.source))
    if run.reason:
        yield Line(run.reason, "bold red")
    yield GAP
    notable = [Line(f"! {notice}", "yellow", wraps=True) for notice in notices(run.facts)]
    if lines := [*notable, *(Line(line, wraps=True) for line in quiet_lines(run.facts))]:
        yield from (*lines, GAP)
    for section in _tables(run):
        yield from (section, GAP)
    yield from rejects(run.facts.ingest)
    if (report := run.facts.ingest) is not None:
        yield from map(Line, (*convention_lines(report), *ignored_lines(report), *left_out_lines(report)))
    if (kept := run.pinned) is not None:  # --json has all of it
        told = ("mailer_brand_name", "mailer_locale", "mailer_brand_voice")
        said = ", ".join(
            [*(str(kept.settings[name]) for name in told), f"theme {kept.theme['name']}", kept.models[0]]
        )
        yield from (Line(f"emails as set: {said}; digest {kept.sha256[:12]}", wraps=True), GAP)
    if run.rejects:
        yield from (Line(f"{count(run.rejects.rows)} rejected rows: {run.rejects.location}"), GAP)
    if run.status is not RunStatus.FINISHED:  # what it waits for, or died of; --json always has it
        yield from _noted(run)


def message_sections(messages: Sequence[Message], told: str) -> Iterator[Shown]:
    """Yield a row per message that is sent again, and what has become of them."""
    yield from (Table(MESSAGES, messages), Remark(told))


def _tables(run: RunDetails) -> Iterator[Shown]:
    """Yield the delivery, and the tables that have rows."""
    if run.delivery:
        yield from delivery_sections(run.delivery)
    if run.stages:
        yield _stages(run)
    costs = sheet(_costs(run), title="at list prices", right=True)
    own = (numbers("after its emails", _led_to(run.attribution)), _counts(run), costs)
    yield from (each for each in (customers_table(run.facts), *review_tables(run), *own) if each.rows)


def _position(run: RunView) -> tuple[str, str]:
    """The first stage that is not complete, with its parts; then the delivery, or the number of parts."""
    for stage in MAKING:
        if run.parts is None or run.done[stage] < run.parts:
            return f"{stage} {_progress(run.done[stage], run.parts)}", ""
    if run.delivery_status:
        where = position(run.delivery_status, run.delivered_parts, run.parts)
        return where, DELIVERY_STYLES[run.delivery_status]
    return counted(run.parts or 0, "part"), ""


def _stages(run: RunDetails) -> Table[StageView]:
    columns: Columns[StageView] = (
        Column("stage", lambda stage: stage.stage),
        Column("parts", lambda stage: _progress(stage.done, stage.parts), right=True),
        Column("seconds", lambda stage: f"{stage.seconds:,.1f}" if stage.done else None, right=True),
        Column("", lambda stage: _note(run, stage), "yellow"),
    )
    return Table(columns, run.stages)


def _note(run: RunDetails, stage: StageView) -> str:
    """What a stage of a running run is doing."""
    if run.status is not RunStatus.RUNNING:
        return ""
    if stage.stage in ANNOUNCED and stage.done == stage.parts and not stage.announced:
        return "complete, not yet announced"
    return run.recommender.training if stage.stage is StageName.RECOMMENDER else ""


def _noted(run: RunDetails) -> Iterator[Line]:
    """Yield what the recommender has noted."""
    if noted := run.recommender.model_dump(mode="json", exclude_defaults=True):
        yield Line("recommender", "bold")
    for name, value in (noted | noted.pop("resources", {})).items():
        yield Line(f"{name:<20}  {value}")


def _counts(run: RunDetails) -> Table[Sequence[Count]]:
    """The counts in two columns, so that all are visible at once, without what did not happen."""
    shown = [
        (name, number)
        for name, number in run.counts.items()
        if (number or name in SHORTFALLS) and not (run.sentiment and is_among_reviews(name))
    ]
    columns = [column for index in range(COUNTS_PER_ROW) for column in _nth_count(index)]
    return Table(columns, list(batches(shown, COUNTS_PER_ROW)))


def _costs(run: RunDetails) -> Iterator[tuple[str, str]]:
    """Yield what each service has cost, all of them, and what that makes for 1,000 emails."""
    total = run.cost_usd.get("total", Decimal(0))
    yield from ((name, money(cost)) for name, cost in run.cost_usd.items() if total)
    if total and (emails := run.counts.get(Counted.EMAILS)):
        yield "1,000 emails", money(total / emails * 1000)


def _nth_count(index: int) -> Columns[Sequence[Count]]:
    def style(row: Sequence[Count]) -> str:
        name, number = row[index] if row[index:] else ("", 1)
        return ("yellow" if name in SHORTFALLS else "") if number else "dim"

    return (
        Column("count", lambda row: row[index][0].replace("_", " ") if row[index:] else "", style),
        Column("number", lambda row: row[index][1] if row[index:] else "", style, right=True),
    )


def _led_to(found: Attribution | None) -> Iterator[Number]:
    """Yield what the emails led to, as far as the shop has told; purchases in its currency."""
    if found is None:
        return
    yield Number("clicks", found.clicked)
    yield Number("products viewed", found.viewed)
    some = "" if found.valued == found.purchased else f" ({count(found.valued)} of them)"
    worth = f"worth {found.value:,.2f}{some}" if found.valued else ""
    yield Number("purchases", found.purchased, worth)


def _when(run: RunView) -> str:
    started = f"started {run.created_at:%Y-%m-%d %H:%M:%S} UTC, {age(since(run.created_at))} ago"
    if run.finished_at is None:
        return started
    return f"{started}, took {seconds((run.finished_at - run.created_at).total_seconds())}"


def _progress(done: int, parts: int | None) -> str:
    return f"{done}/{UNKNOWN if parts is None else parts}"


def short_source(source: str) -> str:
    """A source without its bucket and folder, which are the same for all runs of a stage; a set has many."""
    keys = source.removeprefix(SCHEME).partition("/")[2]
    return " ".join(key.removeprefix(UPLOADS) for key in keys.split(" ")) or source
