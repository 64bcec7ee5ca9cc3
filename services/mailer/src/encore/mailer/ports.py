"""What the mailer needs of the outside beyond `encore.runtime.ports`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from encore.mailer.domain.record import EmailRecord


@dataclass(frozen=True)
class ModelMessage:
    """One message of a conversation with the model."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True)
class ModelReply:
    """What the model answered and what it billed; `refusal` says why there is no usable answer."""

    text: str = ""
    refusal: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0


class Model(Protocol):
    """A language model; see `encore.mailer.adapters.bedrock.BedrockModel`."""

    @property
    def takes_schema(self) -> bool:
        """True when the model's answers can be bound to a JSON schema."""
        ...

    async def converse(self, system: str, messages: Sequence[ModelMessage], *, schema: str) -> ModelReply:
        """Return an answer in JSON, or a refusal of this request alone; raise what affects others too."""
        ...


class EmailRecords(Protocol):
    """The records of finished emails; see `encore.mailer.adapters.email_records.DynamoDBEmailRecords`."""

    async def put_all(self, records: Sequence[EmailRecord]) -> None:
        """Store every record; customers must be distinct within one call."""
        ...

    async def existing(self, run_id: str, customer_ids: Sequence[str]) -> dict[str, EmailRecord]:
        """Return the records of those customers who have one, by customer id."""
        ...
