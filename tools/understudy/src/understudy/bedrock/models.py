"""The default model ids of Bedrock, as of November 2026."""

from __future__ import annotations

_CLAUDE_MODELS = (
    "anthropic.claude-haiku-5-5",
    "anthropic.claude-sonnet-5-5",
    "anthropic.claude-haiku-4-5-20251001-v1:0",
)
_PROFILE_PREFIXES = ("", "us.", "eu.", "global.")

CURRENT_MODEL_IDS = frozenset(prefix + model for prefix in _PROFILE_PREFIXES for model in _CLAUDE_MODELS)
"""Model ids and the ids of their inference profiles."""
