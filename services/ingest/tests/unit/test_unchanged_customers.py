"""Whoever has had an email of just what the file tells is in no part of the next run."""

import dataclasses

import pytest

from fondly.contracts import object_keys
from fondly.contracts.clock import SECONDS_PER_DAY
from fondly.contracts.delivery import NotSent, Outcome
from fondly.contracts.errors import TransientError
from fondly.contracts.events import EventData, UploadRead
from fondly.contracts.records import Customer, Exclusion
from services.ingest.tests.fakes import Bench, csv_lines, limits, numbered

KEY = "uploads/shop.csv"
OTHER_WORDS = {"review_content": "It broke"}


async def _upload(bench: Bench, *rows: dict[str, str]) -> str:
    """Upload a file; return its run's id."""
    await bench.upload(KEY, csv_lines(rows))
    return bench.run_ids[-1]


async def _settle(bench: Bench, *numbers: int, outcome: Outcome = Outcome.SENT, reason: str = "") -> None:
    """Record that the latest run has delivered emails, or what became of them."""
    ids = [{"run_id": bench.run_ids[-1], "customer_id": f"C{each}"} for each in numbers]
    await bench.dispatches.put_all([{**one, "outcome": outcome, "reason": reason} for one in ids])


async def _customers(bench: Bench, run_id: str) -> list[str]:
    """Who is in a run's parts."""
    run = await bench.ledger.run(run_id)
    keys = [object_keys.customers(run_id, part + 1) for part in range(run.parts or 0)]
    return [one.customer_id for key in keys for one in await bench.objects.get_lines(key, Customer)]


async def test_a_run_has_only_whom_it_has_something_new_for() -> None:
    """Changed, new and not yet written to; the others are counted, and cost no item."""
    bench = Bench(limits(part_records=2))
    first = await _upload(bench, *(numbered(each) for each in range(1, 6)))
    await _settle(bench, 1, 2, 3, 5)
    rows = [*(numbered(each) for each in (1, 2, 4, 5, 6)), numbered(3, **OTHER_WORDS)]
    second = await _upload(bench, *rows)
    assert await _customers(bench, first) == ["C1", "C2", "C3", "C4", "C5"]
    assert await _customers(bench, second) == ["C4", "C6", "C3"]
    by_run = {one["customer_id"]: one["run_id"] for one in bench.customers.items.values()}
    assert [by_run[f"C{each}"] for each in range(1, 7)] == [first, first, *[second] * 2, first, second]
    [report] = [one for one in await bench.ledger.reports(second) if one.name == "file"]
    assert (report.counts["customers"], report.counts["customers_excluded_unchanged"]) == (6, 3)
    told = bench.announcer.of(UploadRead)[-1]
    assert told == UploadRead(customers=3, interactions=6)
    stored = await bench.objects.get(object_keys.ingest_report(second))
    assert f'"exclusions":{{"{Exclusion.UNCHANGED}":3}}' in stored.decode()


async def test_a_run_in_which_nothing_has_changed_ends_all_the_same() -> None:
    """It has one part, of nobody."""
    bench = Bench()
    await _upload(bench, numbered(1), numbered(2))
    await _settle(bench, 1, 2)
    run_id = await _upload(bench, numbered(2), numbered(1))
    assert (await bench.ledger.run(run_id)).parts == 1
    assert await _customers(bench, run_id) == []


@pytest.mark.parametrize(("days", "due"), [(6, ["C2"]), (7, ["C1", "C2"])])
async def test_everybody_gets_another_email_after_a_week(days: int, due: list[str]) -> None:
    """By the days between the runs, whenever the first was approved."""
    bench = Bench()
    await _upload(bench, numbered(1))
    await _settle(bench, 1)
    item = bench.customers.items[("C1",)]
    await bench.customers.put_all([{**item, "told_at": int(item["told_at"]) - days * SECONDS_PER_DAY}])
    assert await _customers(bench, await _upload(bench, numbered(1), numbered(2))) == due


@pytest.mark.parametrize(
    ("outcome", "reason", "due"),
    [
        (Outcome.REFUSED, "550 no", []),
        (Outcome.IN_DOUBT, "", []),
        (Outcome.SUPPRESSED, NotSent.HOLDOUT, []),
        (Outcome.SUPPRESSED, NotSent.FREQUENCY, ["C1"]),
        (Outcome.SUPPRESSED, NotSent.GONE, ["C1"]),
    ],
)
async def test_what_became_of_the_email_decides(outcome: Outcome, reason: str, due: list[str]) -> None:
    """Nobody gets it twice, and whoever was written to too often may get it now."""
    bench = Bench()
    await _upload(bench, numbered(1))
    await _settle(bench, 1, outcome=outcome, reason=reason)
    assert await _customers(bench, await _upload(bench, numbered(1), numbered(2))) == [*due, "C2"]


async def test_emails_of_other_facts_do_not_count() -> None:
    """A run that was told something else and wrote to nobody makes the email of the run before due again."""
    bench = Bench()
    await _upload(bench, numbered(1))
    await _settle(bench, 1)
    await _upload(bench, numbered(1, **OTHER_WORDS))
    assert await _customers(bench, await _upload(bench, numbered(1), numbered(2))) == ["C1", "C2"]


async def test_who_is_unchanged_is_decided_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Emails of the run before that go out while parts are announced move nobody between parts."""
    bench = Bench(limits(part_records=1))
    first = await _upload(bench, numbered(1), numbered(2), numbered(3))
    await _settle(bench, 1)

    async def fails(_run_id: str, *events: EventData) -> None:
        if isinstance(events[0], UploadRead):
            raise TransientError("down")

    with monkeypatch.context() as patch, pytest.raises(TransientError):
        patch.setattr(bench.announcer, "announce", fails)
        await _upload(bench, numbered(1), numbered(2), numbered(3), numbered(4))
    keys = [{"run_id": first, "customer_id": each} for each in ("C2", "C3")]
    await bench.dispatches.put_all([{**one, "outcome": Outcome.SENT} for one in keys])
    await bench.notify(KEY)
    assert await _customers(bench, bench.run_ids[-1]) == ["C2", "C3", "C4"]


async def test_it_can_be_switched_off() -> None:
    """Then every run is for all."""
    bench = Bench()
    found = dataclasses.replace(bench.publication.unchanged, days=0)
    object.__setattr__(bench.publication, "unchanged", found)
    await _upload(bench, numbered(1))
    await _settle(bench, 1)
    assert await _customers(bench, await _upload(bench, numbered(1), numbered(2))) == ["C1", "C2"]
