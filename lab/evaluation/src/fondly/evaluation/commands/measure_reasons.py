"""Whether the reasons of a run are true, from the ledger and the data bucket to an answer."""

from collections.abc import Iterator

from fondly.cli.answer import Answer
from fondly.cli.tables.declaration import GAP, Column, Columns, Line, Shown, Table
from fondly.contracts.records import ReasonKind
from fondly.evaluation.commands.start import evaluating
from fondly.evaluation.reasons.checking import ReasonReport, check_reasons
from fondly.evaluation.reasons.stored_run import StoredRun
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.operations.runs.lookup import find_run
from fondly.runtime.runs.run import StageName


async def measure_reasons(environment: Environment, wanted: str) -> Answer:
    """Recompute every reason of a run; raise `OperationError` if it has no recommendations."""
    run = await _stored_run(environment, wanted)
    with evaluating("reading the run") as announce:
        report = await check_reasons(run, announce)
    nothing = [] if report.checked else [f"{report.run_id} recommends nothing to anybody"]
    return Answer(report, reason_sections(report), nothing, is_wrong=bool(nothing or report.false))


async def _stored_run(environment: Environment, wanted: str) -> StoredRun:
    run = await find_run(await environment.ledger(), wanted)
    recommended = sorted(run.stage(StageName.RECOMMENDER).done)
    if not recommended:
        raise OperationError(f"{run.run_id} has no recommendations: it is {run.status}")
    return StoredRun(
        run_id=run.run_id,
        objects=await environment.objects(),
        parts=range(1, (run.parts or 0) + 1),
        recommended=recommended,
        now=int(run.created_at.timestamp()),
    )


def reason_sections(report: ReasonReport) -> Iterator[Shown]:
    """Yield a row per kind of reason, then the first false ones."""
    false = report.false

    def alarm(kind: ReasonKind) -> str:
        return "bold red" if false.get(kind) else ""

    columns: Columns[ReasonKind] = (
        Column("reason", lambda kind: kind.replace("_", " ")),
        Column("checked", lambda kind: report.checked[kind], right=True),
        Column("false", lambda kind: false.get(kind, 0), alarm, right=True),
    )
    yield Table(columns, sorted(report.checked, key=lambda kind: (-report.checked[kind], kind)))
    for each in report.first_false:
        head = f"{each.kind.replace('_', ' ')}: {each.product_id} for customer {each.customer_id}"
        yield from (GAP, Line(head, "bold red"), Line(f"  {each.why}"))
    total, wrong = sum(report.checked.values()), sum(false.values())
    about = f"{total:,} reasons of {report.customers:,} customers, {wrong:,} false"
    yield from (GAP, Line(f"{report.run_id}: {about}"))
