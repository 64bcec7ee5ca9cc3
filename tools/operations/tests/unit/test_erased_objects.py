"""Which objects go with which of their versions, when customers are forgotten."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest

from fondly.contracts.object_keys import REQUESTS
from fondly.operations.cleanup.report import Report
from fondly.operations.customers import objects
from fondly.operations.customers.objects import erase_requests, erase_uploads, for_each_key

Version = Mapping[str, Any]


class Bucket:
    """Versions by page, as S3 lists them; what is deleted is kept apart."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *pages: Sequence[Version]) -> None:
        self.pages, self.deleted, self.report = pages, list[tuple[str, str]](), Report()
        self.scope = cast("Any", SimpleNamespace(report=self.report))
        monkeypatch.setattr(objects, "version_pages", self._pages)
        monkeypatch.setattr(objects, "delete_versions", self._delete)
        monkeypatch.setattr(objects, "body_of", self._body)

    async def _pages(self, _: object, prefix: str) -> AsyncIterator[list[Version]]:
        for page in self.pages:
            yield [each for each in page if each["Key"].startswith(prefix)]

    async def _delete(self, _: object, versions: Sequence[Version], what: str) -> None:
        assert what
        self.deleted += [(each["Key"], each["VersionId"]) for each in versions]

    async def _body(self, _: object, key: str, version: Version) -> bytes:
        assert version["Key"] == key
        return json.dumps(version["says"]).encode()


def version(key: str, number: int, **says: str) -> Version:
    """A version of an object, with its content."""
    return {"Key": key, "VersionId": f"v{number}", "ETag": "e", "Size": 9, "says": says}


def asked(key: str, customer_id: str, email: str, asks: str, number: int = 1) -> Version:
    """A request."""
    return version(f"{REQUESTS}{key}", number, customer_id=customer_id, email=email, asks=asks)


GONE = cast("Any", SimpleNamespace(customer_ids={"C1"}, emails={"c1@shop.example"}))


async def test_requests_of_the_forgotten_go_with_all_their_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """By id or by address, once each; those of others stay."""
    bucket = Bucket(
        monkeypatch,
        [asked("1", "C1", "old@shop.example", "erase"), asked("1", "C1", "old@shop.example", "erase", 2)],
        [asked("2", "C9", "c1@shop.example", "data"), asked("3", "C9", "c9@shop.example", "erase")],
    )
    await erase_requests(bucket.scope, GONE)
    assert bucket.deleted == [(f"{REQUESTS}1", "v1"), (f"{REQUESTS}1", "v2"), (f"{REQUESTS}2", "v1")]
    assert [row.deleted for row in bucket.report.rows] == [2]


async def test_only_requests_for_one_thing_may_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever got their data may still wait to be forgotten."""
    bucket = Bucket(
        monkeypatch,
        [asked("1", "C1", "", "erase"), asked("2", "C1", "", "data"), asked("3", "C2", "", "data")],
    )
    await erase_requests(bucket.scope, GONE, asks="data")
    assert bucket.deleted == [(f"{REQUESTS}2", "v1")]


async def test_every_key_is_seen_once_with_all_its_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though pages divide them, and however many there are."""
    many = [version(f"runs/{number:04}", 1) for number in range(600)]
    bucket = Bucket(
        monkeypatch, [*many, version("runs/x", 1)], [version("runs/x", 2)], [version("runs/y", 1)], []
    )
    seen: dict[str, int] = {}

    async def work(key: str, versions: list[Any]) -> None:
        assert key not in seen
        seen[key] = len(versions)

    await for_each_key(bucket.scope, "runs/", work)
    assert (len(seen), seen["runs/x"], seen["runs/y"], sum(seen.values())) == (602, 2, 1, 603)


async def test_an_upload_goes_whole_or_only_its_replaced_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file whose name only begins alike is another's."""
    bucket = Bucket(
        monkeypatch,
        [version("uploads/a.csv", 1), version("uploads/a.csv", 2), version("uploads/a.csv.old", 1)],
        [version("uploads/b.csv", 1), version("uploads/b.csv", 2)],
    )
    found = {"uploads/b.csv": {"v1"}, "uploads/a.csv": {"v2"}}
    await erase_uploads(bucket.scope, found, replaced={"uploads/b.csv"})
    assert bucket.deleted == [("uploads/a.csv", "v1"), ("uploads/a.csv", "v2"), ("uploads/b.csv", "v1")]
    assert sorted(row.deleted for row in bucket.report.rows) == [1, 1]
