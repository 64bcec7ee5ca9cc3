"""Names the operation of a request that nothing answers, so that its error says what is missing."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from botocore.model import ServiceModel

from understudy.wire.dialect import load_description
from understudy.wire.operations import path_pattern

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

UNKNOWN = "unknown operation"


class Unanswered:
    """The operations that the models of some services have, by target and by path.

    The models are read when the first such request comes.
    """

    def __init__(self, service_names: Iterable[str]) -> None:
        self._service_names = tuple(service_names)

    def by_target(self, target: str) -> str | None:
        """Return `DetectEntities of Amazon Comprehend` for its target header, None if no service has it."""
        return self._targets.get(target)

    def by_path(self, method: str, raw_path: str) -> str | None:
        """Return the same for the method and the path of a REST operation."""
        for its_method, pattern, title in self._paths:
            if its_method == method and pattern.fullmatch(raw_path):
                return title
        return None

    @cached_property
    def _models(self) -> list[ServiceModel]:
        return [ServiceModel(load_description(name), name) for name in self._service_names]

    @cached_property
    def _targets(self) -> dict[str, str]:
        return {
            f"{model.metadata['targetPrefix']}.{name}": _title(model, name)
            for model in self._models
            if "targetPrefix" in model.metadata
            for name in model.operation_names
        }

    @cached_property
    def _paths(self) -> list[tuple[str, re.Pattern[str], str]]:
        return [
            (http["method"], path_pattern(http["requestUri"]), _title(model, name))
            for model in self._models
            if "targetPrefix" not in model.metadata
            for name in model.operation_names
            for http in (model.operation_model(name).http,)
        ]


def _title(model: ServiceModel, operation: str) -> str:
    return f"{operation} of {model.metadata['serviceFullName']}"
