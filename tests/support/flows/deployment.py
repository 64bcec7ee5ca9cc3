"""understudy's file system, Terraform's state and releases from GitHub."""

from collections.abc import Iterator, Mapping
from itertools import chain

from tests.support.configurations import VPC, configuration
from tests.support.flows.steps import Flow, steps, via
from tests.support.hcl.aws import ACCOUNT, REGION, arn

UNDERSTUDY = arn("iam", f"role/fondly-dev-understudy-task-{REGION}", region="")
FILE_SYSTEM = arn("elasticfilesystem", "file-system/pipeline.aws_efs_file_system.understudy[0]")
ACCESS_POINT = arn("elasticfilesystem", "access-point/pipeline.aws_efs_access_point.understudy[0]")
DEPLOYER = arn("iam", f"role/fondly-dev-deploy-{REGION}", region="")
STATE = arn("s3", f"fondly-terraform-{ACCOUNT}-{REGION}", region="", account="")
STATE_KEY = arn("kms", "key/keys.aws_kms_key.this[state]")
BY_STATE_KEY = {
    "s3:x-amz-server-side-encryption": "aws:kms",
    "s3:x-amz-server-side-encryption-aws-kms-key-id": STATE_KEY,
}
READS: Mapping[str, tuple[str, ...]] = {
    "aws_availability_zones": ("ec2:DescribeAvailabilityZones",),
    "aws_caller_identity": (),  # GetCallerIdentity takes no permission
    "aws_default_tags": (),
    "aws_iam_policy_document": (),
    "aws_partition": (),
    "aws_prefix_list": ("ec2:DescribePrefixLists",),
    "aws_region": (),
    "aws_subnet": ("ec2:DescribeSubnets",),
    "aws_vpc_endpoint_service": ("ec2:DescribeVpcEndpointServices",),
}
"""What Terraform calls to read a data source of each kind, as its provider does."""


def flows() -> Iterator[Flow]:
    """Yield what understudy and releases need."""
    yield Flow(
        "understudy mounts its file system",
        ("Using IAM to control access to file systems", "Working with Amazon EFS access points"),
        tuple(
            steps(
                UNDERSTUDY,
                ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
                FILE_SYSTEM,
                context={"elasticfilesystem:AccessPointArn": ACCESS_POINT},
            )
        ),
        environment="dev",
    )
    definition, ecs_role = arn("ecs", "task-definition/fondly-dev-ingest:7"), "role/fondly-dev-ingest"
    yield Flow(
        "GitHub deploys",
        (
            "Backend Type: s3 (Terraform)",
            "Actions, resources, and condition keys for Amazon Elastic Container Service",
        ),
        tuple(
            chain(
                steps(DEPLOYER, "s3:ListBucket", STATE),
                steps(DEPLOYER, ["s3:GetObject"], f"{STATE}/dev/terraform.tfstate"),
                steps(DEPLOYER, "s3:PutObject", f"{STATE}/dev/terraform.tfstate", context=BY_STATE_KEY),
                steps(
                    DEPLOYER, "s3:PutObject", f"{STATE}/dev/terraform.tfstate.tflock", context=BY_STATE_KEY
                ),
                # Whatever does not ask for a key gets the bucket's.
                steps(DEPLOYER, "s3:PutObject", f"{STATE}/dev/terraform.tfstate.tflock"),
                steps(DEPLOYER, "s3:DeleteObject", f"{STATE}/dev/terraform.tfstate.tflock"),
                steps(DEPLOYER, ["kms:Decrypt", "kms:GenerateDataKey"], STATE_KEY, context=via("s3")),
                steps(DEPLOYER, "ecs:RegisterTaskDefinition", "*"),
                steps(
                    DEPLOYER,
                    "ecs:TagResource",
                    definition,
                    context={"ecs:CreateAction": "RegisterTaskDefinition"},
                ),
                steps(
                    DEPLOYER,
                    "ecs:RunTask",
                    definition,
                    context={"ecs:cluster": arn("ecs", "cluster/fondly-dev")},
                ),
                steps(DEPLOYER, ["ecs:DescribeTasks", "ecs:StopTask"], arn("ecs", "task/fondly-dev/x")),
                steps(
                    DEPLOYER,
                    "logs:GetLogEvents",
                    f"{arn('logs', 'log-group:/fondly/fondly-dev-ingest')}:log-stream:task/app/x",
                ),
                steps(DEPLOYER, "ecs:UpdateService", arn("ecs", "service/fondly-dev/fondly-dev-ingest")),
                steps(
                    DEPLOYER,
                    "iam:PassRole",
                    arn("iam", f"{ecs_role}-task-{REGION}", region=""),
                    arn("iam", f"{ecs_role}-execution-{REGION}", region=""),
                    context={"iam:PassedToService": "ecs-tasks.amazonaws.com"},
                ),
            )
        ),
        environment="bootstrap",
    )
    closed = {"vpc": {**VPC, "egress_cidrs": [VPC["cidr"]]}}
    for made, stage in (
        ("dev", "dev"),
        ("prod", "prod"),
        ("endpoints", "prod"),
        ("existing", "prod"),
    ):
        reads = configuration(made, **(closed if made == "existing" else {})).everything("data")
        yield Flow(
            f"GitHub's plan of {made} reads data sources, as it does without a refresh too",
            ("Actions, resources, and condition keys for Amazon EC2",),
            tuple(
                step
                for read in reads
                for step in steps(DEPLOYER.replace("-dev-", f"-{stage}-"), READS[read.kind], "*")
            ),
            environment="bootstrap",
        )
