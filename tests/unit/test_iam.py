"""The simulator of policies decides as IAM and KMS do."""

from dataclasses import replace

import pytest

from tests.support.iam import ROOT, Condition, Policies, Request, Statement

ROLE = "arn:aws:iam::123456789012:role/worker"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:jobs"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1"
SEND, DECRYPT = Request(ROLE, "sqs:SendMessage", QUEUE), Request(ROLE, "kms:Decrypt", KEY)


def allow(action: str, resource: str = "*", *principals: str, **conditions: tuple[str, str]) -> Statement:
    """A statement; a condition is written as operator=(key, value)."""
    found = tuple(Condition(test, key, (value,)) for test, (key, value) in conditions.items())
    return Statement("s", "Allow", (action,), (resource,), principals, found)


def deny(action: str, *principals: str, **conditions: tuple[str, str]) -> Statement:
    """The same, denied."""
    found = allow(action, "*", *principals, **conditions)
    return Statement("d", "Deny", found.actions, found.resources, found.principals, found.conditions)


def own(*statements: Statement) -> Policies:
    """Policies of the role alone."""
    return Policies({ROLE: statements}, {})


def test_nothing_is_allowed_by_default() -> None:
    """Policy evaluation logic: an implicit denial."""
    assert not own().allows(SEND)
    assert not own(allow("sqs:ReceiveMessage")).allows(SEND)


def test_a_denial_goes_before_every_permission() -> None:
    """Wherever it is attached, and for a principal of the account too if it denies the account."""
    assert not own(allow("sqs:*"), deny("sqs:SendMessage")).allows(SEND)
    for principal in ("*", ROLE, ROOT):
        assert not Policies({ROLE: [allow("sqs:*")]}, {QUEUE: [deny("sqs:*", principal)]}).allows(SEND)
    other = deny("sqs:*", "arn:aws:iam::123456789012:role/other")
    assert Policies({ROLE: [allow("sqs:*")]}, {QUEUE: [other]}).allows(SEND)


def test_within_an_account_either_policy_is_enough() -> None:
    """The role's own or the queue's, if that names the role; the account alone only delegates."""
    assert own(allow("sqs:SendMessage", QUEUE)).allows(SEND)
    assert Policies({}, {QUEUE: [allow("sqs:SendMessage", QUEUE, ROLE)]}).allows(SEND)
    assert not Policies({}, {QUEUE: [allow("sqs:SendMessage", QUEUE, ROOT)]}).allows(SEND)


def test_a_key_is_never_used_without_its_policy() -> None:
    """A role's own policy counts only where the key's delegates to the account (Key policies in AWS KMS)."""
    mine = allow("kms:Decrypt", KEY)
    assert not own(mine).allows(DECRYPT)
    assert Policies({ROLE: [mine]}, {KEY: [allow("kms:*", "*", ROOT)]}).allows(DECRYPT)
    assert not Policies({}, {KEY: [allow("kms:*", "*", ROOT)]}).allows(DECRYPT)
    assert Policies({}, {KEY: [allow("kms:Decrypt", "*", ROLE)]}).allows(DECRYPT)


def test_a_role_is_assumed_by_those_that_it_trusts() -> None:
    """Whatever their own policies say."""
    request = Request("ecs-tasks.amazonaws.com", "sts:AssumeRole", ROLE)
    assert Policies({}, {ROLE: [allow("sts:AssumeRole", "*", "ecs-tasks.amazonaws.com")]}).allows(request)
    assert not Policies({request.principal: [allow("sts:*")]}, {}).allows(request)


@pytest.mark.parametrize(
    ("action", "resource", "matches"),
    [
        ("SQS:sendmessage", QUEUE, True),
        ("sqs:Send*", QUEUE, True),
        ("sqs:SendMessag?", QUEUE, True),
        ("sqs:Send?", QUEUE, False),
        ("*", "arn:aws:sqs:*:*:jobs", True),
        ("*", "arn:aws:sqs:eu-*:jobs", False),
        ("*", "arn:aws:sqs:eu-west-1:123456789012:job", False),
    ],
)
def test_wildcards_stay_within_their_part(action: str, resource: str, *, matches: bool) -> None:
    """Actions regardless of case; a `*` in an ARN does not reach over a colon between its first parts."""
    assert own(allow(action, resource)).allows(SEND) == matches


@pytest.mark.parametrize(
    ("test", "value", "found", "holds"),
    [
        ("StringEquals", "a*", "ab", False),
        ("StringLike", "a*", "ab", True),
        ("StringEquals", "a", None, False),
        ("StringEqualsIfExists", "a", None, True),
        ("StringEqualsIfExists", "a", "b", False),
        ("StringNotEquals", "a", "b", True),
        ("StringNotEquals", "a", "a", False),
        ("StringNotEquals", "a", None, True),
        ("StringNotEqualsIfExists", "a", None, True),
        ("ArnLike", "arn:aws:ecs:*:1:*", "arn:aws:ecs:eu:1:task/a:b", True),
        ("ArnEquals", "arn:aws:ecs:*:1:x", "arn:aws:ecs:eu:2:x", False),
        ("Bool", "false", "false", True),
        ("Bool", "false", None, False),
        ("Null", "true", None, True),
        ("Null", "false", "a", True),
        ("Null", "false", None, False),
    ],
)
def test_conditions_hold_as_iam_says(test: str, value: str, found: str | None, *, holds: bool) -> None:
    """A missing key fails a comparison, but not a negated one, nor one with IfExists."""
    condition = Condition(test, "aws:SourceAccount", (value,))
    statement = replace(allow("sqs:SendMessage"), conditions=(condition,))
    context = {} if found is None else {"AWS:sourceaccount": found}
    assert own(statement).allows(Request(ROLE, "sqs:SendMessage", QUEUE, context)) == holds


def test_an_unknown_operator_is_an_error() -> None:
    """It must not pass for one that never holds."""
    statement = allow("sqs:SendMessage", DateLessThan=("aws:CurrentTime", "x"))
    with pytest.raises(KeyError):
        own(statement).allows(Request(ROLE, "sqs:SendMessage", QUEUE, {"aws:CurrentTime": "x"}))
