"""The OpenAPI 3.1 document of the API, made from the table of operations."""

from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from fondly.console.api.operation import FORM, JSON, PREFIX, SEEN, Operation
from fondly.console.api.table import OPERATIONS
from fondly.runtime.web.problems import MEDIA_TYPE

REF = "#/components/schemas/{model}"
GIVEN, ANSWER = "given", "answer"
TEXT = {"type": "string"}
PROBLEM = {
    "type": "object",
    "description": "Problem details (RFC 9457); `errors` and `changes` say more.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": TEXT,
        "errors": {"type": "array", "items": {"type": "object"}},
        "changes": {"type": "array", "items": TEXT},
    },
}
FILE = TEXT | {"contentMediaType": "application/octet-stream"}
FILES = {"type": "object", "required": ["files"], "properties": {"files": {"type": "array", "items": FILE}}}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of what you were shown.",
    "schema": TEXT,
}


@cache
def document() -> dict[str, Any]:
    """Return the document as plain data; nobody changes it."""
    schemas, definitions = TypeAdapter.json_schemas(list(_models()), ref_template=REF)
    paths: dict[str, Any] = {}
    for each in OPERATIONS:
        given = schemas[each.name + GIVEN, "validation"]
        answer = schemas[each.name + ANSWER, "serialization"]
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each, given, answer)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Fondly", "version": version("fondly-console")},
        "servers": [{"url": PREFIX}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {**dict(sorted(definitions["$defs"].items())), "Problem": PROBLEM},
        },
    }


def _models() -> Iterator[tuple[str, JsonSchemaMode, TypeAdapter[Any]]]:
    for each in OPERATIONS:
        yield each.name + GIVEN, "validation", TypeAdapter(each.given)
        yield each.name + ANSWER, "serialization", each.answer


def _operation(operation: Operation, given: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": f"Takes the role {operation.role}.",
        "parameters": list(_parameters(operation)),
        "responses": _responses(answer),
    }
    if operation.files:
        made["requestBody"] = {"required": True, "content": {FORM: {"schema": FILES}}}
    elif not operation.reads and operation.given.model_fields:
        made["requestBody"] = {"required": True, "content": {JSON: {"schema": given}}}
    return made


def _parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    models = [("path", operation.in_path), *([("query", operation.given)] if operation.reads else [])]
    for place, model in models:
        schema = model.model_json_schema(ref_template=REF)
        required = schema.get("required", [])
        for name, each in schema.get("properties", {}).items():
            yield {"name": name, "in": place, "required": name in required, "schema": each}
    if SEEN in operation.parameters:
        yield IF_MATCH


def _responses(answer: dict[str, Any]) -> dict[str, Any]:
    problem = {"schema": {"$ref": REF.format(model="Problem")}}
    done = {"description": "Done", "content": {JSON: {"schema": answer}}}
    return {
        **({"204": {"description": "Done"}} if answer == {"type": "null"} else {"200": done}),
        "default": {"description": "Not done", "content": {MEDIA_TYPE: problem}},
    }
