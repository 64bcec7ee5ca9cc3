"""An operation of the API: all that is said of it beside method, path and role is read from its use case.

Arguments that the path names come from there; `seen` comes from `If-Match`, `before` is the opaque `next` of
a list, `by` and `roles` are the caller's. All others are the query's or, of an operation that is posted,
members of a JSON object.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from inspect import Parameter, Signature, signature
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, create_model

from fondly.console.roles import Role

OF_CALLER = frozenset({"by", "roles"})
SEEN = "seen"
NAMES = {"before": "next"}
BOUNDS: Mapping[str, Any] = {"limit": {"ge": 1, "le": 500}, "days": {"ge": 1, "le": 366}}
PREFIX = "/api/v1"
JSON = "application/json"
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
    page: str = ""
    """The path of the page that does the same, if there is one: it has the same role."""
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
    def in_path(self) -> type[BaseModel]:
        """The arguments that the path has."""
        return self._model("Path", {name for name in self.parameters if f"{{{name}}}" in self.path})

    @cached_property
    def given(self) -> type[BaseModel]:
        """The arguments in the query, or in the body."""
        others = OF_CALLER | {SEEN} | set(self.in_path.model_fields)
        return self._model("Request", set(self.parameters) - others)

    @cached_property
    def answer(self) -> TypeAdapter[Any]:
        """What it answers; None is 204."""
        return TypeAdapter(self._signature.return_annotation)

    @property
    def _signature(self) -> Signature:
        return signature(self.use_case, eval_str=True)

    def _model(self, suffix: str, names: set[str]) -> type[BaseModel]:
        fields: dict[str, Any] = {
            name: (each.annotation, self._field(each))
            for name, each in self.parameters.items()
            if name in names
        }
        title = self.name.title().replace("_", "")
        return create_model(f"{title}{suffix}", __config__=ConfigDict(extra="forbid"), **fields)

    def _field(self, parameter: Parameter) -> Any:  # noqa: ANN401 - pydantic's
        default = ... if parameter.default is Parameter.empty else parameter.default
        return Field(default, alias=NAMES.get(parameter.name), **BOUNDS.get(parameter.name, {}))
