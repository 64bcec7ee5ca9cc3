"""What a smoke test has found."""

from collections.abc import Iterator

from fondly.cli.tables.cost import money
from fondly.cli.tables.declaration import GAP, Column, Columns, Line, Shown, Table
from fondly.contracts.counts import Counted
from fondly.operations.smoke.state import Outcome, SmokeState, Verdict

STYLES = {Outcome.YES: "green", Outcome.NO: "bold red", Outcome.NOT_ASKED: "yellow"}
VERDICTS: Columns[Verdict] = (
    Column("question", lambda verdict: verdict.question, below=lambda verdict: verdict.change, fold=True),
    Column("verdict", lambda verdict: verdict.outcome, lambda verdict: STYLES[verdict.outcome]),
    Column("seen", lambda verdict: verdict.seen, fold=True),
)
SHOWN = (Counted.CUSTOMERS, Counted.RECOMMENDATIONS, Counted.EMAILS, Counted.EMAILS_TEMPLATE_COPY)


def verdict_sections(state: SmokeState) -> Iterator[Shown]:
    """Yield a row per question, and how it ended."""
    yield Table(VERDICTS, state.verdicts)
    yield GAP
    told = [f"{state.counts.get(each, 0)} {each}" for each in SHOWN]
    told += [f"{number} {name}" for name, number in state.counts.items() if name.startswith("delivered_")]
    yield Line(", ".join([*told, f"{state.calls} recorded calls", money(state.cost_usd)]))
    if state.by_stand_in:
        yield Line("a stand-in has answered: this proves nothing about AWS", "yellow")
    if state.refused:
        yield Line(f"refused at {state.refused}", "bold red", wraps=True)
    if "clean" in state.done:
        yield Line("everything is deleted: nothing is listed any more", "green")
