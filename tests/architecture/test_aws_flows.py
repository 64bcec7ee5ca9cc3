"""Every flow that AWS documents is allowed, each permission is needed, and the rest is refused.

The policies are those that Terraform would attach (`tests.support.hcl`), decided upon as IAM and KMS do
(`tests.support.iam`). `tests.support.flows` has the flows, with the pages of AWS's documentation that say
what each takes.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.support.configurations import policies
from tests.support.flows import all_flows
from tests.support.flows.refusals import REFUSALS
from tests.support.flows.steps import BUCKET, HERE, KEYS, RUN, Refusal, Step, role
from tests.support.iam import Policies, Request, Statement
from tests.support.policies import all_statements

ONLY_FOR_JOBS = ("personalize", "flow-log", "unsubscribe-api")
"""Roles that nothing but the flows uses."""


def is_allowed(step: Step, given: Policies) -> bool:
    """Whether policies allow what a step takes, where the step says that it must be allowed."""
    decide = {"anywhere": given.allows, "identity": given.identity_allows, "resource": given.resource_allows}
    return decide[step.where](step.request)


def without_action(statement: Statement, action: str) -> Statement | None:
    """The statement without what allows an action; nothing if no action is left."""
    kept = tuple(each for each in statement.actions if each.split("*")[0].lower() not in action.lower())
    return replace(statement, actions=kept) if kept else None


def all_steps() -> Iterator[tuple[str, Step, Policies]]:
    """Yield the steps of all flows, each with the flow's name and the policies of its environment."""
    for flow in all_flows():
        yield from ((flow.name, step, policies(flow.environment)) for step in flow.steps)


def test_everything_that_aws_requires_is_allowed() -> None:
    """No step of a documented flow fails for lack of a permission."""
    refused = [f"{flow}: {step}" for flow, step, given in all_steps() if not is_allowed(step, given)]
    assert refused == []


def test_every_permission_of_a_flow_is_needed() -> None:
    """Each action taken out of the statement that allows it stops the flow: nothing is allowed twice."""
    for flow, step, given in all_steps():
        allowing = given.allowing(step.request, step.where)
        assert allowing, f"{flow}: {step}"
        for statement in allowing:
            mutant = given.with_statement(statement, without_action(statement, step.request.action))
            assert not is_allowed(step, mutant), f"{flow}: {step}: still allowed without {statement.sid}"


def test_what_no_flow_needs_is_refused() -> None:
    """Neither other accounts nor other services nor our own roles reach further than the flows do."""
    allowed = [name for name, each in REFUSALS.items() if policies(each.environment).allows(each.request)]
    assert allowed == []


@pytest.mark.parametrize(
    "refusal", [each for each in REFUSALS.values() if each.by], ids=lambda each: each.why
)
def test_every_condition_and_denial_refuses_something(refusal: Refusal) -> None:
    """Without the condition on this key, or the denial with this name, the request would be allowed."""
    given = policies(refusal.environment)
    for statement in list(all_statements(given)):
        if statement.sid.endswith(f" {refusal.by}"):
            given = given.with_statement(statement, None)
        else:
            kept = tuple(each for each in statement.conditions if each.key != refusal.by)
            if kept != statement.conditions:
                given = given.with_statement(statement, replace(statement, conditions=kept))
    assert given.allows(refusal.request)


@pytest.mark.parametrize("name", ONLY_FOR_JOBS)
def test_roles_of_aws_services_may_do_nothing_beyond_their_flows(name: str) -> None:
    """Every action of these roles is required by some flow."""
    required = {step.request.action for _, step, _ in all_steps() if step.request.principal == role(name)}
    granted = {action for statement in policies("prod").identity[role(name)] for action in statement.actions}
    assert granted <= required


def test_keys_serve_no_service_beyond_the_flows() -> None:
    """Every service that a key's policy admits takes part in a flow that uses the key."""
    required = {
        (step.request.principal, step.request.resource)
        for _, step, _ in all_steps()
        if step.request.resource in KEYS.values()
    }
    admitted = {
        (principal, key)
        for key in KEYS.values()
        for statement in policies("prod").resource[key]
        for principal in statement.principals
        if principal.endswith(".amazonaws.com")
    }
    assert admitted <= required


def test_personalize_works_with_the_key_by_a_grant() -> None:
    """It may give itself a grant, and decrypt by that; nobody else gets one, and it covers what it names."""
    service, key = "personalize.amazonaws.com", KEYS["data"]
    given = policies("prod")
    bare = given.with_statement(next(each for each in given.resource[key] if "Personalize" in each.sid), None)
    decrypt, encrypt = Request(service, "kms:Decrypt", key), Request(service, "kms:Encrypt", key)
    assert not bare.allows(decrypt)
    granted = given.grant(Request(service, "kms:CreateGrant", key), service, ["Decrypt"])
    without = Policies(bare.identity, bare.resource, granted.grants)
    assert without.allows(decrypt)
    assert not without.allows(encrypt)
    refused = given.grant(
        Request(role("ingest-task"), "kms:CreateGrant", key), role("ingest-task"), ["Decrypt"]
    )
    assert refused.grants == ()


@pytest.mark.parametrize(
    "service", ["ingest", "sentiment", "recommender", "mailer", "sender", "feedback", "web"]
)
def test_endpoints_let_through_what_tasks_may_do_and_no_foreign_credentials(service: str) -> None:
    """In a network without a route to the internet, the policies of endpoints decide as well."""
    given = policies("prod")
    endpoints = {
        "bedrock": "bedrock-runtime",
        "personalize:GetRecommendations": "personalize-runtime",
        "personalize:PutEvents": "personalize-events",
        "ses": "email",
    }
    for statement in given.identity[role(f"{service}-task")]:
        for action in statement.actions:
            name = action.split(":")[0]
            if name in {"iam", "kms"}:  # checked by the service that is asked to pass the role or use the key
                continue
            host = endpoints.get(action, endpoints.get(name, name))
            endpoint = f"com.amazonaws.eu-west-1.{host}"
            resource = statement.resources[0].replace("*", "x")
            request = Request(endpoint, action, resource, {"aws:PrincipalAccount": "123456789012"})
            stranger = replace(request, context={"aws:PrincipalAccount": "999999999999"})
            allowed = Policies({endpoint: given.resource[endpoint]}, {})
            assert allowed.allows(request), f"{endpoint}: {action}"
            assert not allowed.allows(stranger), f"{endpoint}: {action}"


def test_an_object_that_nobody_may_write_stays_unwritten() -> None:
    """The simulator does not allow by default: without any statement nothing is allowed."""
    nothing = Policies({}, {})
    assert not nothing.allows(Request(role("ingest-task"), "s3:PutObject", f"{BUCKET}/runs/{RUN}/x", HERE))
