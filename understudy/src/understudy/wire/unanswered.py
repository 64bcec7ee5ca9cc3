"""Names the operation of a REST request that nothing answers, so that its error says what is missing."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from botocore.model import ServiceModel

from understudy.wire.dialect import load_description
from understudy.wire.operations import path_pattern

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable


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
