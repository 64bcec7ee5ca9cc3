"""A small AWS within the process of one service: the clients that services call, over files on disk.

Services run unchanged, with their own entry points: `Session.create_client` gives them these clients in place
of aiobotocore's. What is missing is what a network and botocore cost; everything above a client's methods is
the service's own. Every call is counted, and the CPU time that it takes here is counted apart.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

from fondly.operations.environment import Environment
from fondly.operations.topology import load_topology
from harness.local_aws.client import Client
from harness.local_aws.objects import S3
from harness.local_aws.queues import SNS, SQS, Queues
from harness.local_aws.stand_ins import BedrockRuntime, Comprehend, Personalize
from harness.local_aws.tables import DynamoDB
from harness.local_aws.usage import STAND_INS, STORES, Usage


class Session:
    """Everything that is kept in a folder; a process opens it alone."""

    def __init__(self, folder: Path) -> None:
        topology = load_topology()
        self.usage = Usage()
        self.queues = Queues(folder, topology, self.usage)
        self.objects = S3(folder, self.usage)
        stores = {
            "s3": self.objects,
            "dynamodb": DynamoDB(folder, topology, self.usage),
            "sqs": SQS(self.queues),
            "sns": SNS(self.queues),
        }
        stand_ins = {
            "comprehend": Comprehend(self.usage),
            "personalize": Personalize(self.objects),
            "bedrock-runtime": BedrockRuntime(self.usage),
        }
        self._clients = {
            name: Client(name, answering, self.usage, who=who)
            for who, of in ((STORES, stores), (STAND_INS, stand_ins))
            for name, answering in of.items()
        }

    def register(self, *_: object, **__: object) -> None:
        """Have no use for what would change a client."""

    async def get_credentials(self) -> None:
        """Return nothing: whoever asks S3 by requests of their own asks these clients instead."""

    @asynccontextmanager
    async def create_client(self, service: str, **_: object) -> AsyncIterator[Any]:
        """Open a client, as aiobotocore's session does."""
        yield self.client(service)

    def client(self, service: str) -> Any:  # noqa: ANN401 - clients have no common type
        """Return the client of a service."""
        return self._clients[service]


class LocalEnvironment(Environment):
    """The same for people's commands; nothing has a prefix."""

    @classmethod
    def of(cls, session: Session) -> Self:
        """Return what a command works on."""
        clients: dict[str, Any] = {name: session.client(name) for name in ("sqs", "sns", "s3", "dynamodb")}
        return cls(name="local", topology=load_topology(), cloudwatch=SimpleNamespace(), **clients)

    def named(self, name: str) -> str:
        """The name itself."""
        return name

    def table_name(self, name: str) -> str:
        """The name itself."""
        return name
