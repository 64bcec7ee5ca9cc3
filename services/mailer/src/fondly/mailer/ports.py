"""What the mailer needs of the outside beyond `fondly.runtime.ports`."""

# ruff: noqa: D102 - the methods are described where they are implemented
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from fondly.contracts.records import EmailRecord
from fondly.mailer.domain.copy.job import JobState, JobTask
from fondly.mailer.domain.copy.prompt import Prompt
from fondly.mailer.domain.facts.features import ProductFeatures
from fondly.runtime.ports import Polls


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


class BusyError(Exception):
    """Bedrock runs as many jobs as it may; the next poll tries again."""


@dataclass(frozen=True)
class JobAnswer:
    """What a job answered to the prompt with this key: a reply, or the error in its place."""

    key: str
    reply: ModelReply | None = None
    error: str = ""

    @property
    def problem(self) -> str | None:
        """Why the answer cannot be used; None if it can."""
        return self.error or "no answer" if self.reply is None else self.reply.refusal


class CopyJobs(Protocol):
    """Batch inference; see `fondly.mailer.adapters.copy_jobs.BedrockCopyJobs`."""

    def line(self, prompt: Prompt) -> bytes: ...
    def answer(self, line: bytes) -> JobAnswer: ...
    async def start(self, run_id: str, task: JobTask, *, prompts: int) -> str: ...
    async def state(self, job_id: str) -> JobState: ...
    async def stop(self, job_id: str) -> None: ...


class PromptsOfRun(Protocol):
    """Finds the prompts that the parts of a run are about to ask."""

    def __call__(self, run_id: str, task: JobTask, *, parts: int) -> AsyncIterator[Sequence[Prompt]]:
        """Yield the prompts of one task in groups, such as those of a part; a repeated one does no harm.

        For copy, the features of all products are known, from the first round's answers or from calls.
        """


class MailerPolls(Polls, Protocol):
    """Polls, and messages about parts; see `fondly.mailer.adapters.polls.SQSMailerPolls`."""

    async def send_part(self, run_id: str, part: int) -> None: ...
