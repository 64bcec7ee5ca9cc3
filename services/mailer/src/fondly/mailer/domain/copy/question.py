"""Questions to the model: several can be asked in a call, and each answer is kept as if asked alone."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from fondly.mailer.domain.copy.answers import Verdict
from fondly.mailer.domain.copy.prompt import MEMBERS, Prompt, Style, Task, message, object_schema, system_text
from fondly.mailer.domain.copy.wording import Ground

OVERHEAD_CHARS = 600
"""Of an answer's JSON, around its texts."""
EVIDENCE_CHARS = 160
"""Of a wording's JSON, beside its text."""
MAX_REFUSED = 24


@dataclass(frozen=True, eq=False)
class Question:
    """A prompt, and what its answer is checked and judged by; equal prompts are the same question."""

    prompt: Prompt
    fields: tuple[str, ...]
    """What is asked for."""
    ground: Ground
    about: Mapping[str, str]
    """What the judge is told besides the sources, such as the reason's kind."""
    quotes: tuple[str, ...] = ()
    """Sentences of reviews that an email may show beside the product."""
    strict: bool = False
    """Whether copy has none but common words and those of its sources."""

    def __eq__(self, other: object) -> bool:
        """Compare the prompts."""
        return isinstance(other, Question) and self.prompt == other.prompt

    def __hash__(self) -> int:
        """Return that of what is asked."""
        return hash(self.prompt.digest)

    def repair(self, fields: Sequence[str], refused: Iterable[Verdict]) -> Prompt:
        """Return the request for other wordings of some fields, with what was wrong with those before."""
        first = self.prompt
        more = {"fields": list(fields), "refused": _refused(fields, refused)}
        known: Mapping[str, Any] = json.loads(first.answer)["properties"]
        repair = asked(
            first.task,
            self.ground.language,
            shop=json.loads(first.shop) | more,
            entry=json.loads(first.entry),
            answer=object_schema({name: known[name] for name in fields}),
            chars=first.max_chars - OVERHEAD_CHARS,
        )
        return replace(repair, entry="")


def asked(
    task: Task,
    language: str,
    *,
    shop: Mapping[str, Any],
    entry: Mapping[str, Any],
    answer: Mapping[str, Any],
    chars: int,
) -> Prompt:
    """Return a question of a task with one entry, whose answer has at most so many characters of text."""
    version, system = system_text(task, language)
    member = MEMBERS.get(task)
    facts = {**shop, member: [{"n": 1, **entry}]} if member else {**shop, **entry}
    of_entry = json.dumps(answer)
    return Prompt(
        task,
        version,
        system,
        message(facts),
        _schema(of_entry, member),
        max_chars=OVERHEAD_CHARS + chars,
        shop=json.dumps(shop, ensure_ascii=False),
        entry=json.dumps(entry, ensure_ascii=False),
        answer=of_entry,
    )


@lru_cache(maxsize=64)
def _schema(answer: str, member: str | None) -> str:
    """Return the schema of an answer to one entry alone: there are few."""
    return json.dumps(object_schema({member: object_schema({"1": json.loads(answer)})})) if member else answer


def joined(prompts: Sequence[Prompt]) -> Prompt:
    """Return one question about the entries of several, numbered from 1 in their order."""
    first, *others = prompts
    if not others:
        return first
    member, numbers = MEMBERS[first.task], range(1, len(prompts) + 1)
    entries = [{"n": n, **_numbered(each, n)} for n, each in zip(numbers, prompts, strict=True)]
    answers = object_schema({str(n): {"$ref": "#/$defs/answer"} for n in numbers})
    schema = {"$defs": {"answer": json.loads(first.answer)}, **object_schema({member: answers})}
    return replace(
        first,
        text=message({**json.loads(first.shop), member: entries}),
        schema=json.dumps(schema),
        max_chars=sum(each.max_chars for each in prompts),
    )


def _numbered(prompt: Prompt, number: int) -> dict[str, Any]:
    """Return an entry whose slots are those of a number; in frames the first product is always 1."""
    entry: dict[str, Any] = json.loads(prompt.entry)
    if prompt.task is Task.PRODUCT:
        entry["slots"] = [f"{number}.{slot.partition('.')[2]}" for slot in entry["slots"]]
    return entry


def sources_of(style: Style, sources: Mapping[str, str | None]) -> dict[str, str]:
    """Return what may be cited, by id, with the shop's own sentences and without what is not known."""
    own = {"brand": " ".join(style.sentences)}
    return {name: text for name, text in {**own, **sources}.items() if text}


def _refused(fields: Sequence[str], refused: Iterable[Verdict]) -> list[dict[str, str]]:
    verdicts = [
        {"field": each.field, "text": each.text, "rule": each.rule, "found": each.found}
        for each in refused
        if each.field in fields
    ]
    return verdicts[:MAX_REFUSED]
