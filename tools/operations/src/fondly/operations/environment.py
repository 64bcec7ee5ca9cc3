"""The environment that a command works on: its AWS clients and the names of its resources."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import ClientError

from fondly.operations.errors import MissingResourceError, OperationError
from fondly.operations.target import Target, table_name
from fondly.operations.topology import DEAD_LETTER_SUFFIX, Topology
from fondly.runtime.aws import CONFIG
from fondly.runtime.clients import DynamoDBClient, S3Client, SNSClient, SQSClient
from fondly.runtime.errors import error_code
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.storage import DynamoDBItems, S3Objects

DEFAULT_GROUP = "fondly"
"""The name of the dataset group where no setting gives another: on an emulator, that is the environment's."""
NO_QUEUE = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})
NO_TOPIC = frozenset({"NotFound", "NotFoundException"})
NO_TABLE = frozenset({"ResourceNotFoundException"})
NO_BUCKET = frozenset({"404", "NoSuchBucket"})
DATA = "data"
"""What the bucket is named after."""
own_session = cache(get_session)
"""One per process: it caches the descriptions of services, and has the credentials of every client."""


@dataclass(frozen=True)
class Environment:
    """Clients of one environment, and the names of its resources. Nothing here creates a resource."""

    name: str
    topology: Topology
    sqs: SQSClient
    sns: SNSClient
    s3: S3Client
    dynamodb: DynamoDBClient
    cloudwatch: Any
    told: dict[tuple[str, str], Any] = field(default_factory=dict)
    """What AWS has said of resources that exist, by kind and name: pages ask for the same ones all day."""

    def named(self, name: str) -> str:
        """The resource's name in the account."""
        return f"{self.name}-{name}"

    def table_name(self, name: str) -> str:
        """The table's name in the account."""
        return table_name(self.name, name)

    @property
    def region(self) -> str:
        """The region of the clients."""
        return self.sqs.meta.region_name

    @property
    def on_aws(self) -> bool:
        """False for an emulator, where nobody has an identity."""
        return is_aws(self.sqs.meta.endpoint_url)

    def known_queue(self, name: str) -> str:
        """Return a queue's name in the topology, given that, its full name or that of its dead letters."""
        short = name.removeprefix(f"{self.name}-").removesuffix(DEAD_LETTER_SUFFIX)
        if short not in self.topology.queues:
            raise OperationError(
                f"no queue {name} in the topology, which has {', '.join(self.topology.queues)}"
            )
        return short

    async def queue_url(self, name: str) -> str:
        """Return a queue's URL; raise `MissingResourceError` if it does not exist."""
        made, ask = self.named(name), self.sqs.get_queue_url
        url: str = (await self._told("queue", made, NO_QUEUE, ask, QueueName=made))["QueueUrl"]
        return url

    async def dead_letter_url(self, name: str) -> str:
        """Return the URL of a queue's dead-letter queue; raise `MissingResourceError` if there is none."""
        return await self.queue_url(name + DEAD_LETTER_SUFFIX)

    async def queue_arn(self, url: str) -> str:
        """Return a queue's ARN."""
        ask = self.sqs.get_queue_attributes
        reply = await self._told("ARN", url, (), ask, QueueUrl=url, AttributeNames=["QueueArn"])
        arn: str = reply["Attributes"]["QueueArn"]
        return arn

    async def topic_arn(self, name: str) -> str:
        """Return a topic's ARN, which is like a queue's; raise `MissingResourceError` if there is none."""
        arn = await self._any_arn()
        arn[2], arn[5] = "sns", self.named(name)
        with _missing(NO_TOPIC, "topic", self.named(name)):
            await self.sns.get_topic_attributes(TopicArn=":".join(arn))
        return ":".join(arn)

    async def role_arn(self, name: str) -> str:
        """Return the ARN of a role as Terraform names it, in the account that the queues are in."""
        _, partition, _, region, account, _ = await self._any_arn()
        return f"arn:{partition}:iam::{account}:role/{self.named(name)}-{region}"

    async def ledger(self) -> Ledger:
        """Open the ledger; raise `MissingResourceError` if its table does not exist."""
        return Ledger(self.dynamodb, await self.table("runs"))

    async def table(self, name: str) -> str:
        """Return a table's name in the account; raise `MissingResourceError` if it does not exist."""
        made = self.table_name(name)
        await self._told("table", made, NO_TABLE, self.dynamodb.describe_table, TableName=made)
        return made

    async def items(self, name: str) -> DynamoDBItems:
        """Open a table; raise `MissingResourceError` if it does not exist."""
        return DynamoDBItems(self.dynamodb, await self.table(name))

    async def deliveries(self) -> Deliveries:
        """Open the deliveries of runs; raise `MissingResourceError` if their table does not exist."""
        return Deliveries(self.dynamodb, await self.table("runs"))

    async def key_names(self, name: str) -> list[str]:
        """Return the names of a table's keys; raise `ClientError` if it does not exist."""
        described = await self.dynamodb.describe_table(TableName=self.table_name(name))
        return [each["AttributeName"] for each in described["Table"]["KeySchema"]]

    async def bucket(self) -> str:
        """Return the data bucket's name: on AWS, where buckets share names, with account and region."""
        if not self.on_aws:
            return self.named(DATA)
        _, _, _, region, account, _ = await self._any_arn()
        return f"{self.named(DATA)}-{account}-{region}"

    async def objects(self) -> S3Objects:
        """Open the data bucket; raise `MissingResourceError` if it does not exist."""
        bucket = await self.bucket()
        await self._told("bucket", bucket, NO_BUCKET, self.s3.head_bucket, Bucket=bucket)
        return S3Objects(self.s3, bucket)

    async def _told(
        self,
        kind: str,
        name: str,
        missing: Collection[str],
        ask: Callable[..., Awaitable[Any]],
        **request: Any,  # noqa: ANN401 - of the call
    ) -> Any:  # noqa: ANN401 - as above
        """Ask once; raise `MissingResourceError` at these codes of AWS."""
        if (kind, name) not in self.told:
            with _missing(missing, kind, name):
                self.told[kind, name] = await ask(**request)
        return self.told[kind, name]

    async def _any_arn(self) -> list[str]:
        """The parts of a queue's ARN, which say in which account the environment is."""
        return (await self.queue_arn(await self.queue_url(next(iter(self.topology.queues))))).split(":")


def open_client(service: str, region: str, **config: Any) -> AbstractAsyncContextManager[Any]:  # noqa: ANN401 - of botocore
    """Open a client; endpoint and credentials are those of the AWS SDK."""
    session: Any = own_session()
    opened: AbstractAsyncContextManager[Any] = session.create_client(
        service, region_name=region, config=CONFIG.merge(AioConfig(**config))
    )
    return opened


@asynccontextmanager
async def open_environment(target: Target, topology: Topology) -> AsyncIterator[Environment]:
    """Open clients; endpoints and credentials are those of the AWS SDK."""
    async with AsyncExitStack() as stack:
        yield Environment(
            name=target.environment,
            topology=topology,
            **{
                name: await stack.enter_async_context(open_client(name, target.region))
                for name in ("sqs", "sns", "s3", "dynamodb", "cloudwatch")
            },
        )


class Ignoring:
    """Ends a block at an error of AWS with one of these codes, such as those of what is not there."""

    def __init__(self, codes: Collection[str]) -> None:
        self._codes = codes

    def __enter__(self) -> None:
        """Begin the block."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        """Whether the error is one of them."""
        return isinstance(error, ClientError) and error_code(error) in self._codes


async def pages(
    call: Callable[..., Awaitable[Mapping[str, Any]]],
    token: str,
    **request: Any,  # noqa: ANN401 - of the call
) -> AsyncIterator[Mapping[str, Any]]:
    """Yield the pages of a call for which botocore has no paginator; `token` asks for the next."""
    while True:
        page = await call(**request)
        yield page
        if not page.get(token):
            return
        request = {**request, token: page[token]}


@contextmanager
def _missing(codes: Collection[str], kind: str, name: str) -> Iterator[None]:
    """Turn these AWS error codes into `MissingResourceError`."""
    try:
        yield
    except ClientError as error:
        if error_code(error) in codes:
            raise MissingResourceError(kind, name) from error
        raise


AWS_DOMAINS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")


def is_aws(endpoint_url: str) -> bool:
    """Whether an endpoint is one of AWS, rather than an emulator's."""
    return (urlsplit(endpoint_url).hostname or "").endswith(AWS_DOMAINS)
