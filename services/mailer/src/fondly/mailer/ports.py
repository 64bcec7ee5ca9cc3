"""What the mailer needs of the outside beyond `fondly.runtime.ports`."""

# ruff: noqa: D102 - the methods are described where they are implemented
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from fondly.mailer.domain.copy.prompt import Prompt
    from fondly.runtime.quota.turns import Lock


@dataclass(frozen=True)
class ModelReply:
    """What the model answered and billed, its cache apart; `refusal` says why there is no usable answer."""

    text: str = ""
    refusal: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    calls: int = 1
    """None for an answer that came with another's: of a call about several products the first counts."""


TOKENS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")
"""The members of a reply that are billed."""


class Model(Protocol):
    """A language model; see `fondly.mailer.adapters.bedrock.BedrockModel`."""

    async def ask(self, prompt: "Prompt", *, lock: "Lock | None" = None) -> ModelReply: ...


class ShopFiles(Protocol):
    """What the shop keeps for its emails; see `fondly.mailer.adapters.shop_files`."""

    async def read(self, name: str, *, max_bytes: int) -> bytes | None: ...
    def place(self, name: str) -> str: ...
