"""What each part of the decision is worth, for people."""

from rich.console import Console
from rich.table import Table

from fondly.cli.tables import cell, table
from fondly.evaluation.metrics import Change, Interval
from fondly.evaluation.own_data.ablation import HIT_NAMES, AblationReport, Whole
from fondly.operations.formatting import count

TITLES = dict(zip(HIT_NAMES, ("very product", "family", "leaf category"), strict=True))


def show_ablation(report: AblationReport, console: Console) -> None:
    """Print the figures of everything together, then what becomes of each without each part."""
    whole = report.whole
    console.print(
        cell(
            f"{count(whole.lists)} lists, {count(whole.ranked)} customers with a ranking; of "
            f"{count(whole.held_out)} customers what they reviewed or bought last is held out. Changes of "
            "hits are in points"
        ),
        soft_wrap=True,
    )
    console.print()
    console.print(_whole(whole))
    for name in HIT_NAMES:
        console.print()
        console.print(_changes(report, name))
    console.print()
    console.print(_others(report))


def _whole(whole: Whole) -> Table:
    shown = table("with every part", "", "95 % interval", right=("", "95 % interval"))
    for name, found in whole.hits.items():
        shown.add_row(cell(TITLES[name]), cell(f"{100 * found.mean:.1f} %", "bold"), cell(_bounds(found)))
    for title, value in (
        ("products in at least one list", f"{100 * whole.variety.coverage_products:.1f} %"),
        ("Gini coefficient of exposure", f"{whole.variety.exposure_gini:.2f}"),
        ("lists with the most frequent product", f"{100 * whole.variety.most_frequent_product:.1f} %"),
        ("CPU of one customer's picks", f"{whole.cpu_ms:.1f} ms"),
    ):
        shown.add_row(cell(title), cell(value), cell(""))
    return shown


def _changes(report: AblationReport, name: str) -> Table:
    names = (TITLES[name], "95 % interval", "only with", "only without")
    shown = table("without", *names, right=names)
    for part in report.parts:
        found = part.hits[name]
        shown.add_row(
            cell(part.part.replace("_", " ")),
            cell(f"{100 * found.mean:+.1f}", "bold" if _is_sure(found) else ""),
            cell(_bounds(found, sign="+")),
            cell(count(found.lost)),
            cell(count(found.won)),
        )
    return shown


def _others(report: AblationReport) -> Table:
    names = ("covered", "Gini", "most frequent", "CPU ms", "$ for 1,000", "lines")
    shown = table("without", *names, right=names)
    for part in report.parts:
        shown.add_row(
            cell(part.part.replace("_", " ")),
            cell(f"{100 * part.variety.coverage_products:+.1f}"),
            cell(f"{part.variety.exposure_gini:+.2f}"),
            cell(f"{100 * part.variety.most_frequent_product:+.1f}"),
            cell(f"{part.cpu_ms:+.1f}"),
            cell(f"{-part.usd:.2f}" if part.usd else None),
            cell(None if part.lines is None else f"-{part.lines:,}"),
        )
    return shown


def _bounds(found: Interval, *, sign: str = "") -> str:
    return f"{100 * found.low:{sign}.1f} to {100 * found.high:{sign}.1f}"


def _is_sure(found: Change) -> bool:
    return found.low > 0 or found.high < 0
