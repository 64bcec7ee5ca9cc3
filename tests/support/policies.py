"""Reads the policies of a configuration: the statements of each role, key, queue, topic and bucket."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from tests.support.hcl.blocks import Block
from tests.support.hcl.configuration import Configuration, Instance
from tests.support.hcl.expressions import Scope
from tests.support.hcl.values import Value
from tests.support.iam import Condition, Policies, Statement

_RESOURCE_POLICIES: Mapping[str, str] = {
    "aws_efs_file_system_policy": "file_system_id",
    "aws_s3_bucket_policy": "bucket",
    "aws_sns_topic_policy": "arn",
    "aws_sqs_queue_policy": "queue_url",
}
"""Resources that attach a policy to another, and their argument that says to which."""
_CARRIERS: Mapping[str, str] = {
    "aws_kms_key": "policy",
    "aws_vpc_endpoint": "policy",
    "aws_iam_role": "assume_role_policy",
}
"""Resources that have a policy of their own, and its argument."""
_IDENTIFIERS: Mapping[str, str] = {
    "aws_efs_file_system": "id",
    "aws_s3_bucket": "id",
    "aws_sns_topic": "arn",
    "aws_sqs_queue": "url",
}


def read_policies(configuration: Configuration) -> Policies:
    """Return every policy that a configuration attaches to something."""
    instances = list(configuration.everything())
    arns = {each[_IDENTIFIERS[each.kind]]: each["arn"] for each in instances if each.kind in _IDENTIFIERS}
    roles = {each["name"]: each["arn"] for each in instances if each.kind == "aws_iam_role"}
    identity: dict[str, list[Statement]] = defaultdict(list)
    resource: dict[str, list[Statement]] = defaultdict(list)
    for each in instances:
        if each.kind == "aws_iam_role_policy":
            identity[roles[each["role"]]] += statements(each["policy"])
        elif each.kind in _RESOURCE_POLICIES:
            resource[arns[each[_RESOURCE_POLICIES[each.kind]]]] += statements(each["policy"])
        elif each.kind in _CARRIERS:
            resource[each["service_name"] if each.kind == "aws_vpc_endpoint" else each["arn"]] += statements(
                each[_CARRIERS[each.kind]]
            )
    return Policies(dict(identity), dict(resource))


def statements(document: Instance) -> list[Statement]:
    """Return the statements of a policy document, after those of the documents that it adds to."""
    sources = document["source_policy_documents"] if "source_policy_documents" in set(document) else []
    return [
        *(statement for source in sources for statement in statements(source)),
        *(
            _statement(document, block, scope)
            for block, scope in document.block.expanded("statement", document.scope)
        ),
    ]


def _statement(document: Instance, block: Block, scope: Scope) -> Statement:
    """A statement, whose id is preceded by the address of its document, so that a mutant can name it."""
    principals = [
        identifier
        for inner, inner_scope in block.expanded("principals", scope)
        for identifier in inner.value("identifiers", inner_scope)
    ]
    conditions = [
        Condition(
            inner.value("test", inner_scope),
            inner.value("variable", inner_scope),
            tuple(inner.value("values", inner_scope)),
        )
        for inner, inner_scope in block.expanded("condition", scope)
    ]
    sid = _optional(block, "sid", scope, "unnamed")
    return Statement(
        sid=f"{document.address.removeprefix('pipeline.')} {sid}",
        effect=_optional(block, "effect", scope, "Allow"),
        actions=tuple(_listed(block.value("actions", scope))),
        resources=tuple(_listed(_optional(block, "resources", scope, ["*"]))),
        principals=tuple(principals),
        conditions=tuple(conditions),
    )


def _optional(block: Block, name: str, scope: Scope, default: Value) -> Value:
    return block.value(name, scope) if name in block.body.attributes else default


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def all_statements(policies: Policies) -> Iterator[Statement]:
    """Yield every statement of every policy."""
    for attached in (policies.identity, policies.resource):
        for found in attached.values():
            yield from found
