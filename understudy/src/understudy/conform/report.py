"""The report: a table of differences for a person, and JSON for programs."""

from __future__ import annotations

import json
from textwrap import indent
from typing import TYPE_CHECKING, Any

from understudy.conform.check import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.conform.check import Difference, Result
    from understudy.conform.runner import Report
    from understudy.conform.world import Target

_MARKS = {Outcome.SAME: "ok", Outcome.DIFFERENT: "DIFFERENT", Outcome.SKIPPED: "skipped"}


def line(result: Result) -> str:
    """Return one check and what came of it, with every difference below it."""
    check = result.check
    reason = f" ({result.reason})" if result.reason else ""
    head = f"{_MARKS[result.outcome]:9}  {check.service:19}  {plain(check.name)}{reason}"
    return "\n".join([head, *_differences(result)])


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


def _differences(result: Result) -> Iterator[str]:
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
