"""Answers a conversation with features or copy if it has facts, otherwise with plausible values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from understudy.engines.copywriter.compose_frame import compose_frame
from understudy.engines.copywriter.compose_products import compose_products
from understudy.engines.copywriter.facts import find_facts
from understudy.engines.copywriter.features import features
from understudy.engines.copywriter.schema import fill

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from understudy.engines.copywriter.facts import Facts

_NOTHING_TO_SAY = "Thank you for the message. There is nothing in it that I could write about."


def write(prompts: Sequence[str], *, schema: Mapping[str, Any] | None, attempt: int = 0) -> str:
    """Return the answer to the users' prompts: JSON text valid against `schema` if there is one.

    The same prompts always get the same answer; another `attempt` is worded differently.
    """
    facts = find_facts(prompts)
    answer = _answer(facts, attempt) if facts else None
    if schema is not None:
        return json.dumps(fill(schema, answer), ensure_ascii=False)
    return _NOTHING_TO_SAY if answer is None else json.dumps(answer, ensure_ascii=False)


def _answer(facts: Facts, attempt: int) -> dict[str, Any] | None:
    if facts.task == "features":
        return {"features": _features(facts)}
    if facts.task not in {"product", "frame"}:
        return None
    compose = compose_products if facts.task == "product" else compose_frame
    texts: dict[str, Any] = {**compose(facts, attempt=attempt)}
    return texts if facts.wordings else _single(texts)


def _features(facts: Facts) -> dict[str, list[str]]:
    return {
        str(entry.n): features(entry.name, entry.kind, entry.bullets, language=facts.language)
        for entry in facts.entries
    }


def _single(texts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the first wording of each field."""
    return {
        name: _single(wordings) if isinstance(wordings, dict) else next(iter(wordings), "")
        for name, wordings in texts.items()
    }
