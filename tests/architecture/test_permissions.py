"""Each service has the permissions it needs, action by action, and can reach AWS."""

import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fondly.contracts.object_keys import recorded_call
from fondly.runtime.recording import FOLDERS
from fondly.runtime.service import CLIENTS
from tests.support.configurations import PROFILE, configuration, pipeline_of
from tests.support.hcl.aws import ACCOUNT
from tests.support.iam import Condition
from tests.support.policies import statements
from tests.support.services import CONSUMERS

if TYPE_CHECKING:
    from tests.architecture.conftest import ReadModule
    from tests.support.terraform import Module

PROCESSES = (*CONSUMERS, "web", "clicks")
Granted = dict[str, list[dict[str, Any]]]
REPOSITORY = Path(__file__).parents[2]
GATEWAYS = {"s3", "dynamodb"}
ENDPOINTS = {"sesv2": "email"}
"""The endpoints whose names are not those of their AWS clients."""
STARTING_TASK = {"ecr.api", "ecr.dkr", "logs", "ssm"}
WITHOUT_RESOURCES = re.compile(
    r"comprehend:(Batch)?Detect(DominantLanguage|(Targeted)?Sentiment)|personalize:List\w+|ses:GetAccount"
)
"""Actions for which AWS defines no resource (Service Authorization Reference)."""


@pytest.fixture(scope="module")
def granted() -> Granted:
    """The statements of each process in prod, of the web process also those for a campaign and events."""
    pipeline = pipeline_of(configuration("prod"))
    consuming, own = pipeline.local("consuming"), pipeline.local("permissions")
    services = {service: [*consuming[service], *own[service]] for service in CONSUMERS}
    web = [statement for purpose in ("web", "web_campaign", "web_event") for statement in own[purpose]]
    return {**services, "web": web, "clicks": own["clicks"]}


@pytest.mark.parametrize(("api", "folder"), FOLDERS.items())
def test_whoever_asks_an_ai_service_may_record_it(granted: Granted, api: str, folder: str) -> None:
    """The key of a recorded call is among those that the task may write already."""
    service = {"bedrock-runtime": "mailer", "comprehend": "sentiment", "personalize": "recommender"}[api]
    written = [
        resource
        for statement in granted[service]
        if "s3:PutObject" in statement["actions"]
        for resource in statement["resources"]
    ]
    assert any(fnmatchcase(recorded_call(folder, "a"), each.partition("/")[2]) for each in written)


@pytest.mark.parametrize("service", PROCESSES)
def test_statements_name_single_actions(granted: Granted, service: str) -> None:
    """No action is a pattern, so permissions can be read and compared with the calls."""
    for statement in granted[service]:
        assert all(re.fullmatch(r"[a-z0-9-]+:[A-Z]\w+", action) for action in statement["actions"])
        assert statement["actions"] == sorted(set(statement["actions"]))


@pytest.mark.parametrize("service", PROCESSES)
def test_statement_ids_are_unique(granted: Granted, service: str) -> None:
    """IAM rejects a policy in which two statements share an id."""
    sids = [statement["sid"] for statement in granted[service]]
    assert len(sids) == len(set(sids))
    assert all(sid.isalnum() for sid in sids)


@pytest.mark.parametrize("service", PROCESSES)
def test_a_bare_asterisk_is_used_only_where_aws_defines_no_resource(granted: Granted, service: str) -> None:
    """A bare `*` appears only with such actions."""
    for statement in granted[service]:
        if "*" in statement["resources"]:
            assert all(WITHOUT_RESOURCES.fullmatch(action) for action in statement["actions"]), statement


@pytest.mark.parametrize("service", CONSUMERS)
def test_a_service_receives_only_from_its_own_queue(granted: Granted, service: str) -> None:
    """No service can receive another's messages, and its failed ones go to its own dead-letter queue."""
    pipeline = pipeline_of(configuration("prod"))
    queue = pipeline.local("queues")[service]
    topology = pipeline.modules("topology")[None]
    for statement in granted[service]:
        if any(action.startswith("sqs:") for action in statement["actions"]):
            consumes = "sqs:ReceiveMessage" in statement["actions"]
            output = "queue_arns" if consumes else "dead_letter_arns"
            assert statement["resources"] == [topology.output(output)[queue]]


def test_tasks_without_internet_access_reach_every_service_that_they_call(read_module: "ReadModule") -> None:
    """Prod has an endpoint for each AWS client that a service opens, and no unused one."""
    opened = set(CLIENTS) | {
        name
        for service in {*CONSUMERS} - {"feedback"}
        for module in (REPOSITORY / "services" / service / "src/fondly" / service).rglob("*.py")
        for name in re.findall(r'new_client\(\s*"([\w-]+)"', module.read_text())
    }
    endpoints = set(read_module(".").locals["interface_endpoints"])
    assert endpoints == {ENDPOINTS.get(name, name) for name in opened - GATEWAYS} | STARTING_TASK


@pytest.mark.parametrize(
    ("inputs", "missing"),
    [
        ({}, {"personalize-events", "personalize-runtime"}),
        ({"sending": {}}, {"email", "personalize-events", "personalize-runtime"}),
        ({"realtime": {"enabled": True}}, {"personalize-events", "personalize-runtime"}),
        ({"recommender": {"campaign": True}}, set()),
    ],
)
def test_an_endpoint_that_nothing_calls_is_not_paid_for(inputs: dict[str, Any], missing: set[str]) -> None:
    """What is called depends on whether there is a campaign, and on how emails are sent."""
    usual: dict[str, Any] = {"mailer": {"model_id": PROFILE}, "realtime": {}, "recommender": {}}
    network = configuration("prod", **{**usual, **inputs}).modules("network")[None]
    found = set(network.instances("aws_vpc_endpoint", "interface"))
    every = set(configuration("prod").modules("network")[None].instances("aws_vpc_endpoint", "interface"))
    assert every - found == missing


def test_understudy_answers_for_every_service_that_has_no_emulator(
    pipeline: "Module", granted: Granted
) -> None:
    """With understudy, no call goes to an AI service of AWS."""
    called = {
        action.split(":")[0]
        for statements in granted.values()
        for statement in statements
        for action in statement["actions"]
    }
    redirected = re.findall(r"AWS_ENDPOINT_URL_(\w+)", str(pipeline.locals["understudy_endpoints"]))
    asked = {name.split("_")[0].lower() for name in redirected}
    assert asked - {"sesv2"} == called & {"bedrock", "comprehend", "personalize"}
    assert "sesv2" in asked, "nobody may get an email of an environment for experiments"


def test_the_role_for_jobs_serves_personalize_of_this_account() -> None:
    """Nobody else can assume it, and only the recommender may pass it, to Personalize."""
    pipeline = pipeline_of(configuration("prod"))
    made = pipeline.instances("aws_iam_role", "personalize")[None]
    [trust] = statements(made["assume_role_policy"])
    assert trust.principals == ("personalize.amazonaws.com",)
    assert Condition("StringEquals", "aws:SourceAccount", (ACCOUNT,)) in trust.conditions
    passing = {
        name: statement["conditions"]
        for name, given in pipeline.local("indirect_permissions").items()
        for statement in given
        if "iam:PassRole" in statement["actions"] and made["arn"] in statement["resources"]
    }
    to = {"test": "StringEquals", "variable": "iam:PassedToService", "values": ["personalize.amazonaws.com"]}
    assert passing == {"recommender": [to]}
