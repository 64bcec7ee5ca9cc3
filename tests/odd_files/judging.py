"""Compares what came of a case with what is wanted."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from fondly.ingest.domain.rejects import Reject
from tests.odd_files.case import Allowed, Case, Facts, Failed, Read, Records, Refused
from tests.odd_files.running import FOLDER, Outcome

MAX_FOUND_CHARS = 40
"""A message need not show a longer value."""
Found = TypeVar("Found")


def wanted(case: Case, outcome: Outcome) -> tuple[Allowed | None, list[str]]:
    """Return the allowed outcome that came, and nothing; else None, and how the first one was missed."""
    missed = [list(_differences(each, outcome)) for each in case.allowed]
    for allowed, differences in zip(case.allowed, missed, strict=True):
        if not differences:
            return allowed, []
    return None, min(missed, key=len)


def vague(allowed: Allowed, outcome: Outcome) -> list[str]:
    """Return the messages that do not name the file, what was found and what is expected."""
    if isinstance(allowed, Failed):
        is_clear = (outcome.failed or "").startswith(f"{FOLDER}{allowed.file}: ")
        return [] if is_clear else [f"the file is not named: {outcome.failed}"]
    if not isinstance(allowed, Read):
        return []
    pairs = ((each, _rejects_at(each, outcome.rejects)) for each in allowed.refused)
    return [fault for each, rejects in pairs for fault in _vague(each, rejects)]


def _vague(refused: Refused, rejects: Sequence[Reject]) -> Iterator[str]:
    found = _plain(refused.found) if len(refused.found) <= MAX_FOUND_CHARS else ""
    for reject in rejects:
        reason = _plain(reject.reason)
        if "expected" not in reason:
            yield f"line {reject.line}: says not what is expected: {reason}"
        if found not in reason and repr(found)[1:-1] not in reason:
            yield f"line {reject.line}: shows not {found!r}: {reason}"


def _plain(text: str) -> str:
    """Return a text on one line: messages have no other."""
    return " ".join(text.split())


def _differences(allowed: Allowed, outcome: Outcome) -> Iterator[str]:
    if isinstance(allowed, Read):
        yield from _of_read(allowed, outcome)
    elif isinstance(allowed, Failed):
        yield from _of_failed(allowed, outcome)
    elif outcome.runs:
        yield f"{outcome.runs} runs, {outcome.failed}"


def _of_failed(allowed: Failed, outcome: Outcome) -> Iterator[str]:
    if outcome.failed is None:
        yield f"read, with products {sorted(outcome.products)}"
        return
    reason = outcome.failed.casefold()
    yield from (
        f"{word!r} is not in: {outcome.failed}" for word in allowed.words if word.casefold() not in reason
    )


def _of_read(allowed: Read, outcome: Outcome) -> Iterator[str]:
    if outcome.failed is not None or outcome.runs != 1:
        yield f"{outcome.runs} runs, failed: {outcome.failed}"
        return
    reviews, owners = _apart(outcome.reviews)
    purchases, buyers = _apart(outcome.purchases)
    yield from _of_records("product", allowed.products, outcome.products, {})
    yield from _of_records("customer", allowed.customers, outcome.customers, {})
    yield from _of_records("review", allowed.reviews, reviews, owners)
    yield from _of_records("purchase", allowed.purchases, purchases, buyers)
    yield from _of_rejects(allowed, outcome.rejects)


def _apart(records: Mapping[str, tuple[str, Found]]) -> tuple[dict[str, Found], dict[str, str]]:
    return {key: record for key, (_, record) in records.items()}, {
        key: one for key, (one, _) in records.items()
    }


def _of_records(
    kind: str, wanted: Records, found: Mapping[str, object], owners: Mapping[str, str]
) -> Iterator[str]:
    if wanted.keys() != found.keys():
        yield f"{kind}s {sorted(found)}, expected {sorted(wanted)}"
        return
    for key, facts in wanted.items():
        yield from (f"{kind} {key}: {each}" for each in _of_facts(facts, found[key], owners.get(key)))


def _of_facts(facts: Facts, record: object, owner: str | None) -> Iterator[str]:
    for name, value in facts.items():
        actual = owner if name == "customer_id" and owner is not None else getattr(record, name)
        if actual != value:
            yield f"{name} is {actual!r}, expected {value!r}"


def _of_rejects(allowed: Read, rejects: Sequence[Reject]) -> Iterator[str]:
    yield from (f"not refused: {each}" for each in allowed.refused if not _rejects_at(each, rejects))
    named = [each for one in (*allowed.refused, *allowed.may_refuse) for each in _rejects_at(one, rejects)]
    yield from (
        f"refused: line {each.line} {each.column}: {each.reason}" for each in rejects if each not in named
    )


def _rejects_at(refused: Refused, rejects: Sequence[Reject]) -> list[Reject]:
    return [each for each in rejects if _is_at(refused, each)]


def _is_at(refused: Refused, reject: Reject) -> bool:
    place = (f"{FOLDER}{refused.file}", refused.line)
    is_column = refused.column is None or (reject.column or "").casefold() == refused.column.casefold()
    return (reject.file, reject.line) == place and is_column
