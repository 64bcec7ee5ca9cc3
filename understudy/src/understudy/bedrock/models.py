"""What each model of Bedrock takes and refuses, and which of them there are.

Everything here is from the page that is named beside it, read in October and November 2026, and nothing from
a client of Bedrock. AWS's cards are the pages "model-card-…" of the Amazon Bedrock User Guide.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from pydantic import ConfigDict

from understudy.bedrock.errors import Access, no_access, on_demand_unsupported, unknown_model

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFeatures:
    """What a model can do. The defaults are those of a current Claude, Haiku 5.5.

    Anthropic, "Claude Haiku 5.5" and "What's new in Claude Haiku 5.5" (7 October 2026), unless a member says
    otherwise.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    structured_output: Literal["native", "tool", "none"] = "tool"
    """By `outputConfig` and tools, tools alone, or neither; Bedrock refuses `output_config.format` for the
    newest Claudes (models.dev#1765, 13 May 2026; vercel/ai, amazon-bedrock 5.0.109, 7 October 2026)."""
    forced_tool: bool = True
    """Whether `toolChoice` may force a tool."""
    cache_min_tokens: int | None = 512
    """The shortest prefix that is cached; `None` for a model without prompt caching."""
    sampling: Literal["any", "one", "default"] = "default"
    """Temperature and top_p, one of the two, or nothing but the default temperature of 1."""
    thinking: Literal["none", "budget", "asked", "default", "between_tools", "always"] = "default"
    """Never; with a budget; adaptively when asked for, by default, by default until `between_tools`, or
    always."""
    default_effort: str | None = "medium"
    """`None` for a model that knows no effort."""
    chars_per_100_tokens: int = 250
    """In place of the model's own tokenizer. The page on Haiku 5.5 says 2.5 characters a token, and 30 % more
    tokens than Haiku 4.5; 4 is the usual estimate for others."""
    output_burn: int = 10
    """What a token of output takes of the quota. AWS, "How tokens are counted in Amazon Bedrock" (October
    2026): 10 for Opus 5.5, Sonnet 5 and Opus 5, 5 for 4.7 and below, 1 for others. It does not name Haiku
    5.5 and Sonnet 5.5, so the stricter is assumed for them."""
    max_output_tokens: int = 128_000
    context_tokens: int = 1_000_000
    on_demand: bool = True
    """Whether it is called by its own id, rather than by that of an inference profile only."""
    access: Access = "granted"
    """What the account may do with it: `granted`, or why every call is refused."""


_NO_CLAUDE = ModelFeatures(
    sampling="any", thinking="none", default_effort=None, chars_per_100_tokens=400, output_burn=1
)

MODEL_FEATURES: Mapping[str, ModelFeatures] = {
    # AWS's card (10 October 2026): no in-Region endpoint.
    "anthropic.claude-haiku-5-5": ModelFeatures(on_demand=False),
    # Anthropic, "What's new in Claude Sonnet 5.5" (28 September 2026): no forced tools, effort `high`,
    # `between_tools` turns thinking off. OpenRouter, "Claude 5.5" (October 2026): no sampling, cached from
    # 512. No in-Region endpoint is known.
    "anthropic.claude-sonnet-5-5": ModelFeatures(
        forced_tool=False, thinking="between_tools", default_effort="high", on_demand=False
    ),
    # Anthropic, "Claude Opus 5.5" (22 September 2026): thinks always. The rest as Sonnet 5.5.
    "anthropic.claude-opus-5-5": ModelFeatures(forced_tool=False, thinking="always", on_demand=False),
    # AWS's card (2026): 1 M and 128 K, cached from 4,096, no structured outputs, no in-Region endpoint.
    # Anthropic, "Migration guide" (April 2026): no sampling, thinks when asked to, the new tokenizer.
    "anthropic.claude-opus-4-7": ModelFeatures(
        cache_min_tokens=4_096, thinking="asked", default_effort="high", output_burn=5, on_demand=False
    ),
    # AWS's card (2026): 200 K and 64 K, cached from 4,096, in-Region in us-east-1 and eu-west-1; and "Get
    # validated JSON results from models". bedrock-access-gateway#191 (16 October 2025): one of the two.
    "anthropic.claude-haiku-4-5-20251001-v1:0": ModelFeatures(
        structured_output="native",
        cache_min_tokens=4_096,
        sampling="one",
        thinking="budget",
        default_effort=None,
        chars_per_100_tokens=325,
        output_burn=5,
        max_output_tokens=64_000,
        context_tokens=200_000,
    ),
    # AWS's card and "Prompt caching" (2026); camunda/connectors (2026): tools, no `outputConfig`.
    "amazon.nova-lite-v1:0": replace(
        _NO_CLAUDE, cache_min_tokens=1_000, max_output_tokens=10_000, context_tokens=300_000
    ),
    # AWS's card (2026); its tools are left out.
    "meta.llama3-1-8b-instruct-v1:0": replace(
        _NO_CLAUDE,
        structured_output="none",
        cache_min_tokens=None,
        max_output_tokens=8_192,
        context_tokens=128_000,
    ),
}
"""Features by the id of a model: Claude's, and two models that lack more."""

_PROFILE_PREFIXES = ("", "us.", "eu.", "global.")

CURRENT_MODEL_IDS = frozenset(prefix + model for prefix in _PROFILE_PREFIXES for model in MODEL_FEATURES)
"""Model ids and the ids of their inference profiles."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model: `id` is what a profile leads to, so that calls by any profile share quotas and caches."""

    id: str
    features: ModelFeatures

    def tokens(self, chars: int) -> int:
        """Return how many tokens so many characters are, rounded up."""
        return -(-chars * 100 // self.features.chars_per_100_tokens)

    def chars(self, tokens: int) -> int:
        """Return how many characters so many tokens are, rounded down."""
        return tokens * self.features.chars_per_100_tokens // 100


@dataclass(frozen=True, slots=True)
class Models:
    """The models that there are: their ids and those of their profiles, and the features of each.

    A model without features of its own has those of a current Claude.
    """

    ids: Collection[str]
    features: Mapping[str, ModelFeatures]

    def find(self, identifier: str) -> Model:
        """Return the model with an id or an ARN (`…:inference-profile/us.anthropic.x`).

        Raises `ServiceError` if there is none, or none that the account may call in this way.
        """
        name = identifier.rpartition("/")[2]
        if name not in self.ids:
            raise unknown_model()
        model = self._behind(name)
        if model.features.access != "granted":
            raise no_access(model.features.access)
        if model.id == name and not model.features.on_demand:
            raise on_demand_unsupported(identifier)
        return model

    def _behind(self, name: str) -> Model:
        behind_profile = name.partition(".")[2]
        model_id = behind_profile if behind_profile in self.features else name
        return Model(model_id, self.features.get(model_id, ModelFeatures()))
