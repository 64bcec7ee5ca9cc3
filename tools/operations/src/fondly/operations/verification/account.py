"""The account to check: names of an environment, clients, and whether it is AWS or an emulator."""

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, NoCredentialsError

from fondly.operations.environment import is_aws

if TYPE_CHECKING:
    from types_boto3_bedrock_runtime.client import BedrockRuntimeClient
    from types_boto3_comprehend.client import ComprehendClient
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_personalize.client import PersonalizeClient
    from types_boto3_s3.client import S3Client
    from types_boto3_sns.client import SNSClient
    from types_boto3_sqs.client import SQSClient

CONFIG = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "max_attempts": 3})
SERVICES = ("sqs", "sns", "dynamodb", "s3", "comprehend", "personalize", "ecs", "iam", "ssm")
RENAMED = {"bedrock": "bedrock-runtime", "ses": "sesv2", "quotas": "service-quotas"}


@dataclass(frozen=True)
class Account:
    """Clients of one region. Names in it begin with `environment`, such as `fondly-dev`."""

    environment: str
    sqs: "SQSClient"
    sns: "SNSClient"
    dynamodb: "DynamoDBClient"
    s3: "S3Client"
    comprehend: "ComprehendClient"
    personalize: "PersonalizeClient"
    bedrock: "BedrockRuntimeClient"
    ecs: Any
    iam: Any
    ses: Any
    ssm: Any
    quotas: Any
    on_aws: bool
    """False for an emulator, which has only what the provisioner creates."""
    model_id: str | None = None
    """The Bedrock model to try; by default the one of the deployed mailer."""

    @classmethod
    def open(cls, environment: str, *, region: str, model_id: str | None = None) -> Self:
        """Open clients by the AWS SDK's own settings; raise `NoCredentialsError` without credentials."""
        session: Any = boto3.Session(region_name=region)
        if session.get_credentials() is None:
            raise NoCredentialsError
        names = dict(zip(SERVICES, SERVICES, strict=True)) | RENAMED
        clients = {name: session.client(service, config=CONFIG) for name, service in names.items()}
        on_aws = is_aws(clients["sqs"].meta.endpoint_url)
        return cls(environment=environment, on_aws=on_aws, model_id=model_id, **clients)

    def require_answer(self) -> None:
        """Raise `EndpointConnectionError` if nothing answers: otherwise every check would wait for it."""
        with suppress(ClientError):
            self.sqs.list_queues(MaxResults=1)

    def named(self, name: str) -> str:
        """The resource's name in the account."""
        return f"{self.environment}-{name}"

    def mailer_parameter(self, name: str) -> str:
        """The name of the SSM parameter with a setting of the mailer, `FROM_ADDRESS` or `from-address`."""
        return f"/fondly/{self.environment}/mailer/{name.lower().replace('_', '-')}"

    def mailer_setting(self, name: str) -> str:
        """A setting of the mailer that Terraform created; raise `ClientError` if there is none."""
        reply = self.ssm.get_parameter(Name=self.mailer_parameter(name))
        return str(reply["Parameter"]["Value"])
