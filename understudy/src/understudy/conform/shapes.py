"""Compares answers with the shapes that botocore's service models give them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.session import get_session
from botocore.validate import ParamValidator

from understudy.conform.check import Difference

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from botocore.model import ServiceModel, StructureShape


def shape_differences(service: str, operation: str, answer: Mapping[str, Any]) -> Sequence[Difference]:
    """Return a difference if an answer lacks required members, or has values of wrong types or lengths."""
    shape = service_model(service).operation_model(operation).output_shape
    if shape is None:
        return []
    report = ParamValidator().validate(dict(answer), shape)
    if not report.has_errors():
        return []
    return [Difference("shape", f"that of {operation}", report.generate_report().replace("\n", "; "))]


def input_shape(service: str, operation: str) -> StructureShape | None:
    """Return the shape of an operation's request."""
    return service_model(service).operation_model(operation).input_shape


@cache
def service_model(service: str) -> ServiceModel:
    """Return the installed botocore's model of a service."""
    return get_session().get_service_model(service)
