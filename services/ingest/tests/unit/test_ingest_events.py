"""Uploaded files of what customers did: read, judged, stored in batches and announced."""

import gzip
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.contracts import object_keys
from fondly.contracts.consent import customer_entry
from fondly.contracts.delivery import NotSent
from fondly.contracts.errors import PermanentError
from fondly.contracts.events import DataIngested, InteractionsIngested
from fondly.contracts.ingest_report import EventsReport
from fondly.contracts.records import CustomerEvent, EventKind
from fondly.ingest.domain.rejects import Reject
from fondly.ingest.use_cases import ingest_events
from services.ingest.tests.fakes import Bench, limits

KEY = "uploads/interactions/today.csv"
RUN = "run-0123456789abcdef"
HEADER = "event_id,customer_id,product_id,event,timestamp,run_id,value\n"
CLICK = f"e1,C1,P1,clicked,2026-11-24T10:00:00Z,{RUN},\n"
ORDER = f"e2,C2,P2,purchased,1764000000,{RUN},1299.50\n"


async def _upload(bench: Bench, body: bytes | str, key: str = KEY) -> list[InteractionsIngested]:
    await bench.upload(key, body.encode() if isinstance(body, str) else body)
    return [
        data for data in bench.announcer.of(InteractionsIngested) if isinstance(data, InteractionsIngested)
    ]


async def _events(bench: Bench) -> list[CustomerEvent]:
    keys = dict.fromkeys(
        data.key
        for data in bench.announcer.of(InteractionsIngested)
        if isinstance(data, InteractionsIngested)
    )
    return [event for key in keys for event in await bench.objects.get_lines(key, CustomerEvent)]


async def _folder(bench: Bench) -> str:
    (folder,) = {key.split("/")[1] for key in bench.objects.stored if key.startswith("runs/events-")}
    return folder


async def _rejects(bench: Bench) -> list[Reject]:
    return await bench.objects.get_lines(object_keys.rejects(await _folder(bench)), Reject)


async def test_a_file_is_stored_and_announced_and_starts_no_run() -> None:
    """Each row becomes an event; nothing is told of as a run's part."""
    bench = Bench()
    (told,) = await _upload(bench, HEADER + CLICK + ORDER)
    assert (told.batch, told.batches, told.events) == (1, 1, 2)
    click, order = await _events(bench)
    assert (click.event_id, click.customer_id, click.product_id) == ("e1", "C1", "P1")
    assert (click.kind, click.timestamp, click.run_id, click.value) == (
        EventKind.CLICKED,
        1795514400,
        RUN,
        None,
    )
    assert (order.kind, order.value) == (EventKind.PURCHASED, Decimal("1299.50"))
    assert not bench.announcer.of(DataIngested)


@pytest.mark.parametrize(
    "body",
    [
        b'{"userId": "C1", "itemId": "P1", "eventType": "click", "sentAt": 1764000000}\n',
        b'\xef\xbb\xbf{"x": 1, "customer_id": "C1", "sku": "P1", "event": "Klick", "time": "1764000000"}\n\n',
        gzip.compress(b'{"customer_id":"C1","product_id":"P1","kind":"clicked","timestamp":1764000000.0}'),
        b"Kundennummer;Artikelnummer;Ereignis;Zeitstempel\nC1;P1;geklickt;1764000000\n",
    ],
    ids=["json", "json-with-bom", "gzip", "german-csv"],
)
async def test_columns_are_found_under_the_names_that_shops_use(body: bytes) -> None:
    """JSON lines and tables, plain or packed, mean the same."""
    bench = Bench()
    await _upload(bench, body, "uploads/interactions/a.jsonl")
    (event,) = await _events(bench)
    assert (event.customer_id, event.product_id, event.kind) == ("C1", "P1", EventKind.CLICKED)
    assert event.timestamp == 1764000000


async def test_clicks_that_fondly_counts_itself_are_read_as_they_were_told() -> None:
    """Under the key, and in the form, in which the sender uploads them."""
    told = [
        CustomerEvent(
            event_id=f"click-{number}",
            customer_id="C1",
            product_id=f"P{number}",
            kind=EventKind.CLICKED,
            timestamp=1764000000 + number,
            run_id=RUN,
        )
        for number in range(2)
    ]
    bench = Bench()
    body = "".join(each.model_dump_json(exclude_none=True) + "\n" for each in told)
    await _upload(bench, body, object_keys.clicks("0123456789abcdef"))
    assert await _events(bench) == told


async def test_a_row_without_an_id_is_the_same_event_in_every_file() -> None:
    """Its id comes from what it says."""
    header = "customer_id,product_id,event,timestamp\n"
    rows = ["C1,P1,viewed,1764000000\n", "C1,P1,viewed,1764000001\n"]
    first, again = Bench(), Bench()
    await _upload(first, header + "".join(rows))
    await _upload(again, header + "".join(reversed(rows)), "uploads/interactions/other.csv")
    ids = [event.event_id for event in await _events(first)]
    assert len(set(ids)) == 2
    assert {event.event_id for event in await _events(again)} == set(ids)


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("e,,P1,clicked,1764000000,,", "customer_id", "found nothing, expected an id"),
        ("e,C1,P1,laughed,1764000000,,", "event", "found 'laughed', expected clicked, viewed or purchased"),
        ("e,C1,P1,clicked,yesterday,,", "timestamp", "found 'yesterday', expected a date such as"),
        ("e,C1,P1,clicked,03/04/2026,,", "timestamp", "expected a date with the year first"),
        ("e,C1,P1,clicked,2028-01-01,,", "timestamp", "found '2028-01-01', expected a time that has passed"),
        ("e,C1,P1,clicked,1764000000,run-7,", "run_id", "found 'run-7', expected the id of a run"),
        ("e,C1,P1,purchased,1764000000,,12 EUR", "value", "found '12 EUR', expected a figure such as"),
        ("e,C1,P1,purchased,1764000000,,-1", "value", "found '-1', expected a figure such as"),
        ("e,C1,P1,clicked", None, "found 4 cells, expected 7 cells, as in the header"),
    ],
)
async def test_a_bad_row_is_rejected_with_line_column_and_reason(
    row: str, column: str | None, reason: str
) -> None:
    """The rows around it are used."""
    bench = Bench()
    await _upload(bench, HEADER + CLICK + row + "\n" + ORDER)
    assert [event.event_id for event in await _events(bench)] == ["e1", "e2"]
    (reject,) = await _rejects(bench)
    assert (reject.file, reject.line, reject.column) == (KEY, 3, column)
    assert reason in reject.reason


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[1, 2]", "one JSON object on each line"),
        ('{"customer_id": "C1"', "one JSON object on each line"),
        ('{"customer_id": {"id": "C1"}}', "a text or a number"),
        ("[" * 5_000, "one JSON object on each line"),
    ],
)
async def test_a_bad_line_of_json_is_rejected(line: str, reason: str) -> None:
    """A line that is no flat object costs no other line."""
    bench = Bench()
    good = '{"customer_id": "C1", "product_id": "P1", "event": "click", "timestamp": 1764000000}'
    await _upload(bench, f"{good}\n{line}\n", "uploads/interactions/a.jsonl")
    assert len(await _events(bench)) == 1
    (reject,) = await _rejects(bench)
    assert reject.line == 2
    assert reason in reject.reason


async def test_a_file_without_a_required_column_is_refused_with_its_reason() -> None:
    """The message goes to the dead letters; the report says the same, and so does a repetition."""
    bench = Bench()
    for _ in range(2):
        with pytest.raises(PermanentError, match=r"missing columns: product_id, event \(line 1\); found "):
            await _upload(bench, "customer_id,timestamp\nC1,1764000000\n")
    stored = bench.objects.stored[object_keys.events_report(await _folder(bench))]
    report = EventsReport.model_validate_json(stored)
    assert report.failed is not None
    assert report.failed.startswith(f"{KEY}: missing columns")
    assert not await _events(bench)


async def test_a_file_of_which_too_much_is_unusable_is_not_used_at_all() -> None:
    """As with the files of a run."""
    bench = Bench(limits(max_rejected_share=0.5))
    with pytest.raises(PermanentError, match=r"3 of 4 rows were rejected \(75.0%\)"):
        await _upload(bench, HEADER + CLICK + "e,,P,clicked,1,,\n" * 3)
    assert not await _events(bench)


async def test_a_large_file_is_announced_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """No message is about more events than are recorded in some seconds."""
    monkeypatch.setattr(ingest_events, "EVENTS_PER_BATCH", 2)
    bench = Bench()
    rows = [f"e{n},C{n},P1,viewed,1764000000,,\n" for n in range(5)]
    told = await _upload(bench, HEADER + "".join(rows))
    assert [(each.batch, each.batches, each.events) for each in told] == [(1, 3, 2), (2, 3, 2), (3, 3, 1)]
    assert [event.event_id for event in await _events(bench)] == [f"e{n}" for n in range(5)]


async def test_a_repeated_notification_announces_nothing_again() -> None:
    """What is stored says that everything has been announced."""
    bench = Bench()
    await _upload(bench, HEADER + CLICK)
    await bench.notify(KEY)
    assert len(bench.announcer.ids) == 1


async def test_a_file_whose_worker_died_before_its_report_is_announced_under_the_same_ids() -> None:
    """Subscribers recognise the repetition."""
    bench = Bench()
    await _upload(bench, HEADER + CLICK)
    del bench.objects.stored[object_keys.events_report(await _folder(bench))]
    await bench.notify(KEY)
    first, again = bench.announcer.ids
    assert first == again


async def test_a_file_that_is_gone_is_no_error() -> None:
    """Somebody deleted it before it was read."""
    bench = Bench()
    await bench.notify(KEY)
    assert bench.announcer.ids == []


@given(st.binary(max_size=400))
async def test_no_bytes_break_the_reading(body: bytes) -> None:
    """Whatever is uploaded, it is used or refused with a reason."""
    await _used_or_refused(b"customer_id,product_id,event,timestamp\n" + body)


@given(
    st.lists(st.dictionaries(st.sampled_from(["customer_id", "product_id", "event", "timestamp"]), st.text()))
)
async def test_no_json_breaks_the_reading(rows: list[dict[str, str]]) -> None:
    """Whatever strings the members have."""
    await _used_or_refused("{}\n" + "".join(json.dumps(row) + "\n" for row in rows))


async def _used_or_refused(body: bytes | str) -> None:
    bench, refused = Bench(), ""
    try:
        await _upload(bench, body, "uploads/interactions/a")
    except PermanentError as error:
        refused = str(error)
    stored = bench.objects.stored[object_keys.events_report(await _folder(bench))]
    report = EventsReport.model_validate_json(stored)
    assert report.failed == (refused or None)
    assert len(await _events(bench)) == (0 if refused else report.events)


async def test_events_of_who_has_been_forgotten_are_left_out() -> None:
    """They are stored nowhere, and not told of; those of others are."""
    bench = Bench()
    await bench.suppressions.put_all([{"entry": customer_entry("C1"), "reason": NotSent.ERASED}])
    (told,) = await _upload(bench, HEADER + CLICK + ORDER)
    assert told.events == 1
    assert [each.customer_id for each in await _events(bench)] == ["C2"]
    assert b"C1" not in bench.objects.stored[told.key]
