"""The record of a prompt that words of emails come from."""

from datetime import datetime

from pydantic import NonNegativeInt

from fondly.contracts.records import Record
from fondly.mailer.domain.copy.answers import Verdict


class CopyRecord(Record):
    """A prompt of a run with all that came of it, as it is stored for people to look at."""

    prompt_key: str
    answer_keys: tuple[str, ...] = ()
    """The keys of all answers: that of the prompt, and that of the request for repairs."""
    customer_id: str | None = None
    """Whose own words the prompt tells: it is forgotten with them."""
    model_id: str
    prompt_version: str
    task: str
    system_sha256: str
    prompt: str
    """The request; the system text is that of the version."""
    answers: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    input_tokens: NonNegativeInt
    output_tokens: NonNegativeInt
    cache_read_tokens: NonNegativeInt
    cache_write_tokens: NonNegativeInt
    paid: bool
    """False if the answers had been paid for before: by another part, or by an earlier run."""
    created_at: datetime
