"""What ingest says of an upload."""

from collections.abc import Iterator

from fondly.cli.tables.declaration import GAP, Line, Number, Shown, numbers
from fondly.cli.tables.facts import rejects
from fondly.contracts.counts import Counted
from fondly.operations.formatting import counted, printable
from fondly.operations.runs.ingest_facts import base_name, convention_lines, ignored_lines
from fondly.operations.uploading import Verdict

COUNTED = (Counted.PRODUCTS, Counted.CUSTOMERS, Counted.REVIEWS, Counted.PURCHASES, Counted.REJECTED_ROWS)


def verdict_sections(verdict: Verdict) -> Iterator[Shown]:
    """Yield what the files were read as, what is in them, what could not be used, and the verdict."""
    report = verdict.report
    for file in report.files:
        yield Line(f"{base_name(file.file)}: {printable(file.format)}, {counted(file.rows, 'row')}")
    yield from map(Line, (*convention_lines(report), *ignored_lines(report)))
    yield GAP
    counts = [
        Number(name.replace("_", " "), number) for name in COUNTED if (number := report.counts.get(name))
    ]
    if counts:
        yield from (numbers("read", counts), GAP)
    yield from rejects(report)
    for question in report.questions:
        yield Line(f"? {printable(question.text)}", "yellow")
        yield Line(f"  mapping.yaml: {printable(question.remedy)}")
    if report.questions:
        asked = counted(len(report.questions), "question")
        yield Line(f"✗ {verdict.run_id} has failed: answer {asked}, then upload again", "bold red")
    elif verdict.failed is not None:
        yield Line(f"✗ {verdict.run_id} cannot go on: {printable(verdict.failed)}", "bold red")
    elif verdict.is_known:
        yield Line(f"✓ the same files have been uploaded before, as {verdict.run_id}: nothing is done twice")
    else:
        yield Line(f"✓ {verdict.run_id} goes on with these files", "green")
