"""Answers a conversation with copy or verdicts if it has facts, otherwise with plausible values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from understudy.engines.copywriter.facts import find_facts
from understudy.engines.copywriter.frames import compose_frame
from understudy.engines.copywriter.own import compose_own
from understudy.engines.copywriter.products import compose_products
from understudy.engines.copywriter.schema import fill
from understudy.engines.judge import judge

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from understudy.engines.copywriter.facts import Facts

_NOTHING_TO_SAY = "Thank you for the message. There is nothing in it that I could write about."
_TASKS: Mapping[str, Callable[[Facts, int], dict[str, Any]]] = {
    "product": compose_products,
    "frame": compose_frame,
    "own": compose_own,
    "judge": lambda facts, _: judge(facts),
}


def write(prompts: Sequence[str], *, schema: Mapping[str, Any] | None, attempt: int = 0) -> str:
    """Return the answer to the users' prompts: JSON text valid against `schema` if there is one.

    The same prompts always get the same answer; another `attempt` is worded differently.
    """
    facts = find_facts(prompts)
    task = _TASKS.get(facts.task) if facts else None
    answer = task(facts, attempt) if facts and task else None
    if schema is not None:
        return json.dumps(fill(schema, answer), ensure_ascii=False)
    return _NOTHING_TO_SAY if answer is None else json.dumps(answer, ensure_ascii=False)
