"""A request to a model and its answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from understudy.bedrock.models import Model

CacheTtl = Literal["5m", "1h"]
StopReason = Literal["end_turn", "stop_sequence", "max_tokens", "content_filtered"]


@dataclass(frozen=True, slots=True)
class Block:
    """A text; with `cache_ttl`, a cache point follows it: the prompt so far is cached for that time."""

    text: str
    cache_ttl: CacheTtl | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A message of the user or of the model."""

    role: Literal["user", "assistant"]
    blocks: tuple[Block, ...]

    @property
    def text(self) -> str:
        """All of its texts, one below the other."""
        return "\n".join(block.text for block in self.blocks if block.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRequest:
    """What a model is asked; `schema`, as text, binds the answer or the input of `tool`."""

    model: Model
    system: tuple[Block, ...] = ()
    turns: tuple[Turn, ...]
    schema: str | None = None
    tool: str | None = None
    forced: bool = False
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    stop_sequences: tuple[str, ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    """What only some models take, by the model's own names (`additionalModelRequestFields`)."""
    effort: str | None = None

    @property
    def blocks(self) -> Iterator[tuple[str, Block]]:
        """Every block with its role, in the order in which a model reads them."""
        yield from (("system", block) for block in self.system)
        yield from ((turn.role, block) for turn in self.turns for block in turn.blocks)

    @property
    def input_tokens(self) -> int:
        """The tokens sent to the model, its output schema included."""
        return self.model.tokens(sum(len(block.text) for _, block in self.blocks) + len(self.schema or ""))

    @property
    def max_output_tokens(self) -> int:
        """The most tokens that the answer may have."""
        return self.max_tokens or self.model.features.max_output_tokens


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model wrote, with the tokens that it counted itself, if it did."""

    text: str
    stop_reason: StopReason
    input_tokens: int | None = None
    output_tokens: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """The tokens of a request; those from and for the cache are not among `input`."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    cache_write_1h: int = 0
    """Those of `cache_write` that are kept for an hour."""

    @property
    def total(self) -> int:
        """All of them."""
        return self.input + self.output + self.cache_read + self.cache_write
