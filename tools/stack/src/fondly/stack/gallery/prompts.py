"""The prompts that a run keeps, as the gallery shows them."""

from pydantic import Field, NonNegativeInt

from fondly.contracts.records import Record
from fondly.stack.gallery.model import GalleryPrompt, Refusal


class KeptVerdict(Record):
    """A refused wording, as the mailer keeps it."""

    field: str
    text: str = ""
    rule: str
    found: str = ""


class KeptPrompt(Record):
    """A prompt of a run with its answers and verdicts: a line of `object_keys.copy`, by the mailer."""

    prompt_key: str
    task: str = ""
    model_id: str = ""
    prompt_version: str = ""
    system_sha256: str = ""
    prompt: str
    answers: tuple[str, ...] = ()
    verdicts: tuple[KeptVerdict, ...] = ()
    input_tokens: NonNegativeInt = 0
    output_tokens: NonNegativeInt = 0
    cache_read_tokens: NonNegativeInt = 0
    cache_write_tokens: NonNegativeInt = 0
    paid: bool = Field(default=True)
    created_at: str = ""


def gallery_prompt(stored: bytes) -> GalleryPrompt:
    """Read a stored prompt; members of a later version are ignored. Raises `ValidationError`."""
    kept = KeptPrompt.model_validate_json(stored)
    members = kept.model_dump(exclude={"verdicts"})
    verdicts = tuple(Refusal(each.field, each.text, each.rule, each.found) for each in kept.verdicts)
    return GalleryPrompt(**members, verdicts=verdicts)
