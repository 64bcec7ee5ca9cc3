"""The ASGI application that serves the requests of every AWS service at one address."""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from understudy.wire.calls import CallLog
from understudy.wire.http import HttpInput
from understudy.wire.operations import InvalidResponseError, Operation, Unanswered, operations_of
from understudy.wire.service import ConnectionDroppedError, ServiceError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.types import Receive, Scope, Send

    from understudy.wire.dialect import Dialect
    from understudy.wire.service import Service

log = structlog.get_logger()

OK = "ok"
DROPPED = "dropped"
UNKNOWN = "this operation"
MAX_BODY_BYTES = 25_000_000
"""The largest body that any of the services accepts (Bedrock's `Converse`)."""


class AwsEndpoint:
    """Finds the operation of a request, calls it, and answers with its response or an error."""

    def __init__(self, services: Sequence[Service]) -> None:
        operations = [each for service in services for each in operations_of(service)]
        self._by_target = {each.target: each for each in operations if each.dialect.json_version}
        self._by_path = [each for each in operations if not each.dialect.json_version]
        self._unanswered = Unanswered(service.name for service in services)
        self.calls = CallLog()
        self._counts = [service.counts for service in services]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request."""
        request, request_id = Request(scope, receive), str(uuid.uuid4())
        try:
            response = await self._respond(request, request_id)
        except ClientDisconnect:
            return
        except ConnectionDroppedError:
            await _tear_off(send)
            return
        response.headers["x-amzn-RequestId"] = request_id
        await response(scope, receive, send)

    async def usage(self, _request: Request) -> Response:
        """Return how often each operation was called, by outcome: `ok` or the code of the error.

        What services count of an operation themselves stands beside that.
        """
        further = {name: counts for each in self._counts for name, counts in each.items()}
        return JSONResponse(
            {name: {**outcomes, **further.get(name, {})} for name, outcomes in self.calls.outcomes.items()}
        )

    async def _respond(self, request: Request, request_id: str) -> Response:
        operation, labels = self._find(request)
        if operation is None:
            return self._unknown_operation(request, request_id)
        started = time.perf_counter()
        try:
            response, outcome = await _answer(operation, request, labels)
        except ConnectionDroppedError:
            self.calls.answered(operation.name, DROPPED, time.perf_counter() - started)
            raise
        duration_s = time.perf_counter() - started
        self.calls.answered(operation.name, outcome, duration_s)
        if outcome != OK:
            self._note_error(operation.name, outcome, response, request_id)
        log.debug(
            "request_answered",
            operation=operation.name,
            status=response.status_code,
            duration_ms=round(duration_s * 1000, 2),
        )
        return response

    def _note_error(self, operation: str, code: str, response: Response, request_id: str) -> None:
        body = json.loads(bytes(response.body))
        message = body.get("message") or body.get("Message") or ""
        self.calls.failed(operation, code, message, status=response.status_code, request_id=request_id)

    def _unknown_operation(self, request: Request, request_id: str) -> Response:
        """Answer in a form that every SDK can read, with the name of the operation if there is one."""
        target, code = request.headers.get("x-amz-target"), "UnknownOperationException"
        name = target or self._unanswered.by_path(request.method, _raw_path(request)) or UNKNOWN
        response = Response(
            json.dumps({"__type": code, "message": f"understudy does not answer {name}"}),
            404 if target is None else 400,
            {"x-amzn-ErrorType": code},
            media_type="application/json" if target is None else "application/x-amz-json-1.1",
        )
        self._note_error(name, code, response, request_id)
        return response

    def _find(self, request: Request) -> tuple[Operation | None, Mapping[str, str]]:
        """Match the target header or else the raw path, whose labels are decoded later."""
        target = request.headers.get("x-amz-target")
        if target is not None:
            return self._by_target.get(target), {}
        raw_path = _raw_path(request)
        for operation in self._by_path:
            match = operation.path.fullmatch(raw_path)
            if match and operation.method == request.method:
                return operation, match.groupdict()
        return None, {}


def _raw_path(request: Request) -> str:
    return str(request.scope["raw_path"].decode("ascii", "replace"))


async def _answer(operation: Operation, request: Request, labels: Mapping[str, str]) -> tuple[Response, str]:
    """Call an operation; return the response and the outcome."""
    dialect = operation.dialect
    try:
        output = await operation.call(
            HttpInput(await _body(request), labels, request.headers, request.query_params)
        )
        return Response(output, operation.status, media_type=dialect.content_type), OK
    except ServiceError as error:
        return _error(dialect, error), error.code
    except ConnectionDroppedError:
        raise
    except InvalidResponseError as error:
        log.error("response_violates_model", operation=operation.name, reason=str(error))  # noqa: TRY400 - the reason is enough; a traceback would only show the converter
    except Exception:
        log.exception("handler_failed", operation=operation.name)
    failure = ServiceError("InternalServerException", "Internal failure", 500)
    return _error(dialect, failure), failure.code


async def _tear_off(send: Send) -> None:
    """Begin an answer and never end it: the server closes the connection."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"64")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            message = f"The request body is larger than {MAX_BODY_BYTES} bytes"
            raise ServiceError("RequestEntityTooLargeException", message, 413)
    return bytes(body)


def _error(dialect: Dialect, error: ServiceError) -> Response:
    """Return an error response: JSON 1.1 names the error in the body, REST-JSON in a header."""
    form = dialect.error_form(error.code)
    body = {form.message_member: error.message, **error.members}
    headers = {}
    if dialect.json_version:
        body = {"__type": error.code, **body}
    else:
        coral = f"http://internal.amazon.com/coral/com.amazon.{dialect.signing_name}/"
        headers["x-amzn-ErrorType"] = f"{error.code}:{coral}"
    return Response(json.dumps(body), error.status or form.status, headers, media_type=dialect.content_type)
