import json
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from understudy.conform.check import Check, Difference, Need, Origin, Outcome, Result
from understudy.conform.runner import Report, as_json, line, run_checks, summary
from understudy.conform.world import Target, World

TARGET = Target(region="us-east-1", account_id="000000000000", endpoint_url="http://127.0.0.1:4570")
WITH_STORAGE = Target(region="us-east-1", account_id="1", bucket="data", role_arn="arn:aws:iam::1:role/r")
ODD = Difference("code", "Expected", "found\x1b[31m\nsecond line")


@dataclass(frozen=True, kw_only=True)
class FakeCheck(Check):
    """A check that does what a test says."""

    name: str = "a check"
    service: str = "comprehend"
    origin: Origin = Origin.QUOTED
    differences: Sequence[Difference] = ()
    error: BaseException | None = None

    def run(self, world: World) -> Sequence[Difference]:  # noqa: ARG002 - nothing is asked
        """Return the differences, or raise the error."""
        if self.error is not None:
            raise self.error
        return self.differences


class CleanWorld(World):
    """A world that has nothing to remove, or something that stays."""

    def __init__(self, target: Target = TARGET, left: Sequence[str] = ()) -> None:
        super().__init__(target)
        self.left, self.cleaned = list(left), 0

    def clean_up(self) -> list[str]:
        """Count the calls."""
        self.cleaned += 1
        return self.left


def report(*checks: FakeCheck, world: World | None = None, paid: bool = False) -> Report:
    """Return what comes of checks."""
    return run_checks(checks, world or CleanWorld(), paid=paid)


def outcomes(made: Report) -> list[Outcome]:
    """Return the outcomes, in order."""
    return [result.outcome for result in made.results]


def test_each_check_is_made_and_told() -> None:
    """In their order, as they end."""
    told: list[Result] = []
    world = CleanWorld()
    made = run_checks([FakeCheck(), FakeCheck(differences=[ODD])], world, paid=False, told=told.append)
    assert outcomes(made) == [Outcome.SAME, Outcome.DIFFERENT]
    assert told == list(made.results)
    assert not made.conforms
    assert world.cleaned == 1


def test_what_costs_money_is_left_out_unless_it_is_asked_for() -> None:
    """With the reason."""
    costly = FakeCheck(cost_usd=0.0003)
    assert outcomes(report(costly)) == [Outcome.SKIPPED]
    assert report(costly).results[0].reason == "costs money: --paid"
    assert outcomes(report(costly, paid=True)) == [Outcome.SAME]


def test_what_needs_files_is_left_out_without_a_bucket() -> None:
    """What it needs is named as on the command line."""
    check = FakeCheck(needs=frozenset({Need.STORAGE}))
    [skipped] = report(check).results
    assert (skipped.outcome, skipped.reason) == (Outcome.SKIPPED, "needs --bucket and --role-arn")
    assert outcomes(report(check, world=CleanWorld(WITH_STORAGE))) == [Outcome.SAME]


def test_skipped_checks_are_no_differences() -> None:
    """Without --paid, an endpoint can conform."""
    assert report(FakeCheck(cost_usd=1), FakeCheck()).conforms


@pytest.mark.parametrize(
    ("error", "found"),
    [
        (
            ClientError(
                {
                    "Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"},
                    "ResponseMetadata": {"HTTPStatusCode": 400},  # type: ignore[typeddict-item] # the rest is not read
                },
                "CreateSchema",
            ),
            "CreateSchema (400) ThrottlingException: Rate exceeded",
        ),
        (RuntimeError("it is CREATE FAILED"), "RuntimeError: it is CREATE FAILED"),
        (KeyError("status"), "KeyError: 'status'"),
    ],
)
def test_a_check_that_gets_stuck_is_a_difference(error: Exception, found: str) -> None:
    """The others are made all the same."""
    made = report(FakeCheck(error=error), FakeCheck())
    assert outcomes(made) == [Outcome.DIFFERENT, Outcome.SAME]
    assert made.results[0].differences[0].found == found


@pytest.mark.parametrize("error", [EndpointConnectionError(endpoint_url="x"), KeyboardInterrupt()])
def test_everything_is_removed_even_if_it_ends_early(error: BaseException) -> None:
    """The error is told, since nothing can be said about the rest, with what is left."""
    world = CleanWorld(left=["arn:group: no"])
    with pytest.raises(type(error)) as raised:
        report(FakeCheck(error=error), world=world)
    assert world.cleaned == 1
    assert raised.value.__notes__ == ["left behind: arn:group: no"]


def test_what_is_left_behind_does_not_pass_silently() -> None:
    """A bill may come of it."""
    made = report(FakeCheck(), world=CleanWorld(left=["arn:campaign: no"]))
    assert not made.conforms
    assert summary(made) == "1 checks: 1 same, 0 different, 0 skipped\nleft behind: arn:campaign: no"


def test_a_line_says_what_was_expected_what_was_found_and_from_where_it_is_known() -> None:
    """Whatever the endpoint answers cannot steer the terminal."""
    [result] = report(FakeCheck(differences=[ODD])).results
    assert line(result).splitlines() == [
        "DIFFERENT  comprehend           a check",
        "           code",
        "             expected:   Expected",
        "             found:      found\\x1b[31m\\x0asecond line",
        "             known from: quoted by users",
    ]


def test_a_line_of_a_skipped_check_says_why() -> None:
    """In one line."""
    [result] = report(FakeCheck(cost_usd=1)).results
    assert line(result) == "skipped    comprehend           a check (costs money: --paid)"


def test_the_report_is_json_for_programs() -> None:
    """Every check is in it, with its differences."""
    made = report(FakeCheck(differences=[ODD]), FakeCheck(name="other", cost_usd=1))
    content = json.loads(as_json(made, TARGET))
    assert content["endpoint"] == "http://127.0.0.1:4570"
    assert content["conforms"] is False
    assert content["counts"] == {"same": 0, "different": 1, "skipped": 1}
    different, skipped = content["checks"]
    assert different["differences"] == [{"what": "code", "expected": "Expected", "found": ODD.found}]
    assert different["origin"] == "quoted by users"
    assert skipped["reason"] == "costs money: --paid"
    assert "differences" not in skipped
