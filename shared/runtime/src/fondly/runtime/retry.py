"""The one retry policy: what is retried, how often, and after how long.

| what failed | retried | delay | finally |
| --- | --- | --- | --- |
| an AWS call, transiently | by the SDK, `SDK_RETRIES` | exponential, full jitter, 20 s at most | the message fails |
| a call through `quota.limiter.Limiter`, transiently | by the limiter, `PACED_TRIES` | the same, from a quarter of a second | the message fails |
| a call through it, throttled | by the limiter | that of its share of the quota | for as long as it takes |
| a call through it, for a quota of the day (`ExhaustedError`) | by the limiter | a minute, doubling to 15 min | for as long as it takes |
| a call through it whose turn has not come when the service stops (`StoppingError`) | never | | the message is sent anew |
| part of a batch | that part only, `BATCH_TRIES` | exponential, full jitter, 5 s at most | the message fails |
| a message that is not to blame (`PostponedError`) | sent anew, as often as it takes | none | |
| a message, transiently | hidden for `backoff_s`, as often as its queue allows | exponential, full jitter, 5 min at most | dead letter |
| a message about what only a newer release can read (`NewerReleaseError`, `ValidationError`) | hidden, as often as its queue allows | 5 min | dead letter |
| several messages in a row, transiently | when `fondly.runtime.queue.circuit` closes | 5 s, doubling to 5 min | |
| a message, permanently (`PermanentError`) | never | | dead letter at once |
| a message, for an unknown reason | like a transient failure, without opening the circuit | | dead letter |

Source of the delays: "Exponential Backoff And Jitter", AWS Architecture Blog ("full jitter"); of the SDK's:
botocore's "standard" retry mode.
"""  # noqa: E501 - a table

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import TypedDict, TypeVar

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004 - botocore's name

from fondly.contracts.errors import TransientError
from fondly.runtime.errors import error_code

Item = TypeVar("Item")


class SdkRetries(TypedDict):
    """The shape of botocore's `retries` setting."""

    mode: str
    max_attempts: int


SDK_RETRIES: SdkRetries = {"mode": "standard", "max_attempts": 4}
NO_SDK_RETRIES: SdkRetries = {"mode": "standard", "max_attempts": 0}
"""For clients whose calls go through a limiter: it must see every throttled call, and does the retries."""
PACED_TRIES = 5
PACED_BASE_S = 0.25
PACED_CAP_S = 20.0
BATCH_TRIES = 8
BATCH_BASE_S = 0.05
BATCH_CAP_S = 5.0
MESSAGE_BASE_S = 1.0
MESSAGE_CAP_S = 300.0

THROTTLED = frozenset(
    {
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "OverLimit",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""Error codes of calls that were refused because there were too many."""
BUSY = frozenset(
    {
        "ModelNotReadyException",
        "ModelTimeoutException",
        "PriorRequestNotComplete",
        "RequestTimeout",
        "RequestTimeoutException",
        "TransactionInProgressException",
    }
)
"""Error codes of calls that may succeed later for other reasons."""
SERVER_ERROR_STATUS = 500


class ExhaustedError(TransientError):
    """A quota of the day is used up: the limiter waits, for hours if need be."""


class PostponedError(TransientError):
    """The work stopped through no fault of the message, which is sent anew: that costs it no receive."""


class UnprocessedError(TransientError):
    """A service kept refusing part of a batch."""


def is_transient(error: BaseException) -> bool:
    """Return whether a retry may succeed: throttling, server errors, timeouts, lost connections."""
    if isinstance(error, TransientError | TimeoutError | ConnectionError | HTTPClientError):
        return True
    if not isinstance(error, ClientError):
        return False
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return error_code(error) in THROTTLED | BUSY or status >= SERVER_ERROR_STATUS


def is_throttled(error: BaseException) -> bool:
    """Return whether AWS refused a call because there were too many."""
    return isinstance(error, ClientError) and error_code(error) in THROTTLED


def backoff_s(receive_count: int, *, base_s: float = MESSAGE_BASE_S, cap_s: float = MESSAGE_CAP_S) -> float:
    """Return the delay before a message's next try: capped exponential, full jitter, at least `base_s`."""
    ceiling = min(cap_s, base_s * 2.0 ** min(receive_count, 30))
    return random.uniform(base_s, ceiling)  # noqa: S311 - not for security


async def pause(tries: int, *, base_s: float, cap_s: float) -> None:
    """Wait after so many tries in vain: capped exponential, full jitter."""
    await asyncio.sleep(random.uniform(0, min(cap_s, base_s * 2.0 ** (tries - 1))))  # noqa: S311 - as above


async def process_all(
    items: Sequence[Item], process: Callable[[Sequence[Item]], Awaitable[Sequence[Item]]], *, what: str
) -> None:
    """Process a batch, again what `process` returns as refused; raise `UnprocessedError` if some stay so."""
    waiting = items
    for tries in range(BATCH_TRIES):
        if tries:
            await pause(tries, base_s=BATCH_BASE_S, cap_s=BATCH_CAP_S)
        waiting = await process(waiting)
        if not waiting:
            return
    raise UnprocessedError(f"{len(waiting)} of {len(items)} {what} refused")
