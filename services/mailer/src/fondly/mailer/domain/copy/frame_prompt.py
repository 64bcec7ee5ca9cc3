"""The prompt for the frame of an email: what it says to its customer around the products.

The frame depends on what is known of the customer alone, and names of products are slots, so everybody of
whom the same is known shares a prompt.
"""

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from fondly.mailer.domain.copy.answers import Verdict
from fondly.mailer.domain.copy.fields import frame_fields
from fondly.mailer.domain.copy.prompt import (
    OVERHEAD_CHARS,
    Prompt,
    Style,
    Task,
    message,
    object_schema,
    repair_facts,
    shop_facts,
    system_text,
    texts_schema,
)
from fondly.mailer.domain.copy.style import MAX_CHARS
from fondly.mailer.domain.facts.email import EmailFacts
from fondly.mailer.domain.facts.experience import Occasion
from fondly.mailer.domain.slots import FIRST_NAME

CACHED_PROMPTS = 1_024


class Told(NamedTuple):
    """What the model is told of a customer."""

    occasion: Occasion
    products: str
    slots: tuple[str, ...]
    praised: str | None
    blamed: str | None


def frame_prompt(facts: EmailFacts, style: Style) -> Prompt:
    """Return the request for several wordings of each field of an email's frame."""
    return _first_prompt(_told(facts), style)


@lru_cache(maxsize=CACHED_PROMPTS)
def _first_prompt(told: Told, style: Style) -> Prompt:
    """Of many customers the same is known."""
    return _prompt(_facts(told, style), frame_fields(told.occasion), style)


def frame_repair(
    facts: EmailFacts, style: Style, *, fields: Sequence[str], refused: Iterable[Verdict]
) -> Prompt:
    """Return the request for other wordings of some fields, with what was wrong with those before."""
    return _prompt({**_facts(_told(facts), style), **repair_facts(fields, refused)}, fields, style)


def _told(facts: EmailFacts) -> Told:
    known = facts.experience
    return Told(
        occasion=facts.occasion,
        products="one" if facts.has_one_product else "several",
        slots=(FIRST_NAME, *known.slots),
        praised=known.praised.aspect if known.praised else None,
        blamed=known.blamed.aspect if known.blamed else None,
    )


def _facts(told: Told, style: Style) -> dict[str, Any]:
    return {**shop_facts(Task.FRAME, style, style.frame_wordings), **told._asdict()}


def _prompt(facts: dict[str, Any], fields: Sequence[str], style: Style) -> Prompt:
    version, system = system_text(Task.FRAME, style.language)
    schema = object_schema({name: texts_schema(f"Wordings of the {name}.") for name in fields})
    chars = style.frame_wordings * sum(MAX_CHARS[name] for name in fields)
    return Prompt(
        Task.FRAME, version, system, message(facts), json.dumps(schema), max_chars=OVERHEAD_CHARS + chars
    )
