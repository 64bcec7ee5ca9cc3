"""Whether a model thinks before it answers, for how long, and what a request may choose of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.bedrock.errors import extra_input, invalid, refused_by_model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from understudy.bedrock.request import ModelRequest

_TYPES: Mapping[str, tuple[str, ...]] = {
    "none": (),
    "budget": ("enabled", "disabled"),
    "asked": ("adaptive", "disabled"),
    "default": ("adaptive", "disabled"),
    "between_tools": ("adaptive", "between_tools"),
    "always": ("adaptive",),
}
"""What `thinking.type` may be."""
_TOKENS = {"low": 100, "medium": 500, "high": 2_000, "xhigh": 4_000, "max": 8_000}
"""How long is thought at each effort: the levels are Anthropic's, the numbers understudy's own."""
_FIELDS = frozenset({"thinking", "output_config", "top_k", "anthropic_beta"})


def thinks(request: ModelRequest) -> bool:
    """Return whether the model thinks before it answers."""
    if "thinking" in request.fields:
        return _kind(request) in ("adaptive", "enabled")
    return request.model.features.thinking in {"default", "between_tools", "always"}


def thinking_tokens(request: ModelRequest) -> int:
    """Return for how many tokens it thinks, of those that the answer may have."""
    return min(_TOKENS[_effort(request)], request.max_output_tokens) if thinks(request) else 0


def check_fields(request: ModelRequest) -> None:
    """Raise `ServiceError` (ValidationException) for fields that the model does not take."""
    features = request.model.features
    for name in request.fields:
        if features.thinking == "none":
            raise invalid(
                f"Malformed input request: #: extraneous key [{name}] is not permitted, "
                "please reformat your input and try again."
            )
        if name not in _FIELDS:
            raise extra_input(name)
    if request.effort is not None and features.default_effort is None:
        raise refused_by_model("This model does not support the effort parameter.")
    if _effort(request) not in _TOKENS:
        raise refused_by_model(f"output_config.effort: Input should be one of {', '.join(_TOKENS)}")
    if "thinking" in request.fields:
        _check_type(request)


def _check_type(request: ModelRequest) -> None:
    """Refuse as in earendil-works/pi#7081 (24 July 2026).

    Thinking is turned off at effort `high` or below: "What's new in Claude Haiku 5.5" (7 October 2026).
    """
    kind, mode = _kind(request), request.model.features.thinking
    if kind not in _TYPES[mode] or (kind == "disabled" and _effort(request) in {"xhigh", "max"}):
        raise refused_by_model(
            f'"thinking.type.{kind}" is not supported for this model. Use "thinking.type.adaptive" and '
            '"output_config.effort" to control thinking behavior.'
        )


def _kind(request: ModelRequest) -> object:
    option = request.fields["thinking"]
    return option.get("type") if isinstance(option, dict) else option


def _effort(request: ModelRequest) -> str:
    return request.effort or request.model.features.default_effort or "medium"
