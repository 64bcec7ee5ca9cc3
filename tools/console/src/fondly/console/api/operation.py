"""An operation of the API: all that is said of it beside method, path and role is read from its use case.

Arguments that the path names come from there; `seen` comes from `If-Match`, `before` is the opaque `next` of
a list, `by` and `roles` are the caller's, and files are a form's. All others are the query's or, of an
operation that is posted, members of a JSON object; those of a model stand side by side in a query.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from inspect import Parameter, Signature, signature
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, create_model

from fondly.console.roles import Role
from fondly.console.staging import Staged

OF_CALLER = frozenset({"by", "roles"})
SEEN = "seen"
NAMES = {"before": "next"}
BOUNDS: Mapping[str, Any] = {
    "limit": {"ge": 1, "le": 500},
    "count": {"ge": 1, "le": 100},
    "days": {"ge": 1, "le": 366},
}
PREFIX = "/api/v1"
JSON, FORM = "application/json", "multipart/form-data"
UseCase = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class Operation:
    """One operation, declared in `fondly.console.api.table`."""

    name: str
    """Its `operationId`."""
    method: str
    path: str
    """Below `/api/v1`, with names in braces."""
    role: Role
    use_case: UseCase
    """Takes an environment, then arguments by name; a `partial` has some of them."""
    acting: Role | None = None
    """The role in which AWS is called, if it is another."""

    @property
    def summary(self) -> str:
        """What it does, in a sentence."""
        return (getattr(self.use_case, "func", self.use_case).__doc__ or "").partition("\n")[0]

    @property
    def reads(self) -> bool:
        """Whether its arguments are in the query, instead of a body."""
        return self.method == "GET"

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """The parameters of the use case by name, without the environment."""
        found = list(self._signature.parameters.values())[1:]
        known = getattr(self.use_case, "keywords", {})
        return {each.name: each for each in found if each.name not in known}

    @cached_property
    def files(self) -> str | None:
        """The parameter that takes files, if there is one."""
        return next((name for name, each in self.parameters.items() if each.annotation is Staged), None)

    @cached_property
    def in_path(self) -> type[BaseModel]:
        """The arguments that the path has."""
        return self._model("Path", {name for name in self.parameters if f"{{{name}}}" in self.path})

    @cached_property
    def given(self) -> type[BaseModel]:
        """The arguments in the query, or in the body."""
        others = OF_CALLER | {SEEN, self.files} | set(self.in_path.model_fields)
        return self._model("Request", set(self.parameters) - others)

    @cached_property
    def answer(self) -> TypeAdapter[Any]:
        """What it answers; None is 204."""
        return TypeAdapter(self._signature.return_annotation)

    def arguments(self, given: BaseModel) -> dict[str, Any]:
        """Return arguments as the use case takes them."""
        found = {name: getattr(given, name) for name in type(given).model_fields}
        for name, each in self.parameters.items():
            if self.reads and _is_model(each):
                own = {one: found.pop(one) for one in each.annotation.model_fields if one in found}
                found |= {name: each.annotation(**own)} if own else {}
        return found

    @property
    def _signature(self) -> Signature:
        return signature(self.use_case, eval_str=True)

    def _model(self, suffix: str, names: set[str]) -> type[BaseModel]:
        fields: dict[str, Any] = {}
        for name, each in self.parameters.items():
            if name in names and self.reads and _is_model(each):
                own = each.annotation.model_fields
                fields |= {one: (field.annotation, field) for one, field in own.items()}
            elif name in names:
                fields[name] = (each.annotation, _field(each))
        title = self.name.title().replace("_", "")
        return create_model(f"{title}{suffix}", __config__=ConfigDict(extra="forbid"), **fields)


def _is_model(parameter: Parameter) -> bool:
    return isinstance(parameter.annotation, type) and issubclass(parameter.annotation, BaseModel)


def _field(parameter: Parameter) -> Any:  # noqa: ANN401 - pydantic's
    default = ... if parameter.default is Parameter.empty else parameter.default
    return Field(default, alias=NAMES.get(parameter.name), **BOUNDS.get(parameter.name, {}))
