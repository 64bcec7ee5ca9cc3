"""The console on AWS: off by default, behind a sign-in, and each role may do what its pages do."""

import json
from fnmatch import fnmatchcase
from typing import Any

import pytest

from tests.support.configurations import CONSOLE, configuration, pipeline_of, policies
from tests.support.flows.console import NAMED, ROLES, TASK
from tests.support.flows.steps import BUCKET, KEYS, RUN, TLS, queue_arn, role, topic_arn, via
from tests.support.hcl.aws import arn
from tests.support.hcl.configuration import Configuration
from tests.support.iam import Request

RUNS = arn("dynamodb", "table/fondly-prod-runs")
CUSTOMERS = arn("dynamodb", "table/fondly-prod-customers")
OF_RUN = f"{BUCKET}/runs/{RUN}"
PASSED = {"iam:PassedToService": "personalize.amazonaws.com"}
ISSUER = {
    "issuer": "https://id.shop.example",
    "authorization_endpoint": "https://id.shop.example/authorize",
    "token_endpoint": "https://id.shop.example/token",
    "user_info_endpoint": "https://id.shop.example/userinfo",
    "client_id": "console",
}
HEADERS = {"machines": ["Bearer *"], "scripts": ["true"]}
"""What requests that a rule is for have: `Authorization`, or htmx's `HX-Request`."""
READING = (
    "*:Get*",
    "*:BatchGet*",
    "*:Describe*",
    "*:List*",
    "dynamodb:Query",
    "dynamodb:Scan",
    "kms:Decrypt",
)
RECEIVING = ("sqs:ChangeMessageVisibility", "sqs:ReceiveMessage")
"""A dead letter is received to be seen, and stays where it is."""


@pytest.fixture(scope="module")
def console() -> Configuration:
    """The console of prod, with a pool of its own."""
    return configuration("console").modules("console")[0]


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_it_is_off_by_default(environment: str) -> None:
    """Nor is there a public subnet beside that of the NAT gateway."""
    made = configuration(environment)
    assert made.modules("console") == {}
    assert made.output("console") is None
    public = made.modules("network")[None].instances("aws_subnet", "public")
    assert len(public) == (1 if environment == "dev" else 0)


def test_the_load_balancer_is_in_public_subnets_of_every_zone() -> None:
    """They do not overlap with those of tasks, and that of the NAT gateway is where it always was."""
    network = configuration("console").modules("network")[None]
    public = network.instances("aws_subnet", "public").values()
    private = network.instances("aws_subnet", "private").values()
    blocks = [each["cidr_block"] for each in (*public, *private)]
    assert len(set(blocks)) == len(blocks) == 6
    assert blocks[0] == "10.20.240.0/20"
    assert len({each["availability_zone"] for each in public}) == 3


@pytest.mark.parametrize(
    ("action", "resource", "context", "lowest"),
    [
        ("dynamodb:Query", RUNS, {}, "viewer"),
        ("sqs:GetQueueAttributes", queue_arn("mailer"), {}, "viewer"),
        ("s3:GetObject", f"{OF_RUN}/ingest.json", {}, "viewer"),
        ("cloudwatch:GetMetricData", "*", {}, "viewer"),
        ("kms:Decrypt", KEYS["data"], via("s3"), "viewer"),
        ("kms:Decrypt", KEYS["data"], {}, None),
        ("s3:GetObject", f"{OF_RUN}/emails/a.eml", {}, "reader"),
        ("s3:GetObject", f"{OF_RUN}/mailed/part-00001.jsonl", {}, "reader"),
        ("s3:GetObject", f"{OF_RUN}/customers/part-00001.jsonl", {}, "reader"),
        ("s3:GetObject", f"{BUCKET}/connect/requests/a.json", {}, "operator"),
        ("dynamodb:GetItem", CUSTOMERS, {}, "reader"),
        ("sqs:ReceiveMessage", queue_arn("mailer-dlq"), {}, "reader"),
        ("sqs:ReceiveMessage", queue_arn("mailer"), {}, "operator"),
        ("dynamodb:PutItem", RUNS, {"dynamodb:LeadingKeys": RUN}, "approver"),
        ("dynamodb:PutItem", RUNS, {"dynamodb:LeadingKeys": "tokens"}, "operator"),
        ("sqs:SendMessage", queue_arn("sender"), {}, "approver"),
        ("sqs:SendMessage", queue_arn("ingest-uploads"), {}, "operator"),
        ("kms:GenerateDataKey", KEYS["messages"], via("sqs"), "approver"),
        ("dynamodb:PutItem", CUSTOMERS, {}, "operator"),
        ("sqs:DeleteMessage", queue_arn("mailer-dlq"), {}, "operator"),
        ("sns:Publish", topic_arn("data-ingested"), {}, "operator"),
        ("s3:PutObject", f"{BUCKET}/uploads/a.csv", {}, "operator"),
        ("s3:PutObject", f"{BUCKET}/shop/fondly.toml", {}, "operator"),
        ("s3:DeleteObjectVersion", f"{OF_RUN}/emails/a.eml", {}, "operator"),
        ("iam:PassRole", role("personalize"), PASSED, "operator"),
        ("iam:PassRole", role("personalize"), {}, None),
        ("iam:PassRole", role("mailer-task"), PASSED, None),
        ("bedrock:InvokeModel", arn("bedrock", "foundation-model/x"), {}, None),
        ("dynamodb:DeleteTable", RUNS, {}, None),
        ("s3:DeleteBucket", BUCKET, {}, None),
        ("sqs:PurgeQueue", queue_arn("mailer"), {}, None),
        ("dynamodb:Query", arn("dynamodb", "table/fondly-dev-runs"), {}, None),
        ("sts:AssumeRole", role("console-operator"), {"sts:SourceIdentity": "ada@shop.example"}, None),
    ],
)
def test_roles_from_the_lowest_on_may_do_it(
    action: str, resource: str, context: dict[str, str], lowest: str | None
) -> None:
    """Each may do what those before it may, and no role what only services do."""
    given = policies("console")
    for each in ROLES:
        request = Request(role(f"console-{each}"), action, resource, {**TLS, **context})
        expected = lowest is not None and ROLES.index(each) >= ROLES.index(lowest)
        assert given.allows(request) is expected, each


@pytest.mark.parametrize("name", ["viewer", "reader"])
def test_who_reads_writes_nothing(name: str) -> None:
    """Whatever a page of theirs would ask for."""
    granted = {
        action
        for statement in policies("console").identity[role(f"console-{name}")]
        for action in statement.actions
    }
    assert [a for a in granted if not any(fnmatchcase(a, each) for each in (*READING, *RECEIVING))] == []


@pytest.mark.parametrize("name", ROLES)
@pytest.mark.parametrize("other", ["mailer-task", "console-execution", "console-viewer"])
def test_no_other_role_acts_for_people(name: str, other: str) -> None:
    """Neither of a service, nor of who starts tasks, nor one that the console has assumed."""
    asking = Request(role(other), "sts:AssumeRole", role(f"console-{name}"), {**TLS, **NAMED})
    assert not policies("console").allows(asking)


def test_the_task_itself_may_only_act_for_people() -> None:
    """Its own credentials read nothing."""
    [statement] = policies("console").identity[TASK]
    assert set(statement.actions) == {"sts:AssumeRole", "sts:SetSourceIdentity"}
    assert set(statement.resources) == {role(f"console-{each}") for each in ROLES}


def answers(console: Configuration) -> dict[str, tuple[list[str], str | None, list[str]]]:
    """What each rule of the listener does: its paths, what it does for who has not signed in, its steps."""
    found = {}
    for name, rule in console.instances("aws_lb_listener_rule", "this").items():
        conditions = list(rule.block.expanded("condition", rule.scope))
        nested = [(block.body.blocks[0], scope) for block, scope in conditions]
        values = {block.kind: block.value("values", scope) for block, scope in nested}
        assert values["host_header"] == ["console.shop.example"]
        assert values.get("http_header") == HEADERS.get(str(name))
        actions = list(rule.block.expanded("action", rule.scope))
        actions.sort(key=lambda each: each[0].value("order", each[1]))
        signing = [
            inner.value("on_unauthenticated_request", scope)
            for block, scope in actions
            for inner in block.nested("authenticate_oidc")
        ]
        steps = [block.value("type", scope) for block, scope in actions]
        found[str(name)] = (values["path_pattern"], next(iter(signing), None), steps)
    return found


def test_nobody_gets_to_the_task_without_a_token_or_a_sign_in(console: Configuration) -> None:
    """Scripts are told 401, people are led to sign in, and what no rule names is answered by the balancer."""
    signed_in = ["authenticate-oidc", "forward"]
    assert answers(console) == {
        "machines": (["/api/*"], None, ["forward"]),
        "programs": (["/api/*"], "deny", signed_in),
        "scripts": (["/*"], "deny", signed_in),
        "people": (["/*"], "authenticate", signed_in),
    }
    [listener] = console.instances("aws_lb_listener", "this").values()
    assert listener["protocol"] == "HTTPS"
    assert listener["default_action"] == [{"type": "fixed-response"}]


def test_the_task_is_reached_through_the_load_balancer_only(console: Configuration) -> None:
    """Its security group admits that of the load balancer, and it is in private subnets."""
    service = console.modules("service")[None]
    [rule] = service.instances("aws_vpc_security_group_ingress_rule", "load_balancer").values()
    [group] = console.instances("aws_security_group", "this").values()
    assert rule["referenced_security_group_id"] == group["id"]
    [target] = console.instances("aws_lb_target_group", "this").values()
    assert service.variable("load_balancer")["target_group_arn"] == target["arn"]
    task = service.instances("aws_ecs_task_definition", "this")[None]
    [container] = json.loads(task["container_definitions"])
    assert (task["memory"], container["readonlyRootFilesystem"]) == (512, True)


def test_people_of_the_pool_cannot_give_themselves_a_role(console: Configuration) -> None:
    """The client reads the attribute and may not write it; administrators alone add people."""
    [client] = console.instances("aws_cognito_user_pool_client", "this").values()
    assert "custom:role" in client["read_attributes"]
    assert "custom:role" not in client["write_attributes"]
    assert client["allowed_oauth_scopes"] == ["openid"], "with others a pool leaves out the attribute"
    assert console.local("groups") == {each: each for each in ROLES}


def test_an_issuer_of_the_shops_own_takes_the_place_of_the_pool() -> None:
    """Its groups get roles, and its secret goes to the load balancer alone."""
    given = {**CONSOLE, "oidc": ISSUER, "groups": {"marketing": "approver"}}
    made = configuration("console", console=given, console_client_secret="secret")
    console = made.modules("console")[0]
    assert console.instances("aws_cognito_user_pool", "this") == {}
    environment = console.modules("service")[None].variable("environment")
    assert environment["FONDLY_CONSOLE_ISSUER"] == ISSUER["issuer"]
    assert json.loads(environment["FONDLY_CONSOLE_GROUPS"]) == {"marketing": "approver"}
    assert "secret" not in environment.values()


def test_outside_of_working_hours_nothing_runs(console: Configuration) -> None:
    """A task in working hours, none at night and on weekends."""
    actions = console.instances("aws_appautoscaling_scheduled_action", "this")
    tasks = {name: each["scalable_target_action"][0]["max_capacity"] for name, each in actions.items()}
    assert tasks == {"opens": 1, "closes": 0}
    assert {each["timezone"] for each in actions.values()} == {"UTC"}


def test_uploads_get_through_the_firewall(console: Configuration) -> None:
    """AWS's common rules block, but for those that a shop's file, or a cookie of a sign-in, would break."""
    [acl] = console.modules("firewall")[None].instances("aws_wafv2_web_acl", "this").values()
    names = [block.value("name", scope) for block, scope in acl.block.expanded("rule", acl.scope)]
    assert sorted(names) == ["common", "known-bad-inputs", "rate"]
    counted = console.modules("firewall")[None].variable("common_rules_counted")
    assert {"SizeRestrictions_BODY", "CrossSiteScripting_BODY"} <= set(counted)
    assert all(each.endswith(("_BODY", "_Cookie_HEADER")) for each in counted)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"oidc": ISSUER, "groups": {"marketing": "admin"}}, "console.groups must give each group a role"),
        ({"oidc": ISSUER}, "console.groups gives roles to the groups of console.oidc"),
        ({"groups": {"marketing": "viewer"}}, "console.groups gives roles to the groups of console.oidc"),
    ],
)
def test_a_sign_in_that_gives_nobody_a_role_is_refused(given: dict[str, Any], says: str) -> None:
    """Before anything is made."""
    with pytest.raises(Exception, match=says):
        configuration("console", console={**CONSOLE, **given}).modules("console")[0].validate()


def test_the_pipeline_stays_as_it_is() -> None:
    """The console adds nothing to what services may do."""
    pipeline = pipeline_of(configuration("console"))
    assert "console" not in pipeline.local("permissions")
