"""What a request to AWS asks for: its service and operation, whatever the protocol."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

_SCOPE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")
_CALLER = re.compile(r"\bapp/(\S+)")
_OBJECT_VERBS = {"GET": "Get", "PUT": "Put", "HEAD": "Head", "DELETE": "Delete", "POST": "Post"}
_AI_SERVICES = frozenset({"comprehend", "personalize", "bedrock"})


@dataclass(frozen=True)
class Call:
    """One HTTP request of an SDK. `headers` have lower-case names."""

    method: str
    target: str
    """Path and query as sent."""
    headers: Mapping[str, str]
    body: bytes = b""

    @cached_property
    def service(self) -> str:
        """The service as the signature names it, such as `sqs` or `bedrock`; empty without a signature."""
        found = _SCOPE.search(self.headers.get("authorization", ""))
        return found[1] if found else ""

    @cached_property
    def operation(self) -> str:
        """The operation's name; for S3 made of the verb and what it is applied to."""
        if target := self.headers.get("x-amz-target"):
            return target.rsplit(".", 1)[-1]
        if self.service == "bedrock":
            return self.path.rsplit("/", 1)[-1].capitalize()
        if self.service == "s3":
            kind = "Object" if self.path.strip("/").count("/") else "Bucket"
            return _OBJECT_VERBS.get(self.method, self.method) + kind
        return self.form.get("Action", self.method)

    @property
    def name(self) -> str:
        """Service and operation, for people."""
        return f"{self.service}.{self.operation}"

    @property
    def path(self) -> str:
        """The path without the query."""
        return self.target.split("?", 1)[0]

    @property
    def invocation(self) -> str:
        """What all attempts of one SDK call share."""
        return self.headers.get("amz-sdk-invocation-id", "")

    @property
    def caller(self) -> str:
        """The process that calls, by its SDK application id; empty without one."""
        found = _CALLER.search(self.headers.get("user-agent", ""))
        return found[1] if found else ""

    @property
    def is_of_ai(self) -> bool:
        """True for the services that the stand-in answers for."""
        return self.service in _AI_SERVICES

    @cached_property
    def json(self) -> dict[str, Any]:
        """The body of a JSON protocol."""
        content: dict[str, Any] = json.loads(self.body or b"{}")
        return content

    @cached_property
    def form(self) -> dict[str, str]:
        """The members of SNS's query protocol."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def with_json(self, content: Mapping[str, Any]) -> "Call":
        """The same call with another JSON body."""
        return Call(self.method, self.target, self.headers, json.dumps(content).encode())


@dataclass(frozen=True)
class Reply:
    """One HTTP response."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_ok(self) -> bool:
        """True when the operation was done."""
        return self.status < 300

    @cached_property
    def json(self) -> dict[str, Any]:
        """The body of a JSON protocol."""
        content: dict[str, Any] = json.loads(self.body or b"{}")
        return content

    def with_json(self, content: Mapping[str, Any]) -> "Reply":
        """The same reply with another JSON body; checksums of the old one do not come along."""
        kept = {name: value for name, value in self.headers.items() if name.lower() != "x-amz-crc32"}
        return Reply(self.status, kept, json.dumps(content).encode())
