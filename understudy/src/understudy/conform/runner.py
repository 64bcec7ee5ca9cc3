"""Makes the checks, one after the other, removes what they have made, and tells of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from textwrap import indent
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from understudy.conform.case import described
from understudy.conform.check import Difference, Need, Outcome, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from understudy.conform.check import Check
    from understudy.conform.world import Target, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of all checks, and what could not be removed afterwards."""

    results: Sequence[Result]
    left_behind: Sequence[str]

    def count(self, outcome: Outcome) -> int:
        """Return how many checks had an outcome."""
        return sum(result.outcome is outcome for result in self.results)

    @property
    def conforms(self) -> bool:
        """Whether nothing was different, and nothing is left."""
        return self.count(Outcome.DIFFERENT) == 0 and not self.left_behind


def run_checks(
    checks: Iterable[Check], world: World, *, paid: bool, told: Callable[[Result], None] = lambda _: None
) -> Report:
    """Make the checks that can be made, and tell of each; those that cost money only if `paid`.

    Whatever ends it early, such as an endpoint that goes away, is raised once all has been removed that could
    be; what is left is in the notes of the error.
    """
    results: list[Result] = []
    try:
        for check in checks:
            results.append(_result(check, world, paid=paid))
            told(results[-1])
    except BaseException as error:
        for each in world.clean_up():
            error.add_note(f"left behind: {each}")
        raise
    return Report(results=results, left_behind=world.clean_up())


def _result(check: Check, world: World, *, paid: bool) -> Result:
    if check.cost_usd and not paid:
        return Result(check=check, outcome=Outcome.SKIPPED, reason="costs money: --paid")
    if Need.STORAGE in check.needs and not (world.target.bucket and world.target.role_arn):
        return Result(check=check, outcome=Outcome.SKIPPED, reason=f"needs {Need.STORAGE}")
    started = world.clock()
    differences = _differences(check, world)
    return Result(
        check=check,
        outcome=Outcome.DIFFERENT if differences else Outcome.SAME,
        differences=differences,
        duration_s=world.clock() - started,
    )


def _differences(check: Check, world: World) -> Sequence[Difference]:
    """Return what is different; a call on the way that fails, or a state that is not reached, is so too."""
    try:
        return check.run(world)
    except ClientError as error:
        code, message, status = described(error)
        call = f"{error.operation_name} ({status}) {code}: {message}"
        return [Difference("a call on the way", "an answer", call)]
    except (RuntimeError, KeyError, ValueError) as error:
        return [Difference("on the way", "to get further", f"{type(error).__name__}: {error}")]


_MARKS = {Outcome.SAME: "ok", Outcome.DIFFERENT: "DIFFERENT", Outcome.SKIPPED: "skipped"}


def line(result: Result) -> str:
    """Return one check and what came of it, with every difference below it."""
    check = result.check
    reason = f" ({result.reason})" if result.reason else ""
    head = f"{_MARKS[result.outcome]:9}  {check.service:19}  {plain(check.name)}{reason}"
    return "\n".join([head, *_told(result)])


def summary(report: Report) -> str:
    """Return the counts, and what is left behind."""
    counts = ", ".join(f"{report.count(outcome)} {outcome}" for outcome in Outcome)
    left = "".join(f"\nleft behind: {plain(each)}" for each in report.left_behind)
    return f"{len(report.results)} checks: {counts}{left}"


def as_json(report: Report, target: Target) -> str:
    """Return the whole report as JSON."""
    content = {
        "endpoint": target.endpoint_url,
        "region": target.region,
        "conforms": report.conforms,
        "counts": {str(outcome): report.count(outcome) for outcome in Outcome},
        "leftBehind": list(report.left_behind),
        "checks": [_as_dict(result) for result in report.results],
    }
    return json.dumps(content, indent=2) + "\n"


def plain(text: str) -> str:
    """Return text that cannot steer a terminal: it comes from whatever answers at the endpoint."""
    return "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in text)


def _told(result: Result) -> Iterator[str]:
    for each in result.differences:
        rows = (("expected", each.expected), ("found", each.found), ("known from", result.check.origin))
        told = "\n".join(f"{name + ':':12}{plain(value)}" for name, value in rows)
        yield indent(f"{plain(each.what)}\n{indent(told, '  ')}", " " * 11)


def _as_dict(result: Result) -> dict[str, Any]:
    check = result.check
    return {
        "name": check.name,
        "service": check.service,
        "origin": check.origin,
        "outcome": result.outcome,
        "durationS": round(result.duration_s, 3),
        **({"reason": result.reason} if result.reason else {}),
        **({"differences": [_difference(each) for each in result.differences]} if result.differences else {}),
    }


def _difference(each: Difference) -> dict[str, str]:
    return {"what": each.what, "expected": each.expected, "found": each.found}
