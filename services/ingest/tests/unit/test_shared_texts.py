"""Texts that cannot be divided among the reviewers of their row."""

import pytest

from fondly.contracts import object_keys
from fondly.contracts.events import DataIngested, EventData
from fondly.contracts.records import SharedText
from fondly.runtime.runs.run import part_name
from services.ingest.tests.fakes import Bench, csv_lines, limits, numbered
from tests.support.stores import InMemoryAnnouncer

KEY = "uploads/shop.csv"
UNSPLIT = {
    "user_id": "C1,C2,C3",
    "user_name": "Asha,Ben,Chi",
    "review_id": "R1,R2,R3",
    "review_title": "Good,Fine,Bad",
    "review_content": "Works,,Hums,loudly",
}


@pytest.mark.parametrize(
    ("titles", "texts", "shared"),
    [
        (
            "Good,Bad,Fine",
            "Works\u200b  well,https://m.example.com/a.jpg,It hums,loudly",
            ["Works well", "It hums,loudly"],
        ),
        ("a,b,c,d", "Works,so far,", []),
        ("a,b,c,d", "", ["a,b", "c", "d"]),
        ("a,b,c,d", ",,,,!", ["a,b", "c", "d"]),
        ("Good,Bad,Fine", ",,,,!", []),
    ],
)
async def test_each_reviewer_has_at_most_one_text_shared(titles: str, texts: str, shared: list[str]) -> None:
    """Texts are cleaned, and wordless ones dropped; titles stand in where a row has no texts."""
    bench = Bench()
    row = numbered(1, **UNSPLIT) | {"review_title": titles, "review_content": texts}
    await bench.upload(KEY, csv_lines([row]))
    assert [one.text for one in await bench.stored_texts()] == shared


async def test_the_same_words_about_a_product_are_shared_once() -> None:
    """A repeated row adds nothing; another product has its own texts."""
    row = numbered(1, **UNSPLIT) | {"review_content": "Works,Works,Hums,loudly"}
    other = row | {"product_id": "P2", "user_id": "C4,C5,C6", "review_id": "R4,R5,R6"}
    bench = Bench()
    await bench.upload(KEY, csv_lines([row, row, other]))
    found = [(one.product_id, one.text) for one in await bench.stored_texts()]
    assert found == [("P1", "Works"), ("P1", "Hums,loudly"), ("P2", "Works"), ("P2", "Hums,loudly")]
    assert (await bench.counts())["shared_texts"] == 4


async def test_parts_share_the_texts_of_unknown_reviewers() -> None:
    """Events tell how many there are in the part; a part without any has no object."""
    bench = Bench(limits(part_records=1))
    await bench.upload(KEY, csv_lines([numbered(1, **UNSPLIT)]))
    assert [(part.part, part.shared_texts) for part in bench.parts] == [(1, 0), (2, 1), (3, 1)]
    run_id = (await bench.run()).run_id
    assert object_keys.shared_texts(run_id, 1) not in bench.objects.stored
    assert [one.text for one in await bench.stored_texts()] == ["Works", "Hums,loudly"]
    reports = {report.name: report for report in await bench.ledger.reports(run_id)}
    assert [reports[part_name(part)].units["s3.puts"] for part in (1, 2, 3)] == [1, 2, 2]


async def test_a_redelivery_leaves_every_text_in_its_part() -> None:
    """A run whose parts are done a second time stores and announces the same."""
    bench = Bench(limits(part_records=1))
    await bench.upload(KEY, csv_lines([numbered(1, **UNSPLIT), numbered(4)]))
    stored, parts = dict(bench.objects.stored), list(bench.parts)
    del bench.runs.table.items[(await bench.run()).run_id, "run"]["ingest_done"]
    await bench.notify(KEY)
    assert bench.objects.stored == stored
    assert bench.parts == parts + parts
    assert sum(part.shared_texts for part in parts) == 2


class _ImmediateSentiment(InMemoryAnnouncer):
    """Reads each part's shared texts as soon as it is announced."""

    bench: Bench

    def __init__(self) -> None:
        super().__init__()
        self.read: list[SharedText] = []

    async def announce(self, run_id: str, *events: EventData) -> None:
        """Read the texts; `KeyError` when they are not stored yet."""
        await super().announce(run_id, *events)
        for data in events:
            if isinstance(data, DataIngested) and data.shared_texts:
                key = object_keys.shared_texts(run_id, data.part)
                self.read += await self.bench.objects.get_lines(key, SharedText)


async def test_texts_are_stored_before_their_part_is_announced() -> None:
    """Sentiment may read them at once."""
    sentiment = _ImmediateSentiment()
    sentiment.bench = Bench(limits(part_records=1), sentiment)
    await sentiment.bench.upload(KEY, csv_lines([numbered(1, **UNSPLIT)]))
    assert [one.text for one in sentiment.read] == ["Works", "Hums,loudly"]
