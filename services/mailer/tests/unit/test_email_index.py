from collections import Counter
from typing import Any

import pytest

from fondly.contracts import object_keys
from fondly.contracts.email_index import (
    USED_OFTEN,
    EmailIndexRow,
    EmailIndexSummary,
    Risk,
    WordingCount,
    customer_digest,
)
from fondly.contracts.records import ReasonKind
from fondly.mailer.domain.copy.patterns import pattern
from fondly.mailer.domain.copy.phrases import stems
from fondly.mailer.use_cases import merge_email_index as merging
from fondly.mailer.use_cases.email_index import risks_of
from fondly.mailer.use_cases.merge_email_index import merge_email_index
from services.mailer.tests.unit.test_handler import RUN, Recommend, World, world
from tests.support.email_index import email_index_of, put_email_index
from tests.support.stores import InMemoryObjects

__all__ = ["world"]
TOLD = stems("Northlane Nylon Braided USB Cable with fast charging")


async def _summary(objects: InMemoryObjects, part: int | None = None) -> EmailIndexSummary:
    [found] = await objects.get_lines(object_keys.email_index_summary(RUN, part), EmailIndexSummary)
    return found


async def test_the_index_tells_of_each_email_what_it_says_and_why(world: World, recommend: Recommend) -> None:
    """A row for each email in the order in which they go out; a run that has ended has them all summed up."""
    await world.open(parts=2)
    for part, names in ((1, ("ananya rao", None)), (2, ("KARL", "li"))):
        customers = [recommend(f"C{part}{name}", customer_name=name) for name in names]
        await world.handler(await world.message(customers, part=part, parts=2))
    first, second = await world.objects.get_lines(object_keys.email_index(RUN, 1), EmailIndexRow)
    assert (first.customer_id, first.key, first.part) == (
        "C1ananya rao",
        customer_digest("C1ananya rao"),
        1,
    )
    assert (first.name, second.name, first.subject) == ("Ananya", None, "Something for you")
    assert [each.product_id for each in first.products] == ["P1", "P2", "P3", "P4", "P5"]
    assert first.products[1].name == "Kettler & Pine Electric Kettle"
    assert first.reasons[:2] == (ReasonKind.LIKED, ReasonKind.GOES_WITH)
    assert (str(first.price), first.currency, first.occasion) == ("139900.50", "INR", "liked")
    assert set(first.wordings) >= {"subject", "intro", "closing", "lines.1", "lines.5"}
    assert world.records.items[RUN, "C1ananya rao"]["part"] == 1
    run = await _summary(world.objects)
    assert (run.parts, run.totals()["reason:liked"]) == ({1: 2, 2: 2}, 4)
    assert run.patterns["subject"].texts == 4
    assert {each.customer_id for each in run.risks[Risk.LONG_SUBJECT]} >= {"C2KARL", "C2li"}


async def test_a_repeated_part_is_indexed_as_if_it_had_been_made_at_once(
    world: World, recommend: Recommend
) -> None:
    """Emails that an attempt before had finished are in it, with the words that they have."""
    await world.open(parts=2)
    customers = [recommend(f"C{number}") for number in range(3)]
    await world.message(customers, parts=2)
    key = object_keys.recommendations(RUN, 1)
    await world.handler.mail_part.run(RUN, 1, key=key)
    indexed = {each for each in world.objects.stored.items() if "/email-index/" in each[0]}
    del world.records.items[RUN, "C1"]
    await world.handler.mail_part.run(RUN, 1, key=key)
    assert {each for each in world.objects.stored.items() if "/email-index/" in each[0]} == indexed
    assert len(indexed) == 3


async def test_a_runs_index_counts_all_its_parts_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wordings that are used often, facets and risks; however few wordings may be kept, the most used are."""
    objects, parts = InMemoryObjects(), range(1, 6)
    await put_email_index(objects, RUN, parts=5, emails=60)
    entries = [each for part in parts for each in email_index_of(part, 60)]
    used = Counter(wording.digest for each in entries for wording in each.wordings)
    often = {digest: count for digest, count in used.items() if count > USED_OFTEN}
    merged = await merge_email_index(objects, RUN, parts)
    listed = await objects.get_lines(object_keys.email_wordings(RUN), WordingCount)
    assert {each.digest: each.count for each in listed} == often
    assert len(often) > 3
    assert merged.totals() == Counter(facet for each in entries for facet in each.row.facets())
    assert merged.emails == 300
    prices = sorted((float(each.row.price) for each in entries), reverse=True)
    assert [each.score for each in merged.risks[Risk.HIGH_PRICE]][:3] == prices[:3]
    assert await merge_email_index(objects, RUN, [*parts, 6]) == merged, "a part without an index"
    monkeypatch.setattr(merging, "MOST_WORDINGS", 3)
    few = await merge_email_index(objects, RUN, parts)
    kept = await objects.get_lines(object_keys.email_wordings(RUN), WordingCount)
    assert {each.count for each in kept} >= {max(often.values())}
    assert (len(kept) <= 3, few.wordings_left_out) == (True, len(often) - len(kept))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Keep your {1.name} at hand.", "Keep your {name} at hand."),
        ("Braided nylon, fast charging, {2.price}.", "…, {price}."),
        ("It lasts 1.5 years, {customer.first_name}: “so good”.", "It lasts # years, {first_name}: “…”."),
        ("With your cable it goes fast.", "With your … it goes …."),
    ],
)
def test_a_pattern_has_no_slots_figures_quotes_and_features(text: str, expected: str) -> None:
    """What is left is how the text is built; common words stay, whoever tells them."""
    assert pattern(text, "en", TOLD) == expected


def test_what_stands_out_is_a_risk() -> None:
    """Each sign alone is one, and names that people have are none."""
    row = email_index_of(1, 1)[0].row.model_copy(
        update={"name": "Ananya", "reasons": (ReasonKind.LIKED,), "repaired": False, "occasion": "liked"}
    )
    assert {risk for risk, _ in risks_of(row)} == {Risk.HIGH_PRICE, Risk.LONG_SUBJECT}
    changes: list[tuple[Risk, dict[str, Any]]] = [
        (Risk.APOLOGY, {"occasion": "sorry"}),
        (Risk.WEAK_REASONS, {"reasons": (ReasonKind.ASSORTMENT,)}),
        (Risk.REPAIRED, {"repaired": True}),
        *((Risk.ODD_NAME, {"name": name}) for name in ("X9", "KARL", "aaaa", "Li", "Bartholomaeusz")),
    ]
    for risk, change in changes:
        assert risk in {found for found, _ in risks_of(row.model_copy(update=change))}
