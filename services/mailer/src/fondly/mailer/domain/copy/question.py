"""Questions to the model: several can be asked in a call, and each answer is kept as if asked alone."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from fondly.mailer.domain.copy.answers import Verdict
from fondly.mailer.domain.copy.prompt import (
    MEMBERS,
    Prompt,
    Style,
    Task,
    as_json,
    message,
    object_schema,
    system_text,
)
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
            shop=as_json(json.loads(first.shop) | more),
            entry=json.loads(first.entry),
            answer=json.dumps(object_schema({name: known[name] for name in fields})),
            chars=first.max_chars - OVERHEAD_CHARS,
        )
        return replace(repair, entry="")


def asked(
    task: Task, language: str, *, shop: str, entry: Mapping[str, Any], answer: str, chars: int
) -> Prompt:
    """Return a question of a task with one entry, whose answer has at most so many characters of text."""
    version, system = system_text(task, language)
    of_entry = as_json(entry)
    return Prompt(
        task,
        version,
        system,
        _message(task, shop, [of_entry]),
        _schema(MEMBERS.get(task), answer),
        max_chars=OVERHEAD_CHARS + chars,
        shop=shop,
        entry=of_entry,
        answer=answer,
    )


@lru_cache(maxsize=64)
def _schema(member: str | None, answer: str, count: int = 1) -> str:
    """Return the schema of an answer to entries that have the same one each: there are few."""
    if not member:
        return answer
    entry, alone = {"$ref": "#/$defs/answer"}, json.loads(answer)
    entries = object_schema({str(n): entry if count > 1 else alone for n in range(1, count + 1)})
    return json.dumps(({"$defs": {"answer": alone}} if count > 1 else {}) | object_schema({member: entries}))


def joined(prompts: Sequence[Prompt]) -> Prompt:
    """Return one question about the entries of several, numbered from 1 in their order."""
    first, *others = prompts
    if not others:
        return first
    return replace(
        first,
        text=_message(first.task, first.shop, [each.entry for each in prompts]),
        schema=_schema(MEMBERS[first.task], first.answer, len(prompts)),
        max_chars=sum(each.max_chars for each in prompts),
    )


def _message(task: Task, shop: str, entries: Sequence[str]) -> str:
    """Return what is told of the shop and each entry; their JSON is put together as text."""
    if member := MEMBERS.get(task):
        numbered = ", ".join(_numbered(task, entry, number) for number, entry in enumerate(entries, 1))
        return message(f'{shop[:-1]}, "{member}": [{numbered}]}}')
    return message(f"{shop[:-1]}, {entries[0][1:]}")


def _numbered(task: Task, entry: str, number: int) -> str:
    """Return an entry of a number, which a product's slots, its last member, have too."""
    if task is Task.PRODUCT:
        told, name, slots = entry.rpartition('"slots": [')
        entry = told + name + slots.replace('"1.', f'"{number}.')
    return f'{{"n": {number}, {entry[1:]}'


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
