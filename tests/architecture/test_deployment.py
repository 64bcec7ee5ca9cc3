"""What Terraform would make of an environment, in what order, and what would be paid for it."""

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.support.configurations import EXAMPLES, MODEL, PROFILE, configuration
from tests.support.hcl import aws
from tests.support.hcl.configuration import Configuration, Instance
from tests.support.services import CONSUMERS, SERVICES

if TYPE_CHECKING:
    from tests.architecture.conftest import ReadModule


def module(environment: Configuration, *names: str) -> Configuration:
    """A module of an environment, by the names of the calls that lead to it; the first instance of each."""
    for name in names:
        environment = next(iter(environment.modules(name).values()))
    return environment


def zones_offering(
    monkeypatch: pytest.MonkeyPatch, offers: dict[str, list[str]], available: list[str]
) -> None:
    """Let AWS have these zones, and offer some endpoints in some of them only."""
    service = aws.DATA["aws_vpc_endpoint_service"]
    monkeypatch.setitem(aws.DATA, "aws_availability_zones", lambda _: {"names": available})
    monkeypatch.setitem(
        aws.DATA,
        "aws_vpc_endpoint_service",
        lambda get: {**service(get), "availability_zones": offers.get(get("service"), available)},
    )


def test_zones_that_have_every_endpoint_are_preferred(monkeypatch: pytest.MonkeyPatch) -> None:
    """A zone that lacks one is used only if there are too few others."""
    available = ["eu-west-1d", "eu-west-1b", "eu-west-1a", "eu-west-1c"]
    zones_offering(monkeypatch, {"comprehend": ["eu-west-1d", "eu-west-1b", "eu-west-1c"]}, available)
    assert configuration("prod").output("zones") == ["eu-west-1b", "eu-west-1c", "eu-west-1d"]
    zones_offering(monkeypatch, {"comprehend": ["eu-west-1b"]}, available)
    assert configuration("prod").output("zones") == ["eu-west-1b", "eu-west-1a", "eu-west-1c"]
    assert configuration("prod", zones=["eu-west-1d", "eu-west-1a"]).output("zones") == [
        "eu-west-1d",
        "eu-west-1a",
    ]


def test_an_endpoint_is_asked_for_only_where_it_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS refuses the whole endpoint otherwise."""
    zones_offering(monkeypatch, {"personalize": ["eu-west-1c"]}, list(aws.ZONES))
    endpoints = module(configuration("prod"), "network").instances("aws_vpc_endpoint", "interface")
    assert len(endpoints["sqs"]["subnet_ids"]) == 3
    assert endpoints["personalize"]["subnet_ids"] == ["network.aws_subnet.private[eu-west-1c].id"]


@pytest.mark.parametrize("resource", ["aws_ecs_service.this", "terraform_data.check"])
def test_a_task_starts_when_it_may_and_can(read_module: "ReadModule", resource: str) -> None:
    """Its roles have their policies by then, and its security group lets it out."""
    kind, _, name = resource.partition(".")
    waits = read_module("modules/service").resources[kind, name]["depends_on"]
    policies = {"aws_iam_role_policy.execution", "aws_iam_role_policy.task"}
    rules = {"cidrs", "prefix_lists"}
    assert references(waits) >= policies | {f"aws_vpc_security_group_egress_rule.{rule}" for rule in rules}


def test_tasks_wait_for_routes_and_endpoints(read_module: "ReadModule") -> None:
    """Whoever uses the network's subnets waits for all by which tasks leave them; every service does."""
    network = read_module("modules/network")
    [tasks] = [block["tasks"] for block in network.blocks("output") if "tasks" in block]
    ways = {("aws_route", "nat"), *(key for key in network.resources if key[0] == "aws_vpc_endpoint")}
    joins = {key for key in network.resources if key[0] == "aws_route_table_association"}
    assert references(tasks["depends_on"]) >= {".".join(key) for key in ways | joins}
    pipeline = read_module("modules/pipeline")
    for call in ("service", "understudy"):
        assert pipeline.calls[call]["network"] == "${var.network}"
    calls = read_module(".").calls
    assert {calls[name]["network"] for name in calls if "network" in calls[name]} == {
        "${module.network.tasks}"
    }


def test_a_service_uses_no_revision_that_was_not_checked(read_module: "ReadModule") -> None:
    """The check runs for each revision, where the service's tasks do, and the service waits for it."""
    service = read_module("modules/service")
    assert "terraform_data.check" in references(service.resources["aws_ecs_service", "this"]["depends_on"])
    check = service.resources["terraform_data", "check"]
    assert references(check["triggers_replace"]) == {"aws_ecs_task_definition.this"}
    script = (service.path / "check_task.py").read_text()
    read = set(re.findall(r'environ(?:\.get\(|\[)"(CHECK_\w+)"', script)) - {
        "CHECK_POLL_S",
        "CHECK_TIMEOUT_S",
    }
    [provisioner] = check["provisioner"]
    assert set(provisioner["local-exec"]["environment"]) == read


def test_checks_can_be_left_out() -> None:
    """For an older release, whose images have no such flag."""
    for given, count in ((True, 1), (False, 0)):
        services = module(configuration("prod", check=given), "pipeline").modules("service").values()
        assert [len(each.instances("terraform_data", "check")) for each in services] == [count] * len(
            CONSUMERS
        )


def test_there_are_never_two_understudies() -> None:
    """Both would write its state: a deployment stops the old task first, and no zone is rebalanced."""
    service = module(configuration("dev"), "pipeline", "understudy").instances("aws_ecs_service", "this")[
        None
    ]
    assert (service["deployment_maximum_percent"], service["deployment_minimum_healthy_percent"]) == (100, 0)
    assert service["availability_zone_rebalancing"] == "DISABLED"
    assert service["desired_count"] == 1
    other = module(configuration("dev"), "pipeline", "service").instances("aws_ecs_service", "this")[None]
    assert (other["deployment_maximum_percent"], other["deployment_minimum_healthy_percent"]) == (200, 100)


def test_understudy_keeps_its_state_where_it_is_mounted() -> None:
    """Encrypted on disk and on the way, through its access point, in every zone where its task may start."""
    pipeline = module(configuration("dev"), "pipeline")
    task = module(pipeline, "understudy").instances("aws_ecs_task_definition", "this")[None]
    [container] = json.loads(task["container_definitions"])
    environment = {each["name"]: each["value"] for each in container["environment"]}
    mounted = {each["containerPath"]: each["sourceVolume"] for each in container["mountPoints"]}
    volume = mounted[environment["UNDERSTUDY_STATE_DIR"]]
    [efs] = [nested for name, nested in volumes(task) if name == volume]
    assert efs["transit_encryption"] == "ENABLED"
    [system] = pipeline.instances("aws_efs_file_system", "understudy").values()
    assert system["encrypted"] is True
    assert efs["file_system_id"] == system["id"]
    assert len(pipeline.instances("aws_efs_mount_target", "understudy")) == len(
        pipeline.variable("network")["subnet_ids"]
    )
    assert container["user"] == "10001:10001"


def test_there_is_a_repository_for_every_image_that_is_pushed() -> None:
    """And every service's image is one of them."""
    pushed = {*SERVICES, "cli", "console", "understudy"}
    assert set(module(configuration("bootstrap"), "registry").variable("images")) == pushed
    assert set(module(configuration("dev"), "pipeline").local("images").values()) < pushed


def test_with_the_real_services_there_is_no_understudy() -> None:
    """Neither its task nor its file system."""
    pipeline = module(configuration("prod"), "pipeline")
    assert pipeline.modules("understudy") == {}
    assert pipeline.instances("aws_efs_file_system", "understudy") == {}


def test_a_budget_sees_the_ai_services_and_another_what_has_the_tag() -> None:
    """Calls of AI services have no tag: without a budget by service, most of the bill is seen by none."""
    observability = module(configuration("prod"), "observability")
    budgets = observability.instances("aws_budgets_budget", "month")
    found = {name: _filters(budget) for name, budget in budgets.items()}
    assert found["resources"] == {"TagKeyValue": ["user:stack$fondly-prod"], "Region": ["eu-west-1"]}
    assert found["ai"].keys() == {"Service"}
    assert {"Amazon Bedrock", "Amazon Comprehend", "Amazon Personalize"} < set(found["ai"]["Service"])
    assert "Claude Haiku 5.5 (Amazon Bedrock Edition)" in found["ai"]["Service"]
    other = module(configuration("prod", ai_services=["Amazon Bedrock"]), "observability")
    budget = other.instances("aws_budgets_budget", "month")["ai"]
    assert _filters(budget) == {"Service": ["Amazon Bedrock"]}


@pytest.mark.parametrize(
    ("model_id", "on_bill"),
    [
        (MODEL, "Claude Haiku 5.5"),
        (PROFILE, "Claude Haiku 5.5"),
        ("us.anthropic.claude-haiku-4-5-20251001-v1:0", "Claude Haiku 4.5"),
        ("anthropic.claude-sonnet-4-20250514-v1:0", "Claude Sonnet 4"),
        ("anthropic.claude-opus-5", "Claude Opus 5"),
        ("amazon.nova-lite-v1:0", None),
    ],
)
def test_a_model_of_another_vendor_has_its_own_name_on_the_bill(model_id: str, on_bill: str | None) -> None:
    """Its name follows from the model's id; Amazon's own are Amazon Bedrock."""
    services = module(configuration("dev", mailer={"model_id": model_id}), "pipeline").output("ai_services")
    named = [service for service in services if service.endswith("(Amazon Bedrock Edition)")]
    assert named == ([f"{on_bill} (Amazon Bedrock Edition)"] if on_bill else [])


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_state_is_encrypted_by_its_key(read_module: "ReadModule", name: str) -> None:
    """Bootstrap prints the key with the bucket: `encrypt` alone would ask S3 for AES256."""
    backend = configuration("bootstrap").output("backend")
    given = dict(re.findall(r'^(\w+) *= "(.+)"$', backend, re.MULTILINE))
    assert given.keys() == {"bucket", "region", "kms_key_id"}
    assert given["kms_key_id"] == configuration("bootstrap").output("state_key_arn")
    assert re.search(r'backend "s3" \{[^}]*encrypt += true', read_module(f"examples/{name}").text)


def _filters(budget: Instance) -> dict[str, list[str]]:
    """What a budget counts."""
    return {each["name"]: each["values"] for each in budget["cost_filter"]}


def references(value: object) -> set[str]:
    """The resources that an expression, or a list of them, refers to."""
    return set(re.findall(r"\b((?:aws|terraform)_\w+\.\w+)", str(value)))


def volumes(task: Instance) -> Iterator[tuple[str, dict[str, object]]]:
    """The file systems of a task by the name of their volume."""
    for block, scope in task.block.expanded("volume", task.scope):
        for nested in block.nested("efs_volume_configuration"):
            yield (
                block.value("name", scope),
                {name: nested.value(name, scope) for name in nested.body.attributes},
            )
