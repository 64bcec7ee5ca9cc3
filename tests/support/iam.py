"""Decides whether AWS would allow a request, by the policies of one account.

As the IAM User Guide has it ("Policy evaluation logic", "IAM JSON policy elements: Condition operators") and
KMS's guide ("Key policies in AWS KMS", "Grants in AWS KMS"), as far as policies in `infra/` go: one account,
no boundaries, no service control policies, no sessions. An operator that it does not know is an error.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from tests.support.hcl.aws import ACCOUNT, PARTITION

Context = Mapping[str, str]
"""Condition keys of a request; the names are compared without regard to case."""
ROOT = f"arn:{PARTITION}:iam::{ACCOUNT}:root"


@dataclass(frozen=True)
class Condition:
    """One operator on one key: any of the values will do."""

    test: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Statement:
    """A statement of a policy; `principals` are of resource policies: ARNs, services, or `*`."""

    sid: str
    effect: Literal["Allow", "Deny"]
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Request:
    """Who asks for what: `principal` is a role's ARN or a service such as `sns.amazonaws.com`."""

    principal: str
    action: str
    resource: str
    context: Context = field(default_factory=dict)


@dataclass(frozen=True)
class Grant:
    """A grant of a KMS key: operations such as `Decrypt`, for one principal."""

    key: str
    grantee: str
    operations: frozenset[str]


@dataclass(frozen=True)
class Policies:
    """The policies of an account, by what they are attached to, and what gives a role to whom (trust)."""

    identity: Mapping[str, Sequence[Statement]]
    resource: Mapping[str, Sequence[Statement]]
    grants: tuple[Grant, ...] = ()

    def allows(self, request: Request) -> bool:
        """Whether AWS would allow a request: nothing denies it, and what has to allow it does."""
        if self._denied(request):
            return False
        attached = self._attached(request)
        by_identity = any(_permits(each, request) for each in self._own(request))
        by_resource = [each for each in attached if _permits(each, request)]
        named = any(_names(each, request.principal) for each in by_resource)
        if request.action.startswith("kms:"):
            delegated = any(ROOT in each.principals for each in by_resource)
            return named or (delegated and by_identity) or self._granted(request)
        if request.action.startswith("sts:"):
            return named
        return by_identity or named

    def identity_allows(self, request: Request) -> bool:
        """Whether the principal's own policies would allow a request, whatever the resource's say."""
        return self.allowing(request, "identity") != [] and not self._denied(request)

    def resource_allows(self, request: Request) -> bool:
        """Whether the resource's policy allows a request to the principal by name, without other policies."""
        return self.allowing(request, "resource") != [] and not self._denied(request)

    def allowing(self, request: Request, where: str = "anywhere") -> list[Statement]:
        """Return the statements that allow a request: of the principal, of the resource, or of both."""
        own = [each for each in self._own(request) if _permits(each, request)]
        attached = [each for each in self._attached(request) if _permits(each, request)]
        named = [each for each in attached if _names(each, request.principal)]
        delegating = [each for each in attached if own and ROOT in each.principals]
        return {"identity": own, "resource": named, "anywhere": [*own, *delegating, *named]}[where]

    def with_statement(self, old: Statement, new: Statement | None) -> "Policies":
        """Return these policies with a statement replaced, or without it."""

        def replaced(attached: Mapping[str, Sequence[Statement]]) -> dict[str, list[Statement]]:
            changed = {
                holder: [new if each is old else each for each in found] for holder, found in attached.items()
            }
            return {holder: [each for each in found if each is not None] for holder, found in changed.items()}

        return Policies(replaced(self.identity), replaced(self.resource), self.grants)

    def grant(self, creator: Request, grantee: str, operations: Sequence[str]) -> "Policies":
        """Return these policies with a grant, if the creator may create it."""
        if not self.allows(creator):
            return self
        grant = Grant(creator.resource, grantee, frozenset(operations))
        return Policies(self.identity, self.resource, (*self.grants, grant))

    def _denied(self, request: Request) -> bool:
        found = (*self._own(request), *self._attached(request))
        return any(each.effect == "Deny" and _applies(each, request) for each in found)

    def _own(self, request: Request) -> Sequence[Statement]:
        return self.identity.get(request.principal, ())

    def _attached(self, request: Request) -> Sequence[Statement]:
        statements = self.resource.get(request.resource) or self.resource.get(_holder(request.resource), ())
        return [each for each in statements if each.effect == "Allow" or _concerns(each, request.principal)]

    def _granted(self, request: Request) -> bool:
        operation = request.action.removeprefix("kms:")
        return any(
            grant.key == request.resource
            and grant.grantee == request.principal
            and operation in grant.operations
            for grant in self.grants
        )


def _holder(resource: str) -> str:
    """The bucket of an object: the resource that has the policy."""
    return resource.split("/", 1)[0] if resource.startswith(f"arn:{PARTITION}:s3:::") else resource


def _permits(statement: Statement, request: Request) -> bool:
    return statement.effect == "Allow" and _applies(statement, request)


def _applies(statement: Statement, request: Request) -> bool:
    return (
        any(_matches(pattern.lower(), request.action.lower()) for pattern in statement.actions)
        and any(_matches_arn(pattern, request.resource) for pattern in statement.resources)
        and all(_holds(condition, request.context) for condition in statement.conditions)
    )


def _names(statement: Statement, principal: str) -> bool:
    """Whether a resource policy allows the principal by name, or everybody."""
    return principal in statement.principals or "*" in statement.principals


def _concerns(statement: Statement, principal: str) -> bool:
    """Whether a denial is for the principal; one of the whole account is for every role in it."""
    of_account = ROOT in statement.principals and principal.startswith(f"arn:{PARTITION}:iam::{ACCOUNT}:")
    return _names(statement, principal) or of_account


def _matches_arn(pattern: str, arn: str) -> bool:
    """A wildcard in front of the resource's own part does not reach into the next part of the ARN."""
    if pattern == "*":
        return True
    patterns, parts = pattern.split(":", 5), arn.split(":", 5)
    return len(patterns) == len(parts) and all(map(_matches, patterns, parts))


def _holds(condition: Condition, context: Context) -> bool:
    """Whether a condition holds; keys with several values, which ForAllValues is for, have one here."""
    test = condition.test.removesuffix("IfExists").removeprefix("ForAllValues:")
    lenient = test != condition.test
    value = {key.lower(): each for key, each in context.items()}.get(condition.key.lower())
    if test == "Null":
        return (value is None) == (condition.values == ("true",))
    negative = "Not" in test
    if value is None:
        return lenient or negative
    compare = _OPERATORS[test.replace("Not", "")]
    return any(compare(expected, value) for expected in condition.values) != negative


def _equal(expected: str, value: str) -> bool:
    return expected == value


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(
        "".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in pattern), re.DOTALL
    )


def _matches(pattern: str, value: str) -> bool:
    return bool(_pattern(pattern).fullmatch(value))


_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "ArnEquals": _matches_arn,
    "ArnLike": _matches_arn,
    "Bool": _equal,
    "StringEquals": _equal,
    "StringLike": _matches,
}
