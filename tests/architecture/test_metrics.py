"""Dashboard and alarms use the metrics that the services emit."""

import json
from typing import TYPE_CHECKING

import pytest

from fondly.runtime.metrics import Metric
from fondly.runtime.settings import NAMESPACE
from tests.scaling.metric_math import evaluate, names_in
from tests.support.configurations import configuration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.architecture.conftest import ReadModule
    from tests.support.hcl.configuration import Configuration
    from tests.support.terraform import Module


@pytest.fixture(scope="module")
def observability(read_module: "ReadModule") -> "Module":
    """The module with the dashboard and alarms."""
    return read_module("modules/observability")


def test_exactly_the_emitted_metrics_are_shown_or_watched() -> None:
    """An alarm on a renamed metric would never fire, and what nobody sees need not be measured."""
    made = configuration("prod").modules("observability")[None]
    own = made.local("namespace")
    [dashboard] = made.instances("aws_cloudwatch_dashboard", "this").values()
    widgets = json.loads(dashboard["dashboard_body"])["widgets"]
    shown = {line[1] for widget in widgets for line in widget["properties"]["metrics"] if line[0] == own}
    assert shown | set(_watched(made, own)) == set(Metric)


def test_metrics_are_emitted_where_they_are_watched(observability: "Module", pipeline: "Module") -> None:
    """Each environment has its own namespace, the same on both sides."""
    emitted = pipeline.locals["common_settings"]["FONDLY_METRICS_NAMESPACE"]
    assert emitted == observability.locals["namespace"] == NAMESPACE + "/${var.name}"


def test_every_failure_that_operators_must_know_of_has_an_alarm(observability: "Module") -> None:
    """Dead letters, age, stuck and paused stages, errors, template copy, bad runs, cost."""
    alarms = {name for kind, name in observability.resources if kind == "aws_cloudwatch_metric_alarm"}
    assert alarms == {
        "circuit",
        "delivery",
        "reputation",
        "dead_letters",
        "error_share",
        "template_copy_share",
        "oldest_message",
        "run",
        "stuck",
    }
    assert set(observability.locals["run_alarms"]) == {"run-failed", "run-stopped", "run-cost", "run-silent"}
    assert set(observability.locals["delivery_alarms"]) == {
        "in-doubt",
        "refused",
        "delivery-halted",
        "delivery-paused",
        "delivery-waits",
        "mailbox",
    }
    assert ("aws_budgets_budget", "month") in observability.resources


@pytest.mark.parametrize(
    ("alarm", "known", "is_on"),
    [
        ("oldest_message", {"age": 1_000, "estimate": 60}, False),  # the time to wake up
        ("oldest_message", {"age": 40_000, "estimate": 20_000}, False),  # a large run, or one behind another
        ("oldest_message", {"age": 42_000, "estimate": 20_000}, True),
        ("oldest_message", {"age": 42_000}, False),  # nobody works: stuck says so
        ("stuck", {"waiting": 3, "done": 0}, True),
        ("stuck", {"waiting": 3, "done": 0, "calls": 0}, True),
        ("stuck", {"waiting": 3, "done": 0, "calls": 5}, False),  # a part waits for its quota
        ("stuck", {"waiting": 3, "done": 1}, False),
        ("stuck", {"waiting": 0, "done": 0}, False),
    ],
)
def test_age_and_want_of_progress_raise_alarms_and_a_quota_does_not(
    alarm: str, known: dict[str, float], *, is_on: bool
) -> None:
    """A run is late by its own estimate, and stuck if neither messages nor calls go on."""
    made = (
        configuration("prod").modules("observability")[None].instances("aws_cloudwatch_metric_alarm", alarm)
    )
    queries = [query for query, _ in made["mailer"].block.expanded("metric_query", made["mailer"].scope)]
    expression = queries[-1].value("expression", made["mailer"].scope)
    series = {name: {0: known[name]} if name in known else {} for name in names_in(expression)}
    assert any(evaluate(expression, series, [0]).values()) == is_on


def test_every_alarm_notifies_somebody(observability: "Module") -> None:
    """No alarm is visible only on a page that somebody has to open."""
    for (kind, name), alarm in observability.resources.items():
        if kind == "aws_cloudwatch_metric_alarm":
            assert alarm["alarm_actions"] == "${local.notify}", name


def _watched(observability: "Configuration", namespace: str) -> "Iterator[str]":
    """The metrics of a namespace that alarms read, one by one or in an expression."""
    for alarm in observability.everything():
        if alarm.kind == "aws_cloudwatch_metric_alarm":
            read = [(alarm.block, alarm.scope)]
            for query, scope in alarm.block.expanded("metric_query", alarm.scope):
                read += query.expanded("metric", scope)
            yield from (
                block.value("metric_name", scope)
                for block, scope in read
                if "metric_name" in block.body.attributes and block.value("namespace", scope) == namespace
            )
