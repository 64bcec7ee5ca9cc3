"""What each part of the decision is worth."""

from collections.abc import Iterator

from fondly.cli.tables.declaration import GAP, Column, Columns, Line, Shown, Table
from fondly.evaluation.metrics import Change, Interval
from fondly.evaluation.own_data.ablation import HIT_NAMES, AblationReport, PartFigures, Whole

TITLES = dict(zip(HIT_NAMES, ("very product", "family", "leaf category"), strict=True))
NAME = Column[PartFigures]("without", lambda part: part.part.replace("_", " "))
OTHERS: Columns[PartFigures] = (
    NAME,
    Column("covered", lambda part: f"{100 * part.variety.coverage_products:+.1f}", right=True),
    Column("Gini", lambda part: f"{part.variety.exposure_gini:+.2f}", right=True),
    Column("most frequent", lambda part: f"{100 * part.variety.most_frequent_product:+.1f}", right=True),
    Column("CPU ms", lambda part: f"{part.cpu_ms:+.1f}", right=True),
    Column("$ for 1,000", lambda part: f"{-part.usd:.2f}" if part.usd else None, right=True),
)
WHOLE: Columns[tuple[str, str, str]] = (
    Column("with every part", lambda row: row[0]),
    Column("", lambda row: row[1], lambda row: "bold" if row[2] else "", right=True),
    Column("95 % interval", lambda row: row[2], right=True),
)


def ablation_sections(report: AblationReport) -> Iterator[Shown]:
    """Yield the figures of everything together, then what becomes of each without each part."""
    whole = report.whole
    yield Line(
        f"{whole.lists:,} lists, {whole.ranked:,} customers with a ranking; of {whole.held_out:,} customers "
        "what they reviewed or bought last is held out. Changes of hits are in points"
    )
    yield from (GAP, Table(WHOLE, list(_whole(whole))))
    for name in HIT_NAMES:
        yield from (GAP, Table(_changes(name), report.parts))
    yield from (GAP, Table(OTHERS, report.parts))


def _whole(whole: Whole) -> Iterator[tuple[str, str, str]]:
    for name, found in whole.hits.items():
        yield TITLES[name], f"{100 * found.mean:.1f} %", _bounds(found)
    yield "products in at least one list", f"{100 * whole.variety.coverage_products:.1f} %", ""
    yield "Gini coefficient of exposure", f"{whole.variety.exposure_gini:.2f}", ""
    yield "lists with the most frequent product", f"{100 * whole.variety.most_frequent_product:.1f} %", ""
    yield "CPU of one customer's picks", f"{whole.cpu_ms:.1f} ms", ""


def _changes(name: str) -> Columns[PartFigures]:
    return (
        NAME,
        Column(
            TITLES[name],
            lambda part: f"{100 * part.hits[name].mean:+.1f}",
            lambda part: "bold" if _is_sure(part.hits[name]) else "",
            right=True,
        ),
        Column("95 % interval", lambda part: _bounds(part.hits[name], sign="+"), right=True),
        Column("only with", lambda part: part.hits[name].lost, right=True),
        Column("only without", lambda part: part.hits[name].won, right=True),
    )


def _bounds(found: Interval, *, sign: str = "") -> str:
    return f"{100 * found.low:{sign}.1f} to {100 * found.high:{sign}.1f}"


def _is_sure(found: Change) -> bool:
    return found.low > 0 or found.high < 0
