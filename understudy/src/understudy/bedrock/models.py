"""What each model of Bedrock can do, as of November 2026, and which of them there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ConfigDict

from understudy.bedrock.errors import Access, no_access, on_demand_unsupported, unknown_model

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFeatures:
    """What a model can do. The defaults are those of a current Claude."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    structured_output: bool = True
    cache_min_tokens: int | None = 4_096
    """The shortest prefix that is cached; `None` for a model without prompt caching."""
    temperature: bool = True
    """Whether a request may have one."""
    max_output_tokens: int = 64_000
    context_tokens: int = 200_000
    on_demand: bool = True
    """Whether it is called by its own id, rather than by that of an inference profile only."""
    access: Access = "granted"
    """What the account may do with it: `granted`, or why every call is refused."""


MODEL_FEATURES: Mapping[str, ModelFeatures] = {
    "anthropic.claude-haiku-5-5": ModelFeatures(),
    "anthropic.claude-sonnet-5-5": ModelFeatures(cache_min_tokens=1_024),
    "anthropic.claude-haiku-4-5-20251001-v1:0": ModelFeatures(),
    "anthropic.claude-opus-4-7": ModelFeatures(temperature=False),
    "amazon.nova-lite-v1:0": ModelFeatures(
        structured_output=False,
        cache_min_tokens=1_000,
        max_output_tokens=10_000,
        context_tokens=300_000,
    ),
    "meta.llama3-1-8b-instruct-v1:0": ModelFeatures(
        structured_output=False,
        cache_min_tokens=None,
        max_output_tokens=8_192,
        context_tokens=128_000,
    ),
}
"""Features by the id of a model: Claude's, of which one lacks a feature, and two models that lack more."""

_PROFILE_PREFIXES = ("", "us.", "eu.", "global.")

CURRENT_MODEL_IDS = frozenset(prefix + model for prefix in _PROFILE_PREFIXES for model in MODEL_FEATURES)
"""Model ids and the ids of their inference profiles."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model: `id` is what a profile leads to, so that calls by any profile share quotas and caches."""

    id: str
    features: ModelFeatures


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
