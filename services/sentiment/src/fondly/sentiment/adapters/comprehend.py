"""Asks Amazon Comprehend about texts, within the account's quotas."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from fondly.runtime.clients import ComprehendClient
from fondly.runtime.errors import error_code
from fondly.runtime.logs import get_logger
from fondly.runtime.quota.limiter import Limiter
from fondly.runtime.quota.turns import WithdrawnError
from fondly.sentiment.domain.answers import LANGUAGE, MENTIONS, mentions_of
from fondly.sentiment.domain.scores import SCORE, Score, score_of
from fondly.sentiment.domain.texts import Text
from fondly.sentiment.ports import Keep, Lock

TEXT_FAULTS = frozenset({"InvalidRequestException", "TextSizeLimitExceededException", "ValidationException"})
"""Errors of the text itself. Any other, such as a missing permission, must not leave the text unanswered."""
log = get_logger()

Reply = Mapping[str, Any]


@dataclass(frozen=True)
class Operation:
    """An operation of Comprehend, by its name in the SDK, and how its answers and failures are kept."""

    name: str
    answer: Callable[[Reply], str]
    failure: Callable[[str], str]
    takes_language: bool = True

    def said_of(self, text: Text) -> Mapping[str, str]:
        """Return what is told besides words: the language, which settings or Comprehend itself check."""
        return {"LanguageCode": text.language} if self.takes_language else {}


SENTIMENT = Operation(
    "sentiment",
    answer=lambda reply: SCORE.write(score_of(reply)),
    failure=lambda code: SCORE.write(Score(error=code)),
)
LANGUAGES = Operation(
    "dominant_language",
    answer=lambda reply: LANGUAGE.write(_dominant(reply)),
    failure=lambda _: LANGUAGE.write(None),
    takes_language=False,
)
ASPECTS = Operation(
    "targeted_sentiment",
    answer=lambda reply: MENTIONS.write(mentions_of(reply)),
    failure=lambda _: MENTIONS.write(()),
)


class Comprehend:
    """Asks in calls of 25; one text's failure never affects the others in its call.

    Every method locks texts shortly before their call's turn, and passes `keep` an answer or an error for
    each that is locked, as the calls return. It raises errors that are not a text's own, such as server
    faults. The client must not retry (`NO_SDK_RETRIES`).
    """

    def __init__(self, client: ComprehendClient, limiter: Limiter, *, parallel_calls: int) -> None:
        self._client: Any = client
        self._limiter = limiter
        self._parallel = asyncio.Semaphore(parallel_calls)

    async def sentiments(self, texts: Sequence[Text], lock: Lock, keep: Keep) -> None:
        """Ask for the sentiment of at most 25 texts of one language: a `Score` each."""
        await self._ask(SENTIMENT, texts, lock, keep)

    async def languages(self, texts: Sequence[Text], lock: Lock, keep: Keep) -> None:
        """Ask in which language each of at most 25 texts is."""
        await self._ask(LANGUAGES, texts, lock, keep)

    async def aspects(self, texts: Sequence[Text], lock: Lock, keep: Keep) -> None:
        """Ask what at most 25 English texts say about which aspects."""
        await self._ask(ASPECTS, texts, lock, keep)

    async def _ask(self, operation: Operation, texts: Sequence[Text], lock: Lock, keep: Keep) -> None:
        asked: Sequence[Text] = ()

        async def ask() -> Reply:
            call = getattr(self._client, f"batch_detect_{operation.name}")
            words = [text.words for text in asked]
            reply: Reply = await call(TextList=words, **operation.said_of(asked[0]))
            return reply

        async def lock_some() -> bool:
            nonlocal asked
            asked = await lock(texts)
            return bool(asked)

        try:
            async with self._parallel:
                reply = await self._limiter.run(ask, lock=lock_some)
        except WithdrawnError:
            return
        except ClientError as error:
            if error_code(error) not in TEXT_FAULTS:
                raise
            log.warning("batch_rejected", code=error_code(error), texts=len(asked))
            await self._ask_singly(operation, asked, lock, keep)
            return
        if found := {asked[each["Index"]].key: operation.answer(each) for each in reply["ResultList"]}:
            await keep(found)
        for failed in reply["ErrorList"]:
            log.warning("text_failed", code=failed["ErrorCode"])
        again = [asked[failed["Index"]] for failed in reply["ErrorList"]]
        await self._ask_singly(operation, again, lock, keep)

    async def _ask_singly(self, operation: Operation, texts: Sequence[Text], lock: Lock, keep: Keep) -> None:
        """Ask about texts one by one; a text that Comprehend rejects gets an error instead of an answer."""
        for text in texts:
            with suppress(WithdrawnError):
                await keep({text.key: await self._ask_one(operation, text, lock)})

    async def _ask_one(self, operation: Operation, text: Text, lock: Lock) -> str:
        async def ask() -> Reply:
            call = getattr(self._client, f"detect_{operation.name}")
            reply: Reply = await call(Text=text.words, **operation.said_of(text))
            return reply

        async def lock_it() -> bool:
            return bool(await lock([text]))

        try:
            async with self._parallel:
                reply = await self._limiter.run(ask, lock=lock_it)
        except ClientError as error:
            if error_code(error) not in TEXT_FAULTS:
                raise
            return operation.failure(error_code(error))
        return operation.answer(reply)


def _dominant(reply: Reply) -> str | None:
    """The language that Comprehend is surest of; None if it recognises none."""
    found = sorted(reply["Languages"], key=lambda one: -one.get("Score", 0.0))
    return str(found[0]["LanguageCode"]) if found else None
