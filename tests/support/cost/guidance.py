"""The original guidance's cost table beside ours, as the Markdown of `docs/cost.md`.

`python -m tests.support.cost.guidance` prints it.
"""

import sys
import tomllib
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from importlib import resources

from pydantic import BaseModel, ConfigDict

from fondly.cli.tables.cost import money
from fondly.operations.cost.estimate import WEEKLY_SHARE, standing_lines
from fondly.operations.cost.hours import hours_of
from fondly.operations.cost.lines import (
    SES_PER_S,
    CostLine,
    delivery_hours,
    delivery_lines,
    kept_lines,
    run_lines,
    total,
)
from fondly.operations.cost.workload import Workload
from fondly.operations.formatting import count

FILE = "guidance.toml"
ENVIRONMENTS = ("dev", "prod")
SIZES = (1_500, 100_000, 10_000_000)


class GuidanceLine(BaseModel):
    """A line of the guidance's table, our units that do its work, and what is wrong with it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    service: str
    says: str
    usd: Decimal | None = None
    ours: tuple[str, ...]
    error: str


@lru_cache(maxsize=1)
def guidance() -> Sequence[GuidanceLine]:
    """The lines of the table."""
    text = resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")
    return [GuidanceLine.model_validate(each) for each in tomllib.loads(text)["line"]]


def comparison() -> str:
    """Return three tables: the costs, what is wrong with the guidance's, and what is not among them."""
    return "\n".join([*_costs(), "", *_errors(), "", *_beside()]) + "\n"


def ours(size: int) -> list[CostLine]:
    """Our lines for so many customers: a first run, and what it keeps for a month."""
    work = Workload.of(size)
    return [*run_lines(work), *kept_lines(work)]


def _costs() -> Iterator[str]:
    lines = {size: ours(size) for size in SIZES}
    yield _row("", "the guidance, 1,500 customers", *(f"Fondly, {count(size)}" for size in SIZES))
    yield _row("---", *["---:"] * (1 + len(SIZES)))
    for each in guidance():
        quoted = "" if each.usd is None else money(each.usd)
        sums = [money(total(_of(lines[size], each.ours))) for size in SIZES]
        yield _row(each.service, quoted, *sums)
    said = sum((each.usd for each in guidance() if each.usd is not None), Decimal(0))
    yield _row(
        "**total**", f"left out; {money(said)}", *(f"**{money(total(lines[size]))}**" for size in SIZES)
    )
    thousands = (money(total(lines[size]) / size * 1000) for size in SIZES)
    yield _row("1,000 emails", money(said / SIZES[0] * 1000), *thousands)


def _errors() -> Iterator[str]:
    yield _row("", "the guidance says", "what is wrong with it")
    yield _row("---", "---", "---")
    for each in guidance():
        yield _row(each.service, each.says, each.error)


def _beside() -> Iterator[str]:
    yield _row("", *(count(size) for size in SIZES))
    yield _row("---", *["---:"] * len(SIZES))
    works = [Workload.of(size) for size in SIZES]
    for service in ("comprehend", "personalize", "bedrock"):
        yield _row(f"hours of {service}", *(f"{hours_of(work)[service]:,.1f}" for work in works))
    for label, share in (
        ("a second run, all known but the copy", 0.0),
        (f"a week later, {WEEKLY_SHARE:.0%} new", WEEKLY_SHARE),
    ):
        again = [work.following(new_share=share) for work in works]
        yield _row(label, *(money(total(run_lines(work))) for work in again))
    unranked = [work.model_copy(update={"trains": False}) for work in works]
    yield _row("the first without rankings", *(money(total(run_lines(work))) for work in unranked))
    yield _row(
        "delivering the emails of a run by SES", *(money(total(delivery_lines(work))) for work in works)
    )
    yield _row(
        f"hours of it, {SES_PER_S:.0f} emails a second", *(f"{delivery_hours(work):,.1f}" for work in works)
    )
    for name, lines in standing_lines().items():
        what = f"a month of `{name}`{'' if name in ENVIRONMENTS else ' beside it,'} without uploads"
        yield _row(what, *[money(total(lines))] * len(SIZES))


def _of(lines: Sequence[CostLine], units: Sequence[str]) -> list[CostLine]:
    return [each for each in lines if each.unit.startswith(tuple(units))]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.write(comparison())
