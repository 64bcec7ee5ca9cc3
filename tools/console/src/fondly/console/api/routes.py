"""Answers requests by the table of operations: errors are problem details (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fondly.console.api.document import document
from fondly.console.api.operation import JSON, PREFIX, SEEN, Operation
from fondly.console.api.table import OPERATIONS
from fondly.console.roles import Person, Role, allowed
from fondly.runtime.web.problems import ProblemError


def route(operation: Operation) -> Route:
    """Return the route of an operation."""

    @allowed(operation.role, acting=operation.acting)
    async def answer(request: Request) -> Response:
        arguments = await _arguments(operation, request)
        found = await operation.use_case(request.state.environment, **arguments)
        if found is None:
            return Response(status_code=HTTPStatus.NO_CONTENT)
        seen = getattr(found, SEEN, None)
        headers = {"ETag": f'"{seen}"'} if seen else {}
        return Response(operation.answer.dump_json(found), headers=headers, media_type=JSON)

    return Route(f"{PREFIX}{operation.path}", answer, methods=[operation.method], name=operation.name)


async def _arguments(operation: Operation, request: Request) -> dict[str, Any]:
    person: Person = request.state.person
    of_caller = {"by": person.name, "roles": frozenset(person.roles)}
    try:
        path = operation.in_path.model_validate(request.path_params)
        given = await _given(operation, request)
    except ValidationError as error:
        raise _invalid(error) from None
    known = {name: value for name, value in of_caller.items() if name in operation.parameters}
    return {**known, **_seen(operation, request), **_plain(path), **_plain(given)}


async def _given(operation: Operation, request: Request) -> BaseModel:
    if operation.reads:
        return operation.given.model_validate(dict(request.query_params))
    body = await request.body()
    if body and request.headers.get("content-type", "").partition(";")[0] != JSON:
        raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"expected {JSON}")
    return operation.given.model_validate_json(body or b"{}")


def _plain(model: BaseModel) -> Mapping[str, Any]:
    return {name: getattr(model, name) for name in type(model).model_fields}


def _seen(operation: Operation, request: Request) -> dict[str, str]:
    """What the caller was shown: the `ETag` of what they decide on."""
    if SEEN not in operation.parameters:
        return {}
    tag = request.headers.get("if-match", "").strip().removeprefix("W/").strip('"')
    if not tag:
        detail = "expected If-Match with the ETag of what you were shown"
        raise ProblemError(HTTPStatus.PRECONDITION_REQUIRED, detail)
    return {SEEN: tag}


def _invalid(error: ValidationError) -> ProblemError:
    """Say what is wrong where; never with what was given, which may name somebody."""
    errors = [
        {"where": ".".join(map(str, each["loc"])), "problem": each["msg"]}
        for each in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    is_json = all(each["type"] != "json_invalid" for each in error.errors())
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_json else HTTPStatus.BAD_REQUEST
    return ProblemError(status, f"{len(errors)} of the arguments cannot be used", more={"errors": errors})


@allowed(Role.VIEWER)
async def _document(_: Request) -> Response:
    return JSONResponse(document())


ROUTES = [*map(route, OPERATIONS), Route(f"{PREFIX}/openapi.json", _document)]
