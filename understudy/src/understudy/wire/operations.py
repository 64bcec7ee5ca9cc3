"""Operations: decode the request, call the handler, encode its response."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

from botocore.model import ServiceModel

from understudy.wire.dialect import Dialect, load_description
from understudy.wire.http import Binding, check_form
from understudy.wire.scalars import READ, WRITE, ShapeError
from understudy.wire.service import ServiceError
from understudy.wire.shapes import Problems, ShapeCompiler

if TYPE_CHECKING:
    from collections.abc import Iterable

    from botocore.model import Shape

    from understudy.wire.http import HttpInput
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
    request: Binding
    status: int

    async def call(self, request: HttpInput) -> bytes:
        """Answer a request.

        Raises `ServiceError` for a fault of the caller, `InvalidResponseError` for one of the handler.
        """
        params = self._read(request)
        return self._write(await self.handler(params))

    def _read(self, request: HttpInput) -> Params:
        problems: Problems = []
        try:
            params: Params = self.decode(self.request.read(request), "", problems)
        except ShapeError as error:
            raise ServiceError("SerializationException", str(error)) from error
        if problems:
            raise ServiceError("ValidationException", _summary(problems))
        return params

    def _write(self, response: Params) -> bytes:
        problems: Problems = []
        try:
            wire = self.encode(response, "", problems)
            output = json.dumps(wire, separators=(",", ":"), allow_nan=False).encode()
        except ValueError as error:
            raise InvalidResponseError(str(error)) from error
        if problems:
            raise InvalidResponseError(_summary(problems))
        return output


def operations_of(service: Service) -> list[Operation]:
    """Compile the operations of a service.

    Raises `KeyError` if the service model lacks an operation, and `NotImplementedError` if a request or
    response has a form that is not supported, such as a stream of events.
    """
    compiler = _compiler(service.name)
    return [compiler.compile(name, handler) for name, handler in service.operations.items()]


@cache
def _compiler(service_name: str) -> _OperationCompiler:
    """Return the compiler of a service, one in a process: its many shapes are the same for every server."""
    return _OperationCompiler(service_name)


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
        check_form(operation)
        return Operation(
            name=name,
            dialect=self._dialect,
            method=operation.http["method"],
            path=path_pattern(operation.http["requestUri"]),
            target=f"{self._model.metadata.get('targetPrefix')}.{name}",
            handler=handler,
            decode=_converter(self._readers, operation.input_shape),
            encode=_converter(self._writers, operation.output_shape),
            request=Binding.of(operation.input_shape),
            status=int(operation.http.get("responseCode", 200)),
        )


def _converter(compiler: ShapeCompiler, shape: Shape | None) -> Convert:
    if shape is None:
        return lambda _value, _path, _problems: {}
    return compiler.compile(shape)


def path_pattern(request_uri: str) -> re.Pattern[str]:
    """Return the pattern of a raw path; a greedy label (`{name+}`) may contain slashes."""
    literal = re.escape(request_uri).replace(r"\{", "{").replace(r"\}", "}").replace(r"\+", "+")
    greedy = re.sub(r"\{(\w+)\+\}", r"(?P<\1>.+)", literal)
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", greedy))


def _summary(problems: Iterable[str]) -> str:
    found = list(problems)
    noun = "error" if len(found) == 1 else "errors"
    return f"{len(found)} validation {noun} detected: {'; '.join(found)}"


class Unanswered:
    """The operations of some services by path; their models are read when the first such request comes."""

    def __init__(self, service_names: Iterable[str]) -> None:
        self._service_names = tuple(service_names)

    def by_path(self, method: str, raw_path: str) -> str | None:
        """Return the name of the operation with this method and path, None if no service has it."""
        for its_method, pattern, name in self._paths:
            if its_method == method and pattern.fullmatch(raw_path):
                return name
        return None

    @cached_property
    def _paths(self) -> list[tuple[str, re.Pattern[str], str]]:
        models = [ServiceModel(load_description(name), name) for name in self._service_names]
        return [
            (http["method"], path_pattern(http["requestUri"]), name)
            for model in models
            if model.metadata["protocol"] == "rest-json"
            for name in model.operation_names
            for http in (model.operation_model(name).http,)
        ]
