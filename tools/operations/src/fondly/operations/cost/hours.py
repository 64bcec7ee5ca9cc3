"""How long a run takes at an account's quotas, one service after the other."""

from collections.abc import Mapping
from dataclasses import dataclass

from fondly.mailer.adapters.bedrock_capabilities import capabilities_of
from fondly.operations.cost.workload import Workload

TEXTS_PER_CALL = 25
SENTIMENT_CALLS_PER_S = 10.0
"""Amazon Comprehend's default quota of BatchDetectSentiment."""
CONVERSE_CALLS_PER_MIN = 200.0
"""The mailer's default; a new account's quota may be as low as 100."""
TRAINING_H = 1.5
"""Amazon Personalize takes 40 to 90 minutes to train on a small data set, and imports before that."""
COPY_INPUT_CHARS = 5_500
"""What a call sends beside the system text, which is read from the cache. Means of the measured runs."""
COPY_MAX_CHARS = 8_600
"""What a call reserves of the quota for its answer."""
COPY_CHARS = 2_200
"""How long an answer is."""
MINUTES_PER_HOUR, SECONDS_PER_HOUR = 60, 3_600


@dataclass(frozen=True, kw_only=True)
class Quotas:
    """What an account allows; None for a quota that does not limit anything."""

    comprehend_calls_per_s: float = SENTIMENT_CALLS_PER_S
    converse_calls_per_min: float = CONVERSE_CALLS_PER_MIN
    converse_tokens_per_min: float | None = None

    def converse_per_min(self, model_id: str) -> float:
        """Calls a minute that both of Bedrock's quotas allow."""
        by_tokens = (self.converse_tokens_per_min or float("inf")) / tokens_per_call(model_id)
        return min(self.converse_calls_per_min, by_tokens)


NEW_ACCOUNT = Quotas()


def tokens_per_call(model_id: str) -> float:
    """The tokens that a call counts against the quota: those read from the cache do not count.

    Those that it reserves for its answer, or those that the answer burns, whichever are more.
    """
    model = capabilities_of(model_id)
    return (COPY_INPUT_CHARS + max(COPY_MAX_CHARS, COPY_CHARS * model.burn_down)) / model.chars_per_token


def calls_of(work: Workload) -> dict[str, int]:
    """Return the calls of a run by service."""
    questions = work.questions + work.auto_language
    return {"comprehend": -(-round(work.texts * questions) // TEXTS_PER_CALL), "bedrock": work.copy_calls}


def hours_of(work: Workload, quotas: Quotas = NEW_ACCOUNT) -> Mapping[str, float]:
    """Return the hours of each service."""
    calls = calls_of(work)
    return {
        "comprehend": calls["comprehend"] / quotas.comprehend_calls_per_s / SECONDS_PER_HOUR,
        "personalize": TRAINING_H if work.ranked else 0.0,
        "bedrock": calls["bedrock"] / quotas.converse_per_min(work.model_id) / MINUTES_PER_HOUR,
    }
