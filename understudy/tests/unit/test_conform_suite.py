from collections import Counter
from typing import Any

from understudy.conform.case import Case, Either, Refused, input_shape, service_model
from understudy.conform.check import Need
from understudy.conform.command import SERVICES
from understudy.conform.suites import all_checks
from understudy.conform.world import Target, World

CHECKS = all_checks()
CASES = [check for check in CHECKS if isinstance(check, Case)]


def test_every_check_has_a_name_of_its_own() -> None:
    """A report can be compared with the last one."""
    names = Counter((check.service, check.name) for check in CHECKS)
    assert [name for name, count in names.items() if count > 1] == []


def test_every_service_has_checks() -> None:
    """And no check is of a service that cannot be chosen."""
    assert {check.service for check in CHECKS} == set(SERVICES)


def test_many_of_the_errors_that_aws_documents_are_asked_for() -> None:
    """Each operation with each code and message counts once."""
    errors = {
        (case.service, case.operation, case.expected.code, case.expected.text)
        for case in CASES
        if isinstance(case.expected, Refused)
    }
    assert len(errors) >= 100
    assert len({case.expected.code for case in CASES if isinstance(case.expected, Refused)}) >= 14


class Unmade(World):
    """A world in which nothing is made: whatever checks share has the same ARN."""

    def once(self, key: str, make: object) -> Any:  # noqa: ANN401, ARG002 - stands for anything that is made
        """Return an ARN."""
        return self.arn("schema/made")


def test_only_members_that_the_model_has_are_sent() -> None:
    """AWS ignores others, and the check would check nothing."""
    world = Unmade(Target(region="us-east-1", account_id="000000000000"))
    for case in CASES:
        asked = case.asked(world) if callable(case.asked) else case.asked
        shape = input_shape(case.service, case.operation)
        assert shape is not None, case.name
        assert set(asked) <= set(shape.members), case.name


def test_every_code_is_one_that_the_service_has() -> None:
    """Or the one with which AWS refuses what its model forbids, whether or not a model declares it."""
    for case in CASES:
        if isinstance(case.expected, Refused):
            declared = {each.name for each in service_model(case.service).error_shapes}
            assert set(case.expected.code.split("|")) <= declared | {"ValidationException"}, case.name


def test_what_is_refused_costs_nothing() -> None:
    """Except where AWS might answer after all; whatever Comprehend or a model answers has a price."""
    for case in CASES:
        paid_for = case.service in {"bedrock-runtime", "comprehend", "personalize-events"}
        if isinstance(case.expected, Refused):
            assert case.cost_usd == 0 or "longer than the context" in case.name
        elif paid_for or isinstance(case.expected, Either):
            assert case.cost_usd > 0, case.name
        else:
            assert case.cost_usd == 0, case.name


def test_whatever_trains_or_infers_is_paid_and_needs_files() -> None:
    """Nobody trains a model by mistake; all checks together cost little."""
    long_ones = [check for check in CHECKS if Need.STORAGE in check.needs]
    assert len(long_ones) >= 8
    assert all(not isinstance(check, Case) for check in long_ones)
    costly = {check.name for check in long_ones if check.cost_usd}
    assert {name for name in costly if "train" in name or "campaign" in name}
    assert sum(check.cost_usd for check in CHECKS) < 5
