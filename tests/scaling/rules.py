"""Reads the scaling rules from the Terraform of the service module."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.scaling.autoscaling import Cooldown, Policy, ScalableTarget, StepPolicy, TargetTracking
from tests.scaling.cloudwatch import Alarm
from tests.support.configurations import configuration, pipeline_of
from tests.support.terraform import INFRA, Module, read_module

FILE = INFRA / "modules/service/scaling.tf"
TARGET_TRACKING_PERIODS = 3
"""Target tracking makes its own alarm: above the target for three minutes."""
Body = Mapping[str, Any]


@dataclass(frozen=True)
class Bounds:
    """What an environment sets for a service: the module's variable `scaling`."""

    min_tasks: int
    max_tasks: int
    backlog_per_task: int
    idle_minutes: int


@cache
def bounds_of(environment: str, service: str) -> Bounds:
    """The bounds of a service in `dev` or `prod`."""
    given = pipeline_of(configuration(environment)).variable("services")[service]
    kind = str(read_module("modules/service").variables["scaling"]["type"])
    [idle_minutes] = re.findall(r"idle_minutes = optional\(number, (\d+)\)", kind)
    return Bounds(given["min_tasks"], given["max_tasks"], given["backlog_per_task"], int(idle_minutes))


def scalable_target(folder: Path, bounds: Bounds, *, desired: int) -> ScalableTarget:
    """The target and its policies as a folder of Terraform describes them."""
    resources = _resources(folder)
    values = {f"${{each.value.{name}}}": value for name, value in vars(bounds).items()}

    def value(given: object) -> Any:  # noqa: ANN401 - a literal of any type
        return values.get(str(given), given)

    def step(name: str) -> StepPolicy:
        [policy] = resources["aws_appautoscaling_policy", name]["step_scaling_policy_configuration"]
        [adjusted] = policy["step_adjustment"]
        body = resources["aws_cloudwatch_metric_alarm", name]
        assert body["alarm_actions"] == [f"${{aws_appautoscaling_policy.{name}[each.key].arn}}"]
        periods = int(value(body["evaluation_periods"]))
        alarm = Alarm(
            expressions=_expressions(body["metric_query"]),
            comparison=body["comparison_operator"],
            threshold=float(body["threshold"]),
            periods=periods,
            datapoints=int(body.get("datapoints_to_alarm", periods)),
            missing=body["treat_missing_data"],
        )
        adjustment = int(value(adjusted["scaling_adjustment"]))
        return StepPolicy(alarm, policy["adjustment_type"], adjustment, Cooldown(float(policy["cooldown"])))

    [grow] = resources["aws_appautoscaling_policy", "grow"]["target_tracking_scaling_policy_configuration"]
    [specification] = grow["customized_metric_specification"]
    target = float(value(grow["target_value"]))
    growing = TargetTracking(
        Alarm(
            expressions=_expressions(specification["metrics"]),
            comparison="GreaterThanThreshold",
            threshold=target,
            periods=TARGET_TRACKING_PERIODS,
            datapoints=TARGET_TRACKING_PERIODS,
        ),
        target=target,
        cooldown=Cooldown(float(grow["scale_out_cooldown"])),
        scales_in=not grow["disable_scale_in"],
    )
    policies: list[Policy] = [step("wake"), growing, step("rest")]
    return ScalableTarget(bounds.min_tasks, bounds.max_tasks, policies, desired)


def _expressions(queries: list[Body]) -> list[tuple[str, str]]:
    """The expressions in their order; the last is the one that returns data."""
    found = [query for query in queries if "expression" in query]
    assert [query["id"] for query in queries if query.get("return_data")] == [found[-1]["id"]]
    return [(query["id"], query["expression"]) for query in found]


@cache
def _resources(folder: Path) -> Mapping[tuple[str, str], Body]:
    return Module(folder).resources
