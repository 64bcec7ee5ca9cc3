"""Requests to AWS and their replies: service and operation are recognised whatever the protocol."""

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
_STOOD_IN_FOR = frozenset({"comprehend", "personalize", "bedrock", "ses"})
_SES_PATHS = {"/v2/email/outbound-emails": "SendEmail", "/v2/email/account": "GetAccount"}


@dataclass(frozen=True)
class Call:
    """One HTTP request of an SDK; header names are in lower case."""

    method: str
    target: str
    """Path and query as sent."""
    headers: Mapping[str, str]
    body: bytes = b""

    @cached_property
    def service(self) -> str:
        """The service that the signature names, such as `sqs` or `bedrock`; empty if unsigned."""
        found = _SCOPE.search(self.headers.get("authorization", ""))
        return found[1] if found else ""

    @cached_property
    def operation(self) -> str:
        """The operation's name; for S3 the verb and its target, such as `GetObject`."""
        if target := self.headers.get("x-amz-target"):
            return target.rsplit(".", 1)[-1]
        if self.service == "bedrock":
            return self.path.rsplit("/", 1)[-1].capitalize()
        if self.service == "ses":
            return _SES_PATHS.get(self.path, self.path)
        if self.service == "s3":
            kind = "Object" if self.path.strip("/").count("/") else "Bucket"
            return _OBJECT_VERBS.get(self.method, self.method) + kind
        return self.form.get("Action", self.method)

    @property
    def name(self) -> str:
        """Service and operation, such as `sqs.SendMessage`."""
        return f"{self.service}.{self.operation}"

    @property
    def path(self) -> str:
        """The path without its query."""
        return self.target.split("?", 1)[0]

    @property
    def invocation(self) -> str:
        """The id that all attempts of one SDK call share; empty without one."""
        return self.headers.get("amz-sdk-invocation-id", "")

    @property
    def caller(self) -> str:
        """The calling process, by its SDK application id; empty without one."""
        found = _CALLER.search(self.headers.get("user-agent", ""))
        return found[1] if found else ""

    @property
    def is_understudys(self) -> bool:
        """True for the services that understudy answers for."""
        return self.service in _STOOD_IN_FOR

    @cached_property
    def json(self) -> dict[str, Any]:
        """The body, parsed as JSON."""
        content: dict[str, Any] = json.loads(self.body or b"{}")
        return content

    @cached_property
    def form(self) -> dict[str, str]:
        """The form fields of SNS's query protocol."""
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
        """True if the operation succeeded."""
        return self.status < 300

    @cached_property
    def json(self) -> dict[str, Any]:
        """The body, parsed as JSON."""
        content: dict[str, Any] = json.loads(self.body or b"{}")
        return content

    def with_json(self, content: Mapping[str, Any]) -> "Reply":
        """The same reply with another JSON body, without the old body's checksum."""
        kept = {name: value for name, value in self.headers.items() if name.lower() != "x-amz-crc32"}
        return Reply(self.status, kept, json.dumps(content).encode())
