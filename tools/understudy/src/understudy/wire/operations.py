"""Operations: decode the request, call the handler, encode its response."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from botocore.model import ServiceModel

from understudy.wire.dialect import Dialect, load_description
from understudy.wire.errors import ServiceError
from understudy.wire.scalars import READ, WRITE, ShapeError
from understudy.wire.shapes import Problems, ShapeCompiler

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from botocore.model import OperationModel, Shape

    from understudy.wire.service import Handler, Params, Service
    from understudy.wire.shapes import Convert


class InvalidResponseError(Exception):
    """A handler's response violates the service model, which is a bug in understudy."""


@dataclass(frozen=True)
class Operation:
    """An operation of a service: how it is addressed, decoded, handled and encoded."""

    name: str
    dialect: Dialect
    method: str
    path: re.Pattern[str]
    target: str
    handler: Handler
    decode: Convert
    encode: Convert
    status: int

    async def call(self, body: bytes, labels: Mapping[str, str]) -> bytes:
        """Answer a request; `labels` are the variable parts of its path, still encoded.

        Raises `ServiceError` for a fault of the caller, `InvalidResponseError` for one of the handler.
        """
        params = self._read(body, labels)
        return self._write(await self.handler(params))

    def _read(self, body: bytes, labels: Mapping[str, str]) -> Params:
        problems: Problems = []
        try:
            wire = _parse(body) | {name: unquote(raw) for name, raw in labels.items()}
            params: Params = self.decode(wire, "", problems)
        except ShapeError as error:
            raise ServiceError("SerializationException", str(error)) from error
        if problems:
            raise ServiceError("ValidationException", _summary(problems))
        return params

    def _write(self, response: Params) -> bytes:
        problems: Problems = []
        try:
            wire = self.encode(response, "", problems)
            content = json.dumps(wire, separators=(",", ":"), allow_nan=False).encode()
        except ValueError as error:
            raise InvalidResponseError(str(error)) from error
        if problems:
            raise InvalidResponseError(_summary(problems))
        return content


def operations_of(service: Service) -> list[Operation]:
    """Compile the operations of a service.

    Raises `KeyError` if the service model lacks an operation, and `NotImplementedError` if a request is bound
    to headers or the query.
    """
    compiler = _OperationCompiler(service.name)
    return [compiler.compile(name, handler) for name, handler in service.operations.items()]


class _OperationCompiler:
    """Compiles the operations of one service, which share their shapes."""

    def __init__(self, service_name: str) -> None:
        description = load_description(service_name)
        self._model = ServiceModel(description, service_name)
        self._dialect = Dialect.of(description)
        self._readers, self._writers = ShapeCompiler(READ), ShapeCompiler(WRITE)

    def compile(self, name: str, handler: Handler) -> Operation:
        if name not in self._model.operation_names:
            raise KeyError(f"{self._model.service_name} has no operation {name}")
        operation = self._model.operation_model(name)
        _refuse_unsupported_bindings(operation)
        return Operation(
            name=name,
            dialect=self._dialect,
            method=operation.http["method"],
            path=_path_pattern(operation.http["requestUri"]),
            target=f"{self._model.metadata.get('targetPrefix')}.{name}",
            handler=handler,
            decode=_converter(self._readers, operation.input_shape),
            encode=_converter(self._writers, operation.output_shape),
            status=int(operation.http.get("responseCode", 200)),
        )


def _converter(compiler: ShapeCompiler, shape: Shape | None) -> Convert:
    if shape is None:
        return lambda _value, _path, _problems: {}
    return compiler.compile(shape)


def _refuse_unsupported_bindings(operation: OperationModel) -> None:
    members = operation.input_shape.members if operation.input_shape else {}
    locations = {member.serialization.get("location", "body") for member in members.values()}
    if not locations <= {"body", "uri"}:
        raise NotImplementedError(f"{operation.name}: requests bound to {sorted(locations)}")


def _path_pattern(request_uri: str) -> re.Pattern[str]:
    """Return the pattern of a raw path; a greedy label (`{name+}`) may contain slashes."""
    literal = re.escape(request_uri).replace(r"\{", "{").replace(r"\}", "}").replace(r"\+", "+")
    greedy = re.sub(r"\{(\w+)\+\}", r"(?P<\1>.+)", literal)
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", greedy))


def _parse(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError as error:
        raise ShapeError("The body is not JSON") from error
    if not isinstance(parsed, dict):
        raise ShapeError("The body is not a JSON object")
    return parsed


def _summary(problems: Iterable[str]) -> str:
    found = list(problems)
    noun = "error" if len(found) == 1 else "errors"
    return f"{len(found)} validation {noun} detected: {'; '.join(found)}"
