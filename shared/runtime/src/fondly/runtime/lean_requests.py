"""How lean calls are written and signed, see `fondly.runtime.lean_calls`.

Source of the signature: "Create a signed AWS API request", AWS IAM User Guide.
"""

import hmac
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import quote, quote_plus
from uuid import uuid4
from zlib import crc32

import orjson

SAFE = "/~"
"""What the SDK leaves as it is in a path, besides letters, digits and `-._`."""
DIGEST, UNSIGNED = "x-amz-content-sha256", "UNSIGNED-PAYLOAD"
KEPT = ("content-type", "user-agent", "x-amz-checksum-mode", "x-amz-target", "x-amzn-query-mode")
"""The headers that all calls of a kind share."""
SCOPE = re.compile(r"AWS4-HMAC-SHA256 Credential=[^/]+/\d{8}/([^,]+),")
OF_ALL = {"Bucket", "Key", "Body", "Metadata"}
TOLD = {"ContentType": "content-type", "IfMatch": "if-match", "IfNoneMatch": "if-none-match"}
"""The header for what may be said of an object."""


@dataclass(frozen=True)
class Content:
    """What is of one call alone; its path ends in `key`, and its answer may be read as it comes."""

    body: bytes = b""
    key: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    is_streamed: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """What the SDK's HTTP session sends."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    stream_output: bool


@dataclass(frozen=True)
class Sent:
    """How the SDK sends the calls of a kind; the URL is without the key."""

    method: str
    url: str
    headers: Mapping[str, str]
    scope: str
    """What a signature is for, such as `eu-west-1/s3/aws4_request`."""
    is_signed: bool
    """Whether that covers the body: TLS and a checksum may do instead."""
    checksums: Mapping[str, Any]
    """Those that the SDK is to check, in its own terms."""

    @classmethod
    def learned(cls, request: Any, content: Content) -> "Sent | None":  # noqa: ANN401 - the SDK's own type
        """Return how a request of the SDK was sent; None if others cannot be sent so."""
        found = {name.lower(): value for name, value in request.headers.items()}
        headers = {name: v.decode() if isinstance(v, bytes) else v for name, v in found.items()}
        scope = SCOPE.match(headers.get("authorization", ""))
        if not scope or "?" in request.url or not request.url.endswith(content.key):
            return None
        return cls(
            request.method,
            request.url.removesuffix(content.key),
            {name: headers[name] for name in KEPT if name in headers.keys() - content.headers.keys()},
            scope[1],
            is_signed=UNSIGNED not in headers.get(DIGEST, ""),
            checksums=request.context.get("checksum", {}),
        )

    def request(self, content: Content, credentials: Any) -> Request:  # noqa: ANN401 - as above
        """Return the request of a call, signed now."""
        url, at = self.url + content.key, f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        _, _, host, path = url.split("/", 3)
        digest = sha256(content.body).hexdigest() if self.is_signed else UNSIGNED
        headers = {**self.headers, **content.headers, "host": host, "x-amz-date": at}
        agent = headers.pop("user-agent")
        if "/s3/" in self.scope:
            headers[DIGEST] = digest
        else:
            path = quote(path, safe=SAFE)  # S3 alone takes it as it is
        if credentials.token:
            headers["x-amz-security-token"] = credentials.token
        names = sorted(headers)
        lines = [f"{name}:{' '.join(headers[name].split())}" for name in names]
        asked = "\n".join((self.method, f"/{path}", "", *lines, "", ";".join(names), digest))
        scope = f"{at[:8]}/{self.scope}"
        told = f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{sha256(asked.encode()).hexdigest()}"
        signature = _hmac(_signing_key(credentials.secret_key, scope), told).hex()
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope}, "
            f"SignedHeaders={';'.join(names)}, Signature={signature}"
        )
        return Request(self.method, url, {**headers, "user-agent": agent}, content.body, content.is_streamed)


@lru_cache(maxsize=16)
def _signing_key(secret: str, scope: str) -> bytes:
    """The key of a day, a region and a service."""
    key = f"AWS4{secret}".encode()
    for each in scope.split("/"):
        key = _hmac(key, each)
    return key


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


def _json(params: Mapping[str, Any]) -> Content | None:
    try:
        return Content(orjson.dumps(params, option=orjson.OPT_PASSTHROUGH_DATETIME))
    except TypeError:  # bytes, decimals and times have forms of their own
        return None


def _transaction(params: dict[str, Any]) -> Content | None:
    """Name it as the SDK does, so that a further try, its own as well, is of the same transaction."""
    params.setdefault("ClientRequestToken", str(uuid4()))
    return _json(params)


def _conversation(params: dict[str, Any]) -> Content | None:
    return _json({name: value for name, value in params.items() if name != "modelId"})


def _publishing(params: dict[str, Any]) -> Content | None:
    """Write the form that the query protocol of SNS wants; only its values can have what is to be escaped."""
    told = [f"TopicArn={quote_plus(params['TopicArn'])}"]
    for number, entry in enumerate(params["PublishBatchRequestEntries"], start=1):
        if entry.keys() != {"Id", "Message", "MessageAttributes"}:
            return None
        name = f"PublishBatchRequestEntries.member.{number}"
        told += [f"{name}.Id={quote_plus(entry['Id'])}", f"{name}.Message={quote_plus(entry['Message'])}"]
        for place, (attribute, value) in enumerate(entry["MessageAttributes"].items(), start=1):
            if value.keys() != {"DataType", "StringValue"}:
                return None
            named = f"{name}.MessageAttributes.entry.{place}"
            told.append(f"{named}.Name={quote_plus(attribute)}")
            told += [f"{named}.Value.{kind}={quote_plus(each)}" for kind, each in value.items()]
    return Content("&".join(["Action=PublishBatch&Version=2010-03-31", *told]).encode())


def _object(params: dict[str, Any]) -> Content | None:
    """Send it without asking first whether it may be sent, which takes small ones a round trip."""
    if params.keys() - TOLD.keys() != OF_ALL or type(body := params["Body"]) is not bytes:
        return None
    checksum = b64encode(crc32(body).to_bytes(4, "big")).decode()
    headers = {"x-amz-sdk-checksum-algorithm": "CRC32", "x-amz-checksum-crc32": checksum}
    headers |= {header: params[name] for name, header in TOLD.items() if name in params}
    headers |= {f"x-amz-meta-{name}": value for name, value in params["Metadata"].items()}
    return Content(body, quote(params["Key"], safe=SAFE), headers)


def _name(params: dict[str, Any]) -> Content | None:
    if params.keys() != {"Bucket", "Key"}:
        return None
    return Content(key=quote(params["Key"], safe=SAFE), is_streamed=True)


WRITERS: Mapping[str, Callable[[dict[str, Any]], Content | None]] = {
    **dict.fromkeys(("BatchGetItem", "BatchWriteItem", "GetItem", "PutItem", "UpdateItem", "Query"), _json),
    **dict.fromkeys(("ReceiveMessage", "SendMessage", "DeleteMessageBatch", "BatchDetectSentiment"), _json),
    "TransactWriteItems": _transaction,
    "Converse": _conversation,
    "PublishBatch": _publishing,
    "PutObject": _object,
    "GetObject": _name,
}
"""What writes the calls of an operation; it returns None for one that only the SDK writes."""
