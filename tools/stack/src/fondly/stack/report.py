"""A run's results as the closing tables in the terminal."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.columns import Columns
from rich.console import Console
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from fondly.contracts.counts import Counted
from fondly.operations.formatting import count, seconds, share, usd
from fondly.operations.runs.facts import RunFacts
from fondly.operations.runs.sentiment_figures import label_mix, most_criticised, most_praised, sentiment_of
from fondly.stack.delivery_report import delivery_lines, delivery_table
from fondly.stack.fact_tables import customers_table, picks_lines, plain_table, read_lines, rejects_table

_COUNTS = (
    Counted.PRODUCTS,
    Counted.REVIEWS,
    Counted.PURCHASES,
    Counted.INTERACTIONS,
    Counted.RECOMMENDATIONS,
)
_SHORTFALLS = {Counted.REJECTED_ROWS: "rejected rows", Counted.UNALIGNED_TEXTS: "unaligned texts"}
_COPY = {
    Counted.EMAILS_MIXED_COPY: "partly template copy",
    Counted.TEMPLATE_FIELDS: "template copy fields",
    Counted.EMAILS_SORRY: "to unhappy customers",
    Counted.COPY_PROMPTS: "prompts for copy",
    Counted.COPY_REPAIRS: "prompts for repairs",
    Counted.COPY_CALLS: "calls for copy",
    Counted.PRODUCTS_DESCRIBED: "products described",
    Counted.LINKS_LEFT_OUT: "links left out",
}
_CLAIMS = "seller_claims_"
_STAGE_BAR_COLUMNS = 16
_ASPECTS = 3
_GOOD, _NOTABLE, _BAD, _QUIET = "green", "yellow", "bold red", "dim"


def render_report(summary: Mapping[str, Any], console: Console) -> None:
    """Print `summary.json`'s figures, failures in red and notable ones in yellow; leave out missing ones."""
    facts = RunFacts.of_summary(summary)
    console.print(_headline(summary))
    tables = [
        customers_table(facts),
        _counts(summary),
        _emails(summary),
        delivery_table(summary),
        _stages(summary),
        _costs(summary),
    ]
    console.print(Columns([table for table in tables if table.row_count], padding=(0, 4)))
    for line in picks_lines(facts):
        console.print(line)
    if (rejects := rejects_table(facts.ingest)).row_count:
        console.print(rejects)
    for line in (
        *read_lines(facts),
        *_reviews(summary),
        *_claims(summary),
        *delivery_lines(summary),
        *_queues(summary),
    ):
        console.print(line)


def _headline(summary: Mapping[str, Any]) -> Panel:
    finished = summary.get("status") == "finished"
    style = _GOOD if finished else _BAD
    text = Text.assemble(("✓ " if finished else "✗ ", style), (f"Run {summary.get('run_id', '')} ", "bold"))
    text.append(str(summary.get("status", "")), style)
    if "total_seconds" in summary:
        text.append(f" in {seconds(summary['total_seconds'])}")
    if reason := summary.get("reason"):
        text.append(f"\n{reason}", _BAD)
    return Panel(text, border_style=style, expand=False, padding=(0, 2))


def _counts(summary: Mapping[str, Any]) -> Table:
    table = plain_table("Counts")
    for key in _COUNTS:
        if key in summary:
            table.add_row(key, count(summary[key]))
    for label, number, note in _shortfalls(summary):
        style = _NOTABLE if number else _QUIET
        table.add_row(Text(label, style), Text(count(number) + note, style))
    return table


def _shortfalls(summary: Mapping[str, Any]) -> Iterator[tuple[str, int, str]]:
    for key, label in _SHORTFALLS.items():
        if key in summary:
            yield label, summary[key], ""
    if Counted.EMAILS_TEMPLATE_COPY in summary:
        number, emails = summary[Counted.EMAILS_TEMPLATE_COPY], summary.get(Counted.EMAILS)
        yield "template copy", number, f" ({share(number / emails)})" if number and emails else ""


def _emails(summary: Mapping[str, Any]) -> Table:
    """How the emails came about."""
    table = plain_table("Emails")
    for key, label in _COPY.items():
        if summary.get(key):
            table.add_row(label, count(summary[key]))
    return table


def _claims(summary: Mapping[str, Any]) -> Iterator[Text]:
    """Yield a line of the products in whose names the seller claims something, by kind, most first."""
    found = {key.removeprefix(_CLAIMS): summary[key] for key in summary if key.startswith(_CLAIMS)}
    if found:
        kinds = sorted(found.items(), key=lambda each: (-each[1], each[0]))
        yield Text(
            "claims in names of products: " + ", ".join(f"{kind} {count(number)}" for kind, number in kinds)
        )


def _stages(summary: Mapping[str, Any]) -> Table:
    table = plain_table("Seconds")
    table.add_column()
    stages = summary.get("stage_seconds", {})
    longest = max(stages.values(), default=0)
    for stage, duration in ((stage, duration) for stage, duration in stages.items() if duration):
        bar = ProgressBar(
            total=longest or 1, completed=duration, width=_STAGE_BAR_COLUMNS, finished_style="bar.complete"
        )
        table.add_row(stage, f"{duration:,.1f}", bar)
    return table


def _costs(summary: Mapping[str, Any]) -> Table:
    table = plain_table("Cost at AWS list prices")
    table.min_width = len("Cost at AWS list prices")
    costs = dict(summary.get("cost_usd", {}))
    total = costs.pop("total", None)
    for service, cost in costs.items():
        table.add_row(service, usd(cost))
    if total is not None:
        table.add_section()
        table.add_row(Text("total", "bold"), Text(usd(total), "bold"))
        if emails := summary.get(Counted.EMAILS):
            table.add_row("1,000 emails", usd(total / emails * 1000))
    return table


def _reviews(summary: Mapping[str, Any]) -> Iterator[Text]:
    """The label mix, and which aspects customers praise and criticise most."""
    said = sentiment_of(summary)
    if said is None or not said.texts:
        return
    mix = ", ".join(f"{share(each.share)} {each.label.lower()}" for each in label_mix(said))
    yield Text(f"reviews: {mix}; {share(said.unscored_share)} not scored")
    if praised := most_praised(said, _ASPECTS):
        yield Text(f"most praised: {praised}")
    if blamed := most_criticised(said, _ASPECTS):
        yield Text(f"most criticised: {blamed}")


def _queues(summary: Mapping[str, Any]) -> Iterator[Text]:
    depths: Mapping[str, Mapping[str, int]] = summary.get("queues", {})
    left = {name: depth for name, depth in depths.items() if any(depth.values())}
    for name, depth in left.items():
        depths_text = ", ".join(f"{count(number)} {what.replace('_', ' ')}" for what, number in depth.items())
        yield Text(f"! queue {name}: {depths_text}", _NOTABLE)
    if depths and not left:
        yield Text(f"✓ all {len(depths)} queues are empty", _GOOD)
    yield from _dead_letters(summary.get("dead_letters", {}))


def _dead_letters(dead_letters: Mapping[str, int]) -> Iterator[Text]:
    for name, number in dead_letters.items():
        if number:
            yield Text(f"✗ dead letters in {name}: {count(number)}", _BAD)
    if dead_letters and not any(dead_letters.values()):
        yield Text("✓ no dead letters", _GOOD)
