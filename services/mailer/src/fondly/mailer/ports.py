"""What the mailer needs of the outside beyond `fondly.runtime.ports`."""

# ruff: noqa: D102 - the methods are described where they are implemented
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from fondly.contracts.records import EmailRecord
from fondly.mailer.domain.facts.features import ProductFeatures


@dataclass(frozen=True)
class ModelMessage:
    """One message of a conversation with the model."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True)
class ModelReply:
    """What the model answered and what it billed; `refusal` says why there is no usable answer.

    Input tokens that were read from or written to the model's cache are counted apart, as they are billed.
    """

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
Claim = Callable[[], Awaitable[bool]]
"""Claims a question shortly before its call goes out; false if it need not be asked."""


class Model(Protocol):
    """A language model; see `fondly.mailer.adapters.bedrock.BedrockModel`."""

    async def converse(
        self,
        system: str,
        messages: Sequence[ModelMessage],
        *,
        schema: str,
        max_tokens: int,
        claim: Claim | None = None,
    ) -> ModelReply: ...


class EmailRecords(Protocol):
    """The records of finished emails; see `fondly.mailer.adapters.email_records.DynamoDBEmailRecords`."""

    async def put_all(self, records: Sequence[EmailRecord]) -> None: ...
    async def existing(self, run_id: str, customer_ids: Sequence[str]) -> dict[str, EmailRecord]: ...


class ShopFiles(Protocol):
    """What the shop keeps for its emails; see `fondly.mailer.adapters.shop_files`."""

    async def read(self, name: str, *, max_bytes: int) -> bytes | None: ...
    def place(self, name: str) -> str: ...


class FeatureRecords(Protocol):
    """The features of products; see `fondly.mailer.adapters.feature_records.DynamoDBFeatureRecords`."""

    async def put_all(self, records: Sequence[ProductFeatures]) -> None: ...
    async def existing(self, product_ids: Sequence[str]) -> dict[str, ProductFeatures]: ...
