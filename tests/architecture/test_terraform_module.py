"""The Terraform module as teams call it: its examples, several instances, registries, and VPCs that exist."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.configurations import CONSOLE, EXAMPLES, SHOP, VPC, configuration, example, pipeline_of
from tests.support.hcl import aws
from tests.support.hcl.configuration import Configuration, Instance
from tests.support.hcl.values import InvalidInputError
from tests.support.policies import statements
from tests.support.terraform import INFRA
from tests.support.terraform_docs import README, documented

if TYPE_CHECKING:
    from tests.architecture.conftest import ReadModule

NAMES = re.compile(
    r"((alarm|cluster|configuration_set|dashboard|domain|function|rule_set)_)?name"
    r"|bucket|creation_token|domain|email_identity|family"
)
"""Arguments that name what an account, a region or the world has once."""
WITHIN = {
    "aws_api_gateway_request_validator": "rest_api_id",
    "aws_iam_role_policy": "role",
    "aws_service_discovery_service": "dns_config",
    "aws_sesv2_configuration_set_event_destination": "configuration_set_name",
    "aws_vpc_endpoint": "vpc_id",
}
"""Kinds whose names only one other resource has, and the argument that says which."""
LONGEST = {
    "aws_iam_role": 64,
    "aws_s3_bucket": 63,
    "aws_lb": 32,
    "aws_lb_target_group": 32,
    "aws_sqs_queue": 80,
}
LONG = ("n" * 24, "m" * 24)
OPTIONS = INFRA.parent / "docs/deploy-options.md"
FORMER = Path(__file__).parent / "state-0.1.0.txt"
"""Of a state of prod in 0.1.0: the addresses of what holds data or is reached, and names if there are any."""
CONNECTION = {
    "platform": "shopify",
    "shop": "shop.example",
    "secret_arn": aws.arn("secretsmanager", "secret:token"),
    "webhook_secret_arn": aws.arn("secretsmanager", "secret:webhook"),
}


def whole(name: str, **inputs: Any) -> Configuration:  # noqa: ANN401 - inputs of any type
    """An instance with everything that can be turned on, of a shop with a domain of its own."""
    return configuration(
        "prod",
        **{
            "name": name,
            "shop": {"mailer": {**SHOP["mailer"], "FONDLY_MAILER_FROM_ADDRESS": f"hello@{name}.example"}},
            "nat": True,
            "link_domain": {"name": f"links.{name}.example"},
            "console": {**CONSOLE, "domain": f"console.{name}.example"},
            "connect": CONNECTION,
            **inputs,
        },
    )


def named(made: Configuration) -> Iterator[tuple[Instance, str]]:
    """Yield each name that something has of its own."""
    for each in made.everything():
        for argument in filter(NAMES.fullmatch, each):
            if isinstance(each[argument], str) and each.kind not in {"aws_eip", *WITHIN}:
                yield each, each[argument]


@pytest.mark.parametrize("more", [{}, {"understudy": True, "size": "small"}])
def test_a_second_instance_in_account_and_region_collides_with_nothing(
    monkeypatch: pytest.MonkeyPatch, more: dict[str, Any]
) -> None:
    """Whatever has a name has the instance's in it, which may be as long as is allowed in a long region."""
    monkeypatch.setitem(aws.DATA, "aws_region", lambda _: {"region": "ap-southeast-1"})
    first, second = ({(each.kind, name) for each, name in named(whole(name, **more))} for name in LONG)
    assert first & second == set()
    assert [each for each in first if LONG[0] not in each[1]] == []
    assert [each for each in first if len(each[1]) > LONGEST.get(each[0], 255)] == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_complete_and_small(read_module: "ReadModule", name: str) -> None:
    """Its inputs are accepted; its provider gives everything the tag that the budget counts."""
    example(f"examples/{name}").validate()
    [called] = example(f"examples/{name}").modules("fondly").values()
    text = read_module(f"examples/{name}").text
    assert f'tags = {{ stack = "{called.inputs["name"]}" }}' in text
    assert len(text.splitlines()) <= 60
    assert (INFRA / "examples" / name / "README.md").is_file()


def test_the_module_leaves_providers_and_states_to_its_callers(read_module: "ReadModule") -> None:
    """A module with a provider of its own cannot be called twice, nor with another account's."""
    for folder in (".", *(str(path) for path in (INFRA / "modules").iterdir())):
        assert re.findall(r'^ *(?:provider|backend) "', read_module(folder).text, re.MULTILINE) == [], folder


def test_its_tables_are_current() -> None:
    """`make terraform-docs` writes them."""
    assert README.read_text("utf-8") == documented()


def test_a_state_of_the_former_environments_moves_without_loss() -> None:
    """By the page's command: whatever holds data or is reached from outside keeps its name."""
    [command] = re.findall(r"```sh\n(for call.*?)>moved.tf\n```", OPTIONS.read_text("utf-8"), re.DOTALL)
    said = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True).stdout  # noqa: S603, S607
    own = (INFRA / "modules/network/moved.tf").read_text("utf-8")
    calls = dict(re.findall(r"from = module\.(\S+)\n  to   = module\.fondly\.module\.(\S+)", said))
    counted = dict(re.findall(r"from = (\S+)\n  to   = (\S+)", own))
    made = {each.address: each for each in configuration("prod").everything()}
    for line in FORMER.read_text("utf-8").splitlines():
        address, _, name = line.partition(" ")
        call, _, rest = address.partition(".")
        call, index = call.removesuffix("[0]"), "[0]" * call.endswith("[0]")
        new = f"{calls[call]}{index}.{counted.get(rest, rest) if call == 'network' else rest}"
        assert new in made, address
        assert name in {"", *(made[new][key] for key in filter(NAMES.fullmatch, made[new]))}, address


@pytest.mark.parametrize("page", ["connect", "deploy", "deploy-options"])
def test_pages_set_only_inputs_that_the_module_has(read_module: "ReadModule", page: str) -> None:
    """In examples of Terraform, whose lines begin with an input's name."""
    blocks = re.findall(
        r"^ *```hcl\n(.*?)```",
        (INFRA.parent / f"docs/{page}.md").read_text("utf-8"),
        re.DOTALL | re.MULTILINE,
    )
    given = {name for block in blocks for name in re.findall(r"^(\w+) +=", dedent(block), re.MULTILINE)}
    assert set() < given <= read_module(".").variables.keys()


def pulls(made: Configuration, service: str = "mailer") -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The container of a service, and what starting its task may read, by statement."""
    run = pipeline_of(made).modules("service")[service]
    [container] = json.loads(run.instances("aws_ecs_task_definition", "this")[None]["container_definitions"])
    [role] = run.instances("aws_iam_role_policy", "execution").values()
    return container, {
        each.sid.rpartition(" ")[2]: list(each.resources) for each in statements(role["policy"])
    }


def test_images_come_from_any_registry() -> None:
    """ECR is asked with permissions for one repository, any other registry with its password."""
    container, allowed = pulls(configuration("prod"))
    assert container["image"] == "123456789012.dkr.ecr.eu-west-1.amazonaws.com/fondly/mailer:1.2.3"
    assert allowed["PullImage"] == [aws.arn("ecr", "repository/fondly/mailer")]
    shared = "999999999999.dkr.ecr.eu-central-1.amazonaws.com/fondly"
    _, allowed = pulls(configuration("dev", images={"tag": "1", "prefix": shared}))
    assert allowed["PullImage"] == ["arn:aws:ecr:eu-central-1:999999999999:repository/fondly/mailer"]
    secret = aws.arn("secretsmanager", "secret:registry")
    images = {"tag": "1", "prefix": "ghcr.io/shop/fondly", "credentials_arn": secret}
    container, allowed = pulls(configuration("dev", images=images))
    assert container["image"] == "ghcr.io/shop/fondly/mailer:1"
    assert container["repositoryCredentials"] == {"credentialsParameter": secret}
    assert allowed["ReadRegistryPassword"] == [secret]
    assert allowed.keys().isdisjoint({"PullImage", "LogInToRegistry"})


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"images": {"tag": "1", "prefix": "ghcr.io/shop/fondly"}}, "set nat"),
        ({"images": {"tag": "1", "prefix": "https://ghcr.io/a"}, "nat": True}, "without https://"),
        ({"images": {"tag": "a tag"}}, "must be a tag"),
        ({"name": "Fondly"}, "lower-case"),
        ({"size": "huge"}, "small or standard"),
        ({"services": {"mailer": {"min_tasks": 9, "max_tasks": 2}}}, "no higher min_tasks"),
        ({"mailer": {}}, "mailer.model_id"),
        ({"email_identity": False, "replies": None}, "email_identity = true"),
        ({"vpc": {**VPC, "private_subnet_ids": ["subnet-a"]}}, "two zones"),
        ({"vpc": {**VPC, "create_endpoints": True}}, "route_table_ids"),
        ({"vpc": VPC, "nat": True}, "leave them out"),
        ({"cidr": "10.0.0.0/24"}, "/16 to /20"),
        ({"log_retention_days": 31}, "CloudWatch"),
        (
            {"link_domain": {"name": "x.example"}, "unsubscribe_endpoint": False, "replies": None},
            "link_domain",
        ),
    ],
)
def test_what_cannot_work_is_refused_by_the_plan(inputs: dict[str, Any], message: str) -> None:
    """With a sentence that says what is expected."""
    with pytest.raises(InvalidInputError, match=message):
        configuration("prod", **inputs).validate()


def test_in_a_vpc_that_exists_nothing_of_it_is_made_or_changed() -> None:
    """Tasks run in its private subnets and call what they may; the console is in its public ones."""
    public = ["subnet-x", "subnet-y"]
    made = configuration("existing", vpc={**VPC, "public_subnet_ids": public}, console=CONSOLE)
    made.validate()
    kinds = {each.kind for each in made.modules("network")[None].everything()}
    assert kinds == set()
    [service] = pipeline_of(made).modules("service")["mailer"].instances("aws_ecs_service", "this").values()
    assert service["network_configuration"][0]["subnets"] == VPC["private_subnet_ids"]
    assert {each["cidr_ipv4"] for each in made.everything() if "prefix" in set(each)} <= {"0.0.0.0/0"}
    [balancer] = made.modules("console")[0].instances("aws_lb", "this").values()
    assert balancer["subnets"] == public


def test_endpoints_of_a_vpc_that_exists_are_made_on_request() -> None:
    """In its subnets, where they are offered, and its route tables; otherwise its own are called."""
    network = configuration("endpoints").modules("network")[None]
    kinds = {each.kind for each in network.everything()}
    assert kinds == {"aws_vpc_endpoint", "aws_security_group", "aws_vpc_security_group_ingress_rule"}
    assert (
        network.instances("aws_vpc_endpoint", "interface")["sqs"]["subnet_ids"] == VPC["private_subnet_ids"]
    )
    assert network.instances("aws_vpc_endpoint", "s3")[0]["route_table_ids"] == ["rtb-a"]
    closed = configuration("existing", vpc={**VPC, "egress_cidrs": [VPC["cidr"]]})
    allowed = closed.modules("network")[None].output("tasks")
    assert allowed["egress_cidrs"] == [VPC["cidr"]]
    assert [each.rpartition(".")[2] for each in allowed["egress_prefix_list_ids"]] == ["s3", "dynamodb"]
