"""Ports of sentiment, in addition to `fondly.runtime.ports`."""

# ruff: noqa: D102 - the adapters document the members
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from fondly.contracts.records import AspectMention
from fondly.sentiment.domain.bill import Bill
from fondly.sentiment.domain.documents import Document
from fondly.sentiment.domain.texts import Text

Keep = Callable[[Mapping[str, str]], Awaitable[None]]
"""Receives answers, as JSON by the text's key, as they arrive."""
Lock = Callable[[Sequence[Text]], Awaitable[Sequence[Text]]]
"""Locks texts shortly before their call goes out; returns those that are to be asked about."""
Ask = Callable[[Sequence[Text], Lock, Keep], Awaitable[None]]
"""Asks about at most 25 texts of one language; passes on an answer or an error for each that is locked."""


class Asks(Protocol):
    """What can be asked; see `fondly.sentiment.adapters.comprehend.Comprehend`."""

    async def sentiments(self, texts: Sequence[Text], lock: Lock, keep: Keep) -> None: ...
    async def languages(self, texts: Sequence[Text], lock: Lock, keep: Keep) -> None: ...
    async def aspects(self, texts: Sequence[Text], lock: Lock, keep: Keep) -> None: ...


class FindsAspects(Protocol):
    """Finds what English documents say about aspects; see `find_aspects` and `ask_aspects`."""

    async def run(
        self, run_id: str, documents: Sequence[Document], bill: Bill
    ) -> dict[str, tuple[AspectMention, ...]]: ...
    async def known(
        self, run_id: str, documents: Sequence[Document], bill: Bill
    ) -> dict[str, tuple[AspectMention, ...]]: ...
