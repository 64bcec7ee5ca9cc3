"""Dashboard and alarms use the metrics that the services emit."""

import re
from typing import TYPE_CHECKING

import pytest

from encore.runtime.metrics import Metric
from encore.runtime.settings import NAMESPACE

if TYPE_CHECKING:
    from tests.architecture.conftest import ReadModule
    from tests.support.terraform import Module


@pytest.fixture(scope="module")
def observability(read_module: "ReadModule") -> "Module":
    """The module with the dashboard and alarms."""
    return read_module("modules/observability")


def test_terraform_names_exactly_the_emitted_metrics(observability: "Module") -> None:
    """Both sides know every metric; an alarm on a renamed one would never fire."""
    assert sorted(observability.locals["metrics"].values()) == sorted(Metric)
    assert observability.locals["namespace"] == NAMESPACE + "/${var.name}"


def test_metrics_are_emitted_where_they_are_watched(observability: "Module", pipeline: "Module") -> None:
    """Each environment has its own namespace, the same on both sides."""
    emitted = pipeline.locals["common_settings"]["ENCORE_METRICS_NAMESPACE"]
    assert emitted == observability.locals["namespace"]


def test_every_metric_is_shown_or_watched(observability: "Module") -> None:
    """A metric without a widget or alarm need not be measured."""
    used = set(re.findall(r"local\.metrics\.(\w+)", observability.text))
    assert used == set(observability.locals["metrics"])


def test_metrics_are_named_in_one_place(observability: "Module") -> None:
    """Alarms and widgets refer to the table of names instead of repeating them."""
    spelled = re.findall(r'metric_name\s*=\s*"(\w+)"', observability.text)
    spelled += re.findall(r'local\.namespace,\s*"(\w+)"', observability.text)
    assert set(spelled) & set(Metric) == set()
    assert all(name.startswith(("Approximate", "NumberOf", "RunningTask")) for name in spelled), spelled


def test_every_failure_that_operators_must_know_of_has_an_alarm(observability: "Module") -> None:
    """Dead letters, age, stuck and paused stages, errors, template copy, bad runs, campaigns, cost."""
    alarms = {name for kind, name in observability.resources if kind == "aws_cloudwatch_metric_alarm"}
    assert alarms == {
        "campaign_idle",
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


def test_every_alarm_notifies_somebody(observability: "Module") -> None:
    """No alarm is visible only on a page that somebody has to open."""
    for (kind, name), alarm in observability.resources.items():
        if kind == "aws_cloudwatch_metric_alarm":
            assert alarm["alarm_actions"] == "${local.notify}", name
