"""Calls that ask several questions at once, of which each answer is kept alone."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import groupby

from fondly.mailer.domain.copy.answers import split_answer
from fondly.mailer.domain.copy.prompt import MEMBERS, Prompt, Task
from fondly.mailer.ports import TOKENS, ModelReply

TOGETHER = 10
"""Questions in one call: the system text is by far the longest part of a prompt."""
CUT = "0"
"""The last digit of a key after which a call ends, so that what else is in a run changes few calls."""


def calls(prompts: Mapping[str, Prompt]) -> Iterator[Mapping[str, Prompt]]:
    """Yield the prompts of each call, by key: those that join together, everything else alone."""
    yield from ({key: prompt} for key, prompt in prompts.items() if not prompt.joins)
    joining = sorted((prompt.system, prompt.shop, key) for key, prompt in prompts.items() if prompt.joins)
    for _, group in groupby(joining, key=lambda each: each[:2]):
        call: dict[str, Prompt] = {}
        for *_, key in group:
            call[key] = prompts[key]
            if len(call) == TOGETHER or key.endswith(CUT):
                yield call
                call = {}
        if call:
            yield call


def shared_out(reply: ModelReply, task: Task, count: int) -> list[ModelReply]:
    """Return the reply to each question, with its share of the tokens; the first has what remains."""
    if count == 1:
        return [reply]
    each = {kind: getattr(reply, kind) // count for kind in TOKENS}
    rest = {kind: getattr(reply, kind) - number * (count - 1) for kind, number in each.items()}
    first, *others = split_answer(reply.text, count, member=MEMBERS[task], numbered=task is Task.PRODUCT)
    return [
        replace(reply, text=first, **rest),
        *(replace(reply, text=text, calls=0, **each) for text in others),
    ]
