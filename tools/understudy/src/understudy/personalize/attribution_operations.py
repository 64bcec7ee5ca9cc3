"""Metric attributions: which figures of events a group wants reported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from understudy.personalize.arns import Arns
from understudy.personalize.attribution import Metric
from understudy.personalize.data_operations import DataOperations
from understudy.personalize.errors import already_exists, invalid_input
from understudy.personalize.kinds import DATASET_GROUP, METRIC_ATTRIBUTION
from understudy.personalize.pages import page
from understudy.personalize.registry import Registry
from understudy.s3 import Location
from understudy.wire.service import Handler, Params

METRICS = "metrics"
"""The member of an attribution that has its metrics; Describe does not show it."""
_MOST_METRICS = 10
_NUMBERS = frozenset({"int", "long", "float", "double"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributionOperations:
    """Creates, changes and lists metric attributions."""

    arns: Arns
    registry: Registry
    data: DataOperations

    def operations(self) -> Mapping[str, Handler]:
        """Return the operations that create and change attributions, and list their metrics."""
        return {
            "CreateMetricAttribution": self.create_metric_attribution,
            "UpdateMetricAttribution": self.update_metric_attribution,
            "ListMetricAttributionMetrics": self.list_metrics,
        }

    async def create_metric_attribution(self, params: Params) -> Params:
        """Answer CreateMetricAttribution; a group has one."""
        group = self.registry.get_active(DATASET_GROUP, params["datasetGroupArn"])
        self._check(group.arn, params["metrics"])
        _check_output(params["metricsOutputConfig"])
        arn = self.arns.named("metric-attribution", params["name"])
        self.registry.create(METRIC_ATTRIBUTION, arn, dict(params), links=(group.arn,))
        return {"metricAttributionArn": arn}

    async def update_metric_attribution(self, params: Params) -> Params:
        """Answer UpdateMetricAttribution: metrics are added and removed by name, and are so at once."""
        if "metricAttributionArn" not in params:
            raise invalid_input("metricAttributionArn is required.")
        found = self.registry.get_active(METRIC_ATTRIBUTION, params["metricAttributionArn"])
        removed = set(params.get("removeMetrics", []))
        metrics = {each["metricName"]: each for each in found.detail[METRICS]}
        if not removed <= metrics.keys():
            raise invalid_input(f"There is no metric {min(removed - metrics.keys())}.")
        left = [each for name, each in metrics.items() if name not in removed]
        added = params.get("addMetrics", [])
        if any(each["metricName"] in metrics and each["metricName"] not in removed for each in added):
            raise already_exists(found.arn)
        self._check(found.detail["datasetGroupArn"], [*left, *added])
        if "metricsOutputConfig" in params:
            _check_output(params["metricsOutputConfig"])
            found.detail["metricsOutputConfig"] = params["metricsOutputConfig"]
        found.detail[METRICS] = [*left, *added]
        self.registry.changed(found)
        return {"metricAttributionArn": found.arn}

    async def list_metrics(self, params: Params) -> Params:
        """Answer ListMetricAttributionMetrics for one attribution, or for all."""
        wanted = self.registry.find(METRIC_ATTRIBUTION)
        if "metricAttributionArn" in params:
            wanted = [self.registry.get(METRIC_ATTRIBUTION, params["metricAttributionArn"])]
        found, token = page(
            [metric for each in wanted for metric in each.detail[METRICS]], params, of="Metric"
        )
        answer: Params = {"metrics": found}
        return answer if token is None else {**answer, "nextToken": token}

    def _check(self, group_arn: str, metrics: Sequence[Params]) -> None:
        """Require at most ten metrics of different names, whose columns are numbers."""
        if not 1 <= len(metrics) <= _MOST_METRICS:
            raise invalid_input(f"An attribution has 1 to {_MOST_METRICS} metrics.")
        if len({each["metricName"] for each in metrics}) < len(metrics):
            raise invalid_input("Two metrics have the same name.")
        schemas = {name.upper(): schema for name, schema in self.data.schemas(group_arn).items()}
        for each in metrics:
            summed = _metric(each).summed
            schema = None if summed is None else schemas.get(summed.dataset)
            fields = {} if schema is None else {field.name: field for field in schema.fields}
            if summed is not None and (summed.name not in fields or fields[summed.name].type not in _NUMBERS):
                raise invalid_input(f"The expression {each['expression']} names no column of numbers.")


def _metric(params: Params) -> Metric:
    try:
        return Metric.of(params)
    except ValueError as error:
        raise invalid_input(str(error)) from error


def _check_output(config: Params) -> None:
    if "s3DataDestination" not in config:
        return
    try:
        Location.parse(config["s3DataDestination"]["path"])
    except ValueError as error:
        raise invalid_input("Invalid S3 output path") from error
