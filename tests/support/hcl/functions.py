"""The functions that `infra/` calls."""

import hashlib
import ipaddress
import json
import math
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from itertools import product

import yaml

from tests.support.hcl.values import EvaluationError, Value

Function = Callable[..., Value]


def as_text(value: Value) -> str:
    """Return a value as Terraform writes it into a string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str | int | float):
        return str(value)
    raise EvaluationError(f"no text: {value!r}")


def _coalesce(*values: Value) -> Value:
    for value in values:
        if value is not None and value != "":
            return value
    raise EvaluationError("coalesce: nothing but null")


def _compact(values: Iterable[str | None]) -> list[str]:
    return [value for value in values if value]


def _distinct(values: Iterable[Value]) -> list[Value]:
    found: list[Value] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found


def _flatten(values: Iterable[Value]) -> list[Value]:
    flat: list[Value] = []
    for value in values:
        flat.extend(_flatten(value) if isinstance(value, list) else [value])
    return flat


def _lookup(mapping: Mapping[str, Value], key: str, default: Value) -> Value:
    return mapping.get(key, default)


def _merge(*maps: Mapping[str, Value] | None) -> dict[str, Value]:
    return {key: value for each in maps if each is not None for key, value in each.items()}


def _one(values: list[Value]) -> Value:
    if len(values) > 1:
        raise EvaluationError("one: more than one")
    return values[0] if values else None


def _regex(pattern: str, text: str) -> Value:
    found = re.search(pattern, text)
    if found is None:
        raise EvaluationError(f"regex: {pattern} is not in {text}")
    return list(found.groups()) if found.re.groups else found[0]


def _replace(text: str, old: str, new: str) -> str:
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        raise EvaluationError("replace by a pattern is not supported")
    return text.replace(old, new)


def _cidrsubnet(prefix: str, bits: float, number: float) -> str:
    network = ipaddress.ip_network(prefix)
    return str(list(network.subnets(prefixlen_diff=int(bits)))[int(number)])


def _format(template: str, *values: Value) -> str:
    return template % tuple(as_text(value) for value in values)


def _set(values: Iterable[Value]) -> list[Value]:
    return sorted(_distinct(values), key=str)


FUNCTIONS: Mapping[str, Function] = {
    "alltrue": all,
    "anytrue": any,
    "base64sha256": lambda text: b64encode(hashlib.sha256(text.encode()).digest()).decode(),
    "ceil": math.ceil,
    "cidrsubnet": _cidrsubnet,
    "coalesce": _coalesce,
    "compact": _compact,
    "concat": lambda *lists: [value for each in lists for value in each],
    "contains": lambda values, value: value in values,
    "dirname": lambda path: path.rpartition("/")[0],
    "distinct": _distinct,
    "endswith": str.endswith,
    "flatten": _flatten,
    "floor": math.floor,
    "format": _format,
    "join": lambda separator, values: separator.join(as_text(value) for value in values),
    "jsondecode": json.loads,
    "jsonencode": lambda value: json.dumps(value, default=str, sort_keys=True),
    "keys": sorted,
    "length": len,
    "lookup": _lookup,
    "lower": str.lower,
    "max": max,
    "merge": _merge,
    "min": min,
    "one": _one,
    "regex": _regex,
    "replace": _replace,
    "setintersection": lambda first, *others: _set(v for v in first if all(v in other for other in others)),
    "setproduct": lambda *sets: [list(each) for each in product(*sets)],
    "setsubtract": lambda first, second: _set(value for value in first if value not in second),
    "setunion": lambda *sets: _set(value for each in sets for value in each),
    "sha1": lambda text: hashlib.sha1(text.encode()).hexdigest(),  # noqa: S324 - as Terraform's
    "slice": lambda values, start, end: list(values)[int(start) : int(end)],
    "sort": sorted,
    "split": lambda separator, text: text.split(separator),
    "startswith": str.startswith,
    "title": str.title,
    "tostring": as_text,
    "toset": _set,
    "trimprefix": str.removeprefix,
    "trimsuffix": str.removesuffix,
    "trimspace": str.strip,
    "upper": str.upper,
    "values": lambda mapping: [mapping[key] for key in sorted(mapping)],
    "yamldecode": yaml.safe_load,
}
"""`file` and `fileset` need a folder, `try` and `can` their arguments unevaluated: see `expressions`."""
