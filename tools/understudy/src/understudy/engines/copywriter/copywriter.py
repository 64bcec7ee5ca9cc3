"""Answers a conversation with email texts if it contains facts, otherwise with plausible values."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from understudy.engines.copywriter.email import compose_email
from understudy.engines.copywriter.facts import find_facts
from understudy.engines.copywriter.schema import fill

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NOTHING_TO_SAY = "Thank you for the message. There is nothing in it that I could write about."


def write(prompts: Sequence[str], *, schema: Mapping[str, Any] | None, attempt: int = 0) -> str:
    """Return the answer to the users' prompts: JSON text valid against `schema` if there is one.

    The same prompts always get the same answer; another `attempt` is worded differently.
    """
    facts = find_facts(prompts)
    copy = asdict(compose_email(facts, attempt=attempt)) if facts else None
    if schema is not None:
        return json.dumps(fill(schema, copy), ensure_ascii=False)
    return _NOTHING_TO_SAY if copy is None else json.dumps(copy, ensure_ascii=False)
