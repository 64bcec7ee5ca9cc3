"""What AWS would say of resources: ARNs and ids made of their names, in one account and region."""

from collections.abc import Callable, Mapping

from tests.support.hcl.values import Value

ACCOUNT, REGION, PARTITION = "123456789012", "eu-west-1", "aws"
ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1c")

Attribute = Callable[[str], Value]


def arn(service: str, resource: str, *, region: str = REGION, account: str = ACCOUNT) -> str:
    """Return an ARN in the account and region of the tests."""
    return f"arn:{PARTITION}:{service}:{region}:{account}:{resource}"


_ARNS: Mapping[str, Callable[[Attribute, str], str]] = {
    "aws_cloudwatch_event_rule": lambda get, _: arn("events", f"rule/{get('name')}"),
    "aws_cloudwatch_log_group": lambda get, _: arn("logs", f"log-group:{get('name')}"),
    "aws_dynamodb_table": lambda get, _: arn("dynamodb", f"table/{get('name')}"),
    "aws_ecr_repository": lambda get, _: arn("ecr", f"repository/{get('name')}"),
    "aws_ecs_cluster": lambda get, _: arn("ecs", f"cluster/{get('name')}"),
    "aws_ecs_task_definition": lambda get, _: arn("ecs", f"task-definition/{get('family')}:1"),
    "aws_efs_access_point": lambda _, key: arn("elasticfilesystem", f"access-point/{key}"),
    "aws_efs_file_system": lambda _, key: arn("elasticfilesystem", f"file-system/{key}"),
    "aws_iam_role": lambda get, _: arn("iam", f"role/{get('name')}", region=""),
    "aws_kms_key": lambda _, key: arn("kms", f"key/{key}"),
    "aws_s3_bucket": lambda get, _: arn("s3", str(get("bucket")), region="", account=""),
    "aws_sesv2_configuration_set": lambda get, _: arn(
        "ses", f"configuration-set/{get('configuration_set_name')}"
    ),
    "aws_sns_topic": lambda get, _: arn("sns", str(get("name"))),
    "aws_sqs_queue": lambda get, _: arn("sqs", str(get("name"))),
    "aws_ssm_parameter": lambda get, _: arn("ssm", f"parameter{get('name')}"),
}
_IDS: Mapping[str, str] = {"aws_iam_role": "name", "aws_s3_bucket": "bucket"}

DATA: Mapping[str, Callable[[Attribute], dict[str, Value]]] = {
    "aws_availability_zones": lambda _: {"names": list(ZONES)},
    "aws_caller_identity": lambda _: {"account_id": ACCOUNT},
    "aws_default_tags": lambda _: {"tags": {}},
    "aws_partition": lambda _: {"partition": PARTITION, "dns_suffix": "amazonaws.com"},
    "aws_prefix_list": lambda get: {"id": f"pl-{get('name')}"},
    "aws_region": lambda _: {"region": REGION},
    "aws_subnet": lambda get: {"availability_zone": f"{REGION}{get('id')[-1]}"},
    "aws_vpc_endpoint_service": lambda get: {
        "service_name": f"com.amazonaws.{REGION}.{get('service')}",
        "availability_zones": list(ZONES),
    },
}
"""Attributes of data sources, from their arguments."""


def computed(kind: str, address: str, attribute: str, get: Attribute) -> Value:
    """Return an attribute that only AWS knows, of the resource of type `kind` whose arguments `get` reads."""
    if attribute == "arn" and kind in _ARNS:
        return _ARNS[kind](get, address)
    if attribute == "id" and kind in _IDS:
        return get(_IDS[kind])
    if attribute == "url" and kind == "aws_sqs_queue":
        return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{get('name')}"
    if attribute == "domain_validation_options":
        name = get("domain_name")
        record = {"name": f"_x.{name}.", "type": "CNAME", "value": "_y.acm-validations.aws."}
        return [{f"resource_record_{key}": value for key, value in record.items()}]
    return f"{address}.{attribute}"
