"""What checks act on: clients of an endpoint, names of their own, and all that they make, to be removed."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from understudy.conform.case import input_shape, service_model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Made = TypeVar("Made")
TAG = "understudy-conform"
_AWS_ATTEMPTS = 5
"""Of a call to AWS, which may throttle; a stand-in's first answer is the one to look at."""
_STORAGE = "s3"
_ANY_KEYS = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
"""For an emulator of S3, which takes any, but like S3 gives no object to who has none."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where to ask: AWS itself without an `endpoint_url`.

    `bucket` and `role_arn` are for the checks that read and write files: by that role the services reach the
    bucket. States are asked for every `poll_s`, and no longer than `timeout_s`.
    """

    region: str
    account_id: str
    endpoint_url: str | None = None
    s3_endpoint_url: str | None = None
    bucket: str | None = None
    role_arn: str | None = None
    model_id: str = "global.anthropic.claude-haiku-5-5"
    poll_s: float = 0.05
    timeout_s: float = 60.0


@dataclass
class World:
    """Makes calls on behalf of checks; every name begins with `prefix`, and everything with tags has one.

    `clock` and `sleep` are replaced in tests.
    """

    target: Target
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    prefix: str = field(default_factory=lambda: f"understudy-conform-{secrets.token_hex(4)}")
    _clients: dict[str, Any] = field(default_factory=dict)
    _kept: dict[str, Any] = field(default_factory=dict)
    _undo: list[Undo] = field(default_factory=list)

    def client(self, service: str) -> Any:  # noqa: ANN401 - of any service
        """Return the client of a service, which checks nothing itself: the endpoint must."""
        if service not in self._clients:
            self._clients[service] = self._new_client(service)
        return self._clients[service]

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer of an operation, without botocore's own members.

        What is created gets a tag, and is removed at the end. Raises ClientError.
        """
        client = self.client(service)
        method = next(name for name, each in client.meta.method_to_api_mapping.items() if each == operation)
        answer = getattr(client, method)(**self._tagged(service, operation, params))
        del answer["ResponseMetadata"]
        self._remember(service, operation, answer)
        return dict(answer)

    def name(self, suffix: str) -> str:
        """Return a name that nothing else in the account has."""
        return f"{self.prefix}-{suffix}"

    def once(self, key: str, make: Callable[[World], Made]) -> Made:
        """Return what several checks share, made by the first of them."""
        if key not in self._kept:
            self._kept[key] = make(self)
        found: Made = self._kept[key]
        return found

    @property
    def role_arn(self) -> str:
        """The role that the services assume; without one, a name that no role has."""
        return self.target.role_arn or f"arn:aws:iam::{self.target.account_id}:role/{self.prefix}"

    def arn(self, resource: str) -> str:
        """Return the ARN of a resource of Personalize: `schema/none`."""
        return f"arn:aws:personalize:{self.target.region}:{self.target.account_id}:{resource}"

    def uri(self, key: str) -> str:
        """Return the S3 URI of an object of the suite's own, or of one in a bucket that nobody has."""
        return f"s3://{self.target.bucket or f'{self.prefix}-none'}/{self.prefix}/{key}"

    def put(self, key: str, body: bytes) -> str:
        """Store an object and return its URI."""
        full = f"{self.prefix}/{key}"
        self.client(_STORAGE).put_object(Bucket=self.target.bucket, Key=full, Body=body)
        return self.uri(key)

    def get(self, uri: str) -> bytes:
        """Return the contents of an object."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        body: bytes = self.client(_STORAGE).get_object(Bucket=bucket, Key=key)["Body"].read()
        return body

    def keys(self, folder: str) -> list[str]:
        """Return the keys below a folder of the suite's own, without the folder."""
        prefix = f"{self.prefix}/{folder}"
        pages = self.client(_STORAGE).get_paginator("list_objects_v2")
        found = pages.paginate(Bucket=self.target.bucket, Prefix=prefix)
        return [entry["Key"].removeprefix(prefix) for page in found for entry in page.get("Contents", [])]

    def clean_up(self) -> list[str]:
        """Remove all that was made, the newest first; return what is left, and why."""
        left = [problem for undo in reversed(self._undo) if (problem := self._undone(undo))]
        self._undo.clear()
        return left + self._without_objects()

    def _undone(self, undo: Undo) -> str | None:
        deadline = self.clock() + self.target.timeout_s
        while True:
            try:
                self.call(undo.service, undo.delete, {undo.key: undo.arn})
            except BotoCoreError as error:
                return f"{undo.arn}: {error}"
            except ClientError as error:
                code = error.response["Error"]["Code"]
                if code == "ResourceNotFoundException":
                    return None
                if code != "ResourceInUseException" or self.clock() > deadline:
                    return f"{undo.arn}: {error}"
            if undo.at_once:
                return None
            self.sleep(self.target.poll_s)

    def _without_objects(self) -> list[str]:
        if self.target.bucket is None or _STORAGE not in self._clients:
            return []
        try:
            for key in self.keys(""):
                self.client(_STORAGE).delete_object(Bucket=self.target.bucket, Key=f"{self.prefix}/{key}")
        except (BotoCoreError, ClientError) as error:
            return [f"s3://{self.target.bucket}/{self.prefix}/: {error}"]
        return []

    def _remember(self, service: str, operation: str, answer: Mapping[str, Any]) -> None:
        """Note how to remove what an operation has made, if the service can remove it."""
        noun = operation.removeprefix("Create")
        delete, key = f"Delete{noun}", f"{noun[0].lower()}{noun[1:]}Arn"
        if noun != operation and delete in service_model(service).operation_names and key in answer:
            self._undo.append(Undo(service, delete, key, answer[key]))

    def _tagged(self, service: str, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        shape = input_shape(service, operation)
        name = next((each for each in shape.members if each.lower() == "tags"), None) if shape else None
        if shape is None or name is None or name in params or not _creates(operation):
            return dict(params)
        entry: Any = shape.members[name]
        tag_key, tag_value = entry.member.members
        return {**params, name: [{tag_key: TAG, tag_value: self.prefix}]}

    def _new_client(self, service: str) -> Any:  # noqa: ANN401 - of any service
        target = self.target
        url = target.s3_endpoint_url if service == _STORAGE else target.endpoint_url
        attempts = _AWS_ATTEMPTS if url is None else 1
        options: dict[str, Any] = {"retries": {"mode": "standard", "total_max_attempts": attempts}}
        if service != _STORAGE:
            options["parameter_validation"] = False
        keys: dict[str, str] = {}
        if url is not None and boto3.Session().get_credentials() is None:
            if service == _STORAGE:
                keys = _ANY_KEYS
            else:
                options["signature_version"] = UNSIGNED
        make: Any = boto3.client  # its types name every service that there is
        return make(service, region_name=target.region, endpoint_url=url, config=Config(**options), **keys)


@dataclass(frozen=True, slots=True)
class Undo:
    """How to remove a resource; `at_once` if it has no states, so one call is enough."""

    service: str
    delete: str
    key: str
    arn: str

    @property
    def at_once(self) -> bool:
        """Whether the first call that is not refused removes it."""
        return self.delete == "DeleteSchema"


def _creates(operation: str) -> bool:
    return operation.startswith(("Create", "Start"))
