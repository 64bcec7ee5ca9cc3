"""What an environment costs while nobody uploads anything follows from what Terraform makes of it."""

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest

from tests.support.configurations import CONSOLE, PROFILE, configuration
from tests.support.hcl.configuration import Instance

DEFAULTS: dict[str, dict[str, Any]] = {
    "dev": {},
    "prod": {
        "mailer": {"model_id": PROFILE},
        "unsubscribe_endpoint": False,
        "clicks_enabled": False,
        "recommender": {},
        "realtime": {},
        "sending": {},
    },
}
"""What `tests.support.configurations` turns on beyond the defaults is off again."""
HOURS_PER_MONTH = 730
FREE_DISK_GIB = 20
MIB_PER_GB = 1024
CPU_UNITS = 1024
ESTIMATED = {"cloudwatch.metric_months"}
"""Container Insights makes these metrics by itself: no file says how many they are."""
BY_THE_HOUR_OR_MONTH = {
    "aws_cloudwatch_metric_alarm",
    "aws_ecs_cluster",  # its Container Insights
    "aws_ecs_service",
    "aws_eip",
    "aws_kms_key",
    "aws_nat_gateway",
    "aws_lb",
    "aws_service_discovery_private_dns_namespace",
    "aws_vpc_endpoint",
    "aws_wafv2_web_acl",
}
BY_USE = {
    "aws_api_gateway_rest_api",
    "aws_apigatewayv2_vpc_link",
    "aws_cloudwatch_dashboard",  # three of an account are free
    "aws_cloudwatch_event_rule",
    "aws_cloudwatch_log_group",
    "aws_cognito_user_pool",  # by people who sign in
    "aws_dynamodb_table",
    "aws_efs_file_system",
    "aws_flow_log",
    "aws_s3_bucket",
    "aws_ses_receipt_rule",
    "aws_sesv2_configuration_set",
    "aws_sesv2_email_identity",
    "aws_sns_topic",
    "aws_sqs_queue",
}
FREE = {
    "aws_acm_certificate",
    "aws_acm_certificate_validation",
    "aws_api_gateway_base_path_mapping",
    "aws_api_gateway_deployment",
    "aws_api_gateway_domain_name",
    "aws_api_gateway_integration",
    "aws_api_gateway_method",
    "aws_api_gateway_method_settings",
    "aws_api_gateway_request_validator",
    "aws_api_gateway_resource",
    "aws_api_gateway_stage",
    "aws_appautoscaling_policy",
    "aws_appautoscaling_scheduled_action",
    "aws_appautoscaling_target",
    "aws_budgets_budget",
    "aws_cloudwatch_event_target",
    "aws_cognito_user_pool_client",
    "aws_cognito_user_pool_domain",
    "aws_default_security_group",
    "aws_ecs_cluster_capacity_providers",
    "aws_ecs_task_definition",
    "aws_efs_access_point",
    "aws_efs_file_system_policy",
    "aws_efs_mount_target",
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_internet_gateway",
    "aws_kms_alias",
    "aws_lb_listener",
    "aws_lb_listener_rule",
    "aws_lb_target_group",
    "aws_route",
    "aws_route_table",
    "aws_route_table_association",
    "aws_s3_bucket_lifecycle_configuration",
    "aws_s3_bucket_notification",
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_versioning",
    "aws_security_group",
    "aws_service_discovery_service",
    "aws_ses_active_receipt_rule_set",
    "aws_ses_receipt_rule_set",
    "aws_sesv2_configuration_set_event_destination",
    "aws_sesv2_email_identity_mail_from_attributes",
    "aws_sns_topic_policy",
    "aws_sns_topic_subscription",
    "aws_sqs_queue_policy",
    "aws_sqs_queue_redrive_allow_policy",
    "aws_ssm_parameter",
    "aws_subnet",
    "aws_vpc",
    "aws_vpc_security_group_egress_rule",
    "aws_vpc_security_group_ingress_rule",
    "aws_wafv2_web_acl_association",
    "aws_wafv2_web_acl_logging_configuration",
    "terraform_data",
}


def everything(environment: str, **inputs: object) -> list[Instance]:
    """All resources of an environment by its defaults, but for some inputs."""
    return list(configuration(environment, **{**DEFAULTS[environment], **inputs}).everything())


def known(name: str) -> dict[str, int]:
    """What the estimates take to be the units of a month."""
    text = resources.files("fondly.operations.cost").joinpath("standing.toml").read_text("utf-8")
    units: dict[str, int] = tomllib.loads(text)[name]
    without_tasks = {"campaign", "sending"}
    assert name in without_tasks or units.keys() >= ESTIMATED, "Container Insights is on where tasks run"
    return {unit: units[unit] for unit in units.keys() - ESTIMATED}


@pytest.mark.parametrize("environment", DEFAULTS)
def test_standing_costs_are_those_of_the_terraform_files(environment: str) -> None:
    """Endpoints by zone, NAT, keys, the metrics of alarms, and tasks that run at rest, with their disks."""
    found = {unit: amount for unit, amount in standing(everything(environment)).items() if amount}
    assert known(environment) == found


def test_real_time_adds_what_is_known_of_it() -> None:
    """A load balancer, a web ACL, a task and alarms, to prod as it is by default."""
    without, with_it = (
        standing(everything("prod", realtime={"enabled": enabled})) for enabled in (False, True)
    )
    assert known("realtime") == {
        unit: amount - without[unit] for unit, amount in with_it.items() if amount != without[unit]
    }


def test_a_campaign_adds_what_is_known_of_it() -> None:
    """Two endpoints, for what it is asked and told, and all hours of a month, which Personalize bills."""
    without, with_it = (
        standing(everything("prod", recommender={"campaign": campaign})) for campaign in (False, True)
    )
    hours = {"personalize.campaign_tps_hours": HOURS_PER_MONTH}
    assert known("campaign") == {
        "endpoint.hours": with_it["endpoint.hours"] - without["endpoint.hours"],
        **hours,
    }


def test_clicks_add_what_is_known_of_them() -> None:
    """A load balancer, a web ACL, two small tasks and alarms, beside the endpoint whose key they take."""
    without, with_it = (
        standing(everything("prod", unsubscribe_endpoint=True, clicks_enabled=enabled))
        for enabled in (False, True)
    )
    assert known("clicks") == {
        unit: amount - without[unit] for unit, amount in with_it.items() if amount != without[unit]
    }


def test_sending_adds_what_is_known_of_it() -> None:
    """An endpoint for SES, and a web ACL before the unsubscribe endpoint; tasks rest between runs."""
    without = standing(everything("prod"))
    with_it = standing(everything("prod", sending={"transport": "ses"}, unsubscribe_endpoint=True))
    assert known("sending") == {
        unit: amount - without[unit] for unit, amount in with_it.items() if amount != without[unit]
    }


def test_the_console_adds_what_is_known_of_it() -> None:
    """A load balancer with an address in each zone, a web ACL, and a task that would run day and night."""
    without, with_it = (standing(everything("prod", nat=True, console=each)) for each in (None, CONSOLE))
    assert known("console") == {
        unit: amount - without[unit] for unit, amount in with_it.items() if amount != without[unit]
    }


@pytest.mark.parametrize("environment", DEFAULTS)
def test_it_is_known_of_every_resource_what_it_costs(environment: str) -> None:
    """Whoever adds another kind decides whether it has a price by the hour, by use, or none."""
    kinds = {each.kind for each in everything(environment, realtime={"enabled": True}, console=CONSOLE)}
    assert kinds - BY_THE_HOUR_OR_MONTH - BY_USE - FREE == set()


def rules(acl: Instance) -> int:
    """The rules of a web ACL."""
    return len(list(acl.block.expanded("rule", acl.scope)))


def standing(made: list[Instance]) -> Counter[str]:
    """The units of a month that resources cost at rest."""
    of_kind: dict[str, list[Instance]] = defaultdict(list)
    for each in made:
        of_kind[each.kind].append(each)
    units = Counter(
        {
            "nat.hours": len(of_kind["aws_nat_gateway"]) * HOURS_PER_MONTH,
            "nat.address_hours": (len(of_kind["aws_eip"]) + sum(map(addresses, of_kind["aws_lb"])))
            * HOURS_PER_MONTH,
            "kms.key_months": len(of_kind["aws_kms_key"]),
            "route53.zone_months": len(of_kind["aws_service_discovery_private_dns_namespace"]),
            "cloudwatch.alarm_months": sum(map(metrics, of_kind["aws_cloudwatch_metric_alarm"])),
            "balancer.hours": len(of_kind["aws_lb"]) * HOURS_PER_MONTH,
            "waf.acl_months": len(of_kind["aws_wafv2_web_acl"]),
            "waf.rule_months": sum(map(rules, of_kind["aws_wafv2_web_acl"])),
            "endpoint.hours": sum(map(zones, of_kind["aws_vpc_endpoint"])) * HOURS_PER_MONTH,
        }
    )
    tasks = {each["family"]: each for each in of_kind["aws_ecs_task_definition"]}
    for service in of_kind["aws_ecs_service"]:
        for unit, amount in hourly(tasks[service["name"]]):
            units[unit] += round(service["desired_count"] * amount * HOURS_PER_MONTH)
    return units


def metrics(alarm: Instance) -> int:
    """How many metrics an alarm watches: each is billed, an expression over them is not."""
    queries = [query for query, _ in alarm.block.expanded("metric_query", alarm.scope)]
    return sum(bool(query.nested("metric")) for query in queries) if queries else 1


def addresses(balancer: Instance) -> int:
    """How many public addresses a load balancer has: one in each zone, unless it is internal."""
    return 0 if "internal" in set(balancer) else len(balancer["subnets"])


def zones(endpoint: Instance) -> int:
    """In how many zones an endpoint is billed: a gateway in none."""
    return len(endpoint["subnet_ids"]) if endpoint["vpc_endpoint_type"] == "Interface" else 0


def hourly(task: Instance) -> Iterator[tuple[str, float]]:
    """What a task of Fargate costs by the hour; the first 20 GB of disk are free."""
    yield "fargate.vcpu_hours", int(task["cpu"]) / CPU_UNITS
    yield "fargate.gb_hours", int(task["memory"]) / MIB_PER_GB
    for disk, scope in task.block.expanded("ephemeral_storage", task.scope):
        yield "fargate.disk_gb_hours", max(0, int(disk.value("size_in_gib", scope)) - FREE_DISK_GIB)
