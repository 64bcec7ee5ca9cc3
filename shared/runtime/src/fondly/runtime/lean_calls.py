"""Makes the calls that services make most at a third of the CPU time that the SDK takes for them.

The first call of a kind is the SDK's own: how it is sent, its address, headers and scope, is how later ones
are sent, each with its own contents and signature. What is not plainly answered is handed to the SDK as the
outcome of its first try: it reads that, tries again and raises as ever.
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, cast
from xml.etree import ElementTree as ET
from zlib import crc32

import orjson
from aiobotocore.endpoint import convert_to_response_dict
from aiobotocore.httpchecksum import handle_checksum_body
from aiobotocore.session import AioSession
from botocore.validate import ParamValidationDecorator, ParamValidator

from fondly.runtime.lean_requests import WRITERS, Content, Sent

PLACES = ("QueueUrl", "Bucket", "modelId")
"""What the address of a call depends on, besides its operation and an object's key."""
BYTES = tuple(b'"%b":' % name for name in (b"B", b"BS", b"BinaryValue", b"bytes", b"redactedContent"))
"""Members that the SDK reads as bytes."""
NOTHING = (b'":null', b'": null')
"""The end of members that the SDK leaves out; within a text, there is a `\\` before it."""
TOLD = {"etag": "ETag", "x-amz-checksum-sha256": "ChecksumSHA256", "x-amz-checksum-type": "ChecksumType"}
"""What services ask of an object besides its length; to parse all that S3 says takes longer than the call."""
OK = 200


@dataclass
class _Call:
    """A call under way; `outcome` is an answer or an error that the SDK is to take as its first try's."""

    kind: tuple[str, ...]
    content: Content
    outcome: Any = None


_current: ContextVar[_Call | None] = ContextVar("call", default=None)


def make_lean(session: AioSession) -> None:
    """Have the clients that a session opens from now on make lean calls."""
    session.register("creating-client-class", _add_base, unique_id="lean-calls")


def _add_base(base_classes: list[type], **_: object) -> None:
    base_classes.insert(0, LeanCalls)


class LeanCalls:
    """A base of clients, before the SDK's own, of which it uses credentials, connections and parsers."""

    is_lean = True
    """Whether calls may go past the SDK, and so past what is registered for its events."""

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - the SDK's
        super().__init__(*args, **options)
        self._sdk = cast("Any", self)
        self._known: dict[tuple[str, ...], Sent] = {}
        self._sdk.meta.events.register("before-send", self._before_send)

    async def _make_api_call(self, operation: str, params: dict[str, Any]) -> Any:  # noqa: ANN401 - as above
        write, call = WRITERS.get(operation), None
        if self.is_lean and write and self._may_send(operation, params) and (content := write(params)):
            call = _Call((operation, *(params[place] for place in PLACES if place in params)), content)
            if (sent := self._known.get(call.kind)) and (answer := await self._answer(call, sent)):
                return answer
        token = _current.set(call)
        try:
            return await super()._make_api_call(operation, params)  # type: ignore[misc] # the SDK's
        finally:
            _current.reset(token)

    def _may_send(self, operation: str, params: dict[str, Any]) -> bool:
        """Whether what is to be checked before it is sent is right; if not, the SDK says what is wrong."""
        if not isinstance(self._sdk._serializer, ParamValidationDecorator):  # noqa: SLF001 - its configuration
            return True
        shape = self._sdk.meta.service_model.operation_model(operation).input_shape
        return not ParamValidator().validate(params, shape).has_errors()

    async def _answer(self, call: _Call, sent: Sent) -> dict[str, Any] | None:
        """Make a call; return its answer, or None if what came of it is for the SDK to treat."""
        try:
            credentials = await self._sdk._request_signer._credentials.get_frozen_credentials()  # noqa: SLF001
            request = sent.request(call.content, credentials)
            call.outcome = reply = await self._sdk._endpoint.http_session.send(request)  # noqa: SLF001
            if reply.status_code != OK:
                return None
            if call.content.is_streamed:
                return await self._read_object(reply, call.kind[0], sent)
            return READERS.get(call.kind[0], _read_json)(await reply.content, reply.headers)
        except Exception as error:  # noqa: BLE001 - the SDK knows which are tried again
            call.outcome = call.outcome or error
            return None

    async def _read_object(self, reply: Any, operation: str, sent: Sent) -> dict[str, Any]:  # noqa: ANN401 - as above
        """Have the SDK read the body as it comes, and check it; of headers, read what services ask for."""
        model = self._sdk.meta.service_model.operation_model(operation)
        found = await convert_to_response_dict(reply, model)
        await handle_checksum_body(reply, found, {"checksum": sent.checksums}, model)
        told = {member: reply.headers[name] for name, member in TOLD.items() if name in reply.headers}
        length = {"ContentLength": int(reply.headers["content-length"])}
        return {**told, **length, "Body": found["body"], "ResponseMetadata": _metadata(reply.headers)}

    def _before_send(self, request: Any, **_: object) -> Any:  # noqa: ANN401 - as above
        """Let the SDK's first try have the outcome of a lean one, or learn from it how a call is sent."""
        call = _current.get()
        if call is None:
            return None
        outcome, call.outcome = call.outcome, None
        if isinstance(outcome, Exception):
            raise outcome
        if outcome is None and (sent := Sent.learned(request, call.content)):
            self._known[call.kind] = sent
        return outcome


def _read_json(body: bytes, headers: Mapping[str, str]) -> dict[str, Any] | None:
    """Read JSON as the SDK would; None if that is more than to parse it, or if it is damaged."""
    checksum = headers.get("x-amz-crc32")
    if _has_more(body) or (checksum and int(checksum) != crc32(body)):
        return None
    answer: dict[str, Any] = orjson.loads(body)
    answer["ResponseMetadata"] = _metadata(headers)
    return answer


def _has_more(body: bytes) -> bool:
    """Whether JSON has what the SDK does not take as it is; a pattern would take longer than to parse it."""
    has_nothing = any(body.count(end) > body.count(b"\\" + end) for end in NOTHING)
    return has_nothing or any(name in body for name in BYTES)


def _read_tag(_body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    """Read what S3 says of an object that was put; of all that it may say, nobody asks for more."""
    return {"ETag": headers["etag"], "ResponseMetadata": _metadata(headers)}


def _read_published(body: bytes, headers: Mapping[str, str]) -> dict[str, Any] | None:
    """Read what SNS has accepted, if that is everything."""
    found = ET.fromstring(body)  # noqa: S314 - AWS's own words, which the SDK reads by it too
    if found.find(".//{*}Failed/{*}member") is not None:
        return None
    accepted = found.iterfind(".//{*}Successful/{*}member")
    members = [{each.tag.rpartition("}")[2]: each.text for each in one} for one in accepted]
    return {"Successful": members, "Failed": [], "ResponseMetadata": _metadata(headers)}


READERS: Mapping[str, Callable[[bytes, Mapping[str, str]], dict[str, Any] | None]] = {
    "PutObject": _read_tag,
    "PublishBatch": _read_published,
}
"""What reads the answers that are not JSON."""


def _metadata(headers: Mapping[str, str]) -> dict[str, Any]:
    named = {"RequestId": headers["x-amzn-requestid"]} if "x-amzn-requestid" in headers else {}
    return {**named, "HTTPStatusCode": OK, "HTTPHeaders": headers, "RetryAttempts": 0}
