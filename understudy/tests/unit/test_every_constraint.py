"""Every constraint of every request that is answered, one violation at a time, out of botocore's models."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, cast

import pytest
from aiobotocore.session import get_session
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape

from understudy.composition import Options, create_services
from understudy.wire.dialect import load_description
from understudy.wire.scalars import READ
from understudy.wire.shapes import ShapeCompiler

SERVICES = [
    "bedrock-runtime", "comprehend", "personalize", "personalize-events", "personalize-runtime",
    "service-quotas", "sesv2",
]  # fmt: skip

Build = Callable[[Any], Any]
Violation = tuple[Any, str, str]
"""A request, the path in it, and the phrase that must be said of that."""

EMPTY: dict[str, Any] = {
    "string": "", "list": [], "map": {}, "structure": {}, "integer": 0, "long": 0, "float": 0.0,
    "double": 0.0, "boolean": False, "timestamp": 0, "blob": "",
}  # fmt: skip
NOWHERE_ALLOWED = "\x00\u0663\n"
"""A control character, a digit that is none of ASCII's, and a line break: no pattern takes all three."""


def _violations(shape: Shape, path: str, build: Build, inside: tuple[str, ...] = ()) -> Iterator[Violation]:
    """Yield requests that violate one constraint of `shape`, or of what is in it; `build` puts it there."""
    if shape.name in inside or shape.metadata.get("document"):
        return
    inside = (*inside, shape.name)
    for value, phrase in _values(shape):
        yield build(value), path, phrase
    if shape.type_name == "structure":
        yield from _of_members(cast("StructureShape", shape), path, build, inside)
    elif shape.type_name == "list":
        member = cast("ListShape", shape).member
        at = path if member.type_name in {"string", "integer"} else f"{path}.1.member"
        yield from _violations(member, at, lambda value: build([value]), inside)
    elif shape.type_name == "map":
        key, item = cast("MapShape", shape).key, cast("MapShape", shape).value
        yield from _violations(key, f"{path}.key", lambda name: build({name: EMPTY[item.type_name]}), inside)
        yield from _violations(item, f"{path}.a.member", lambda value: build({"a": value}), inside)


def _of_members(
    shape: StructureShape, path: str, build: Build, inside: tuple[str, ...]
) -> Iterator[Violation]:
    prefix = f"{path}." if path else ""
    for name in shape.metadata.get("required", ()):
        yield build({}), prefix + name[0].lower() + name[1:], "Member must not be null"
    for name, member in shape.members.items():
        at = prefix + name[0].lower() + name[1:]
        yield from _violations(member, at, partial(_member, build, name), inside)


def _member(build: Build, name: str, value: object) -> Any:  # noqa: ANN401 - as build does
    return build({name: value})


def _values(shape: Shape) -> Iterator[tuple[Any, str]]:
    """Yield values of the right type that violate one of the constraints, and what is to be said of it."""
    known = shape.metadata
    if "enum" in known:
        yield "no such value", f"Member must satisfy enum value set: [{', '.join(known['enum'])}]"
    if "pattern" in known:
        yield NOWHERE_ALLOWED, f"Member must satisfy regular expression pattern: {known['pattern']}"
    noun = "value" if shape.type_name in {"integer", "long", "float", "double"} else "length"
    if known.get("min", 0) > 0:
        yield _of_size(shape, known["min"] - 1), f"{noun} greater than or equal to {known['min']}"
    if known.get("max", 10**6) < 10**6:
        yield _of_size(shape, known["max"] + 1), f"{noun} less than or equal to {known['max']}"


def _of_size(shape: Shape, size: float) -> Any:  # noqa: ANN401 - of any type
    if shape.type_name == "list":
        return [EMPTY[cast("ListShape", shape).member.type_name]] * int(size)
    if shape.type_name == "map":
        return {f"k{n}": EMPTY[cast("MapShape", shape).value.type_name] for n in range(int(size))}
    if shape.type_name == "blob":
        return base64.b64encode(b"a" * int(size)).decode()
    return "a" * int(size) if shape.type_name == "string" else size


@pytest.fixture(scope="module")
def operations() -> dict[str, list[str]]:
    """What is answered of each service."""
    services = create_services(
        Options(),
        region="us-east-1",
        account_id="000000000000",
        clients=cast("Any", get_session().create_client),
    )
    return {each.name: sorted(each.operations) for each in services}


def test_every_service_is_looked_at(operations: dict[str, list[str]]) -> None:
    """A service that is added must be added here."""
    assert sorted(operations) == SERVICES


@pytest.mark.parametrize("service", SERVICES)
def test_each_constraint_of_the_model_is_enforced(service: str, operations: dict[str, list[str]]) -> None:
    """In AWS's words, with the path of what is wrong."""
    model, compiler = ServiceModel(load_description(service), service), ShapeCompiler(READ)
    tried = 0
    for operation in operations[service]:
        shape = model.operation_model(operation).input_shape
        if shape is None:
            continue
        for request, path, phrase in _violations(shape, "", lambda value: value):
            problems: list[str] = []
            compiler.compile(shape)(request, "", problems)
            said = re.escape(f" at '{path}' failed to satisfy constraint: ") + ".*" + re.escape(phrase)
            assert any(re.search(said, each) for each in problems), (operation, path, phrase, problems)
            tried += 1
    assert tried
