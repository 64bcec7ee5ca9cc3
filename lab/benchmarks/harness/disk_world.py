"""What a run that is scored by a job reads and writes, on disk: a run's memory is then the service's own.

Customers are generated as they are read; answers and opinions are in SQLite; a job's output is a real
`output.tar.gz`, in an order of its own. Records that nothing reads again are dropped.
"""

import asyncio
import io
import json
import random
import sqlite3
import tarfile
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from fondly.contracts import object_keys
from fondly.contracts.records import Customer, Product, Review
from fondly.runtime.kept_answers import Answer
from fondly.sentiment.domain.job import JobState, JobStatus
from fondly.sentiment.domain.texts import Text
from fondly.sentiment.ports import Claim, Keep

Model = TypeVar("Model", bound=BaseModel)
PART_REVIEWS = 250
PRODUCTS = 2_000
CATEGORIES = 50
WORDS_PER_REVIEW = 44
REPEATED = 0.1
"""The share of reviews that say what others say."""
VOCABULARY = [
    f"{first}{second}" for first in "bcdfghjklmnprstvw" for second in ("attery", "ound", "ice", "ool", "ery")
]
OUTPUT = "output.tar.gz"
SCORES = {"Positive": 0.9, "Negative": 0.05, "Neutral": 0.05, "Mixed": 0.0}


class DiskObjects:
    """The data bucket as a folder; the parts of customers are made up."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def put(self, key: str, body: bytes, *, content_type: str) -> None:  # noqa: ARG002 - files have none
        """Write a file, and give the event loop a turn as a network would."""
        await asyncio.sleep(0)
        path = self.folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)

    async def get(self, key: str) -> bytes:
        """Read a file."""
        return (self.folder / key).read_bytes()

    async def find(self, key: str, *, max_bytes: int | None = None) -> bytes | None:
        """Read a file, or at most its first bytes; None if there is none."""
        path = self.folder / key
        return path.read_bytes()[:max_bytes] if path.exists() else None

    async def put_lines(self, key: str, records: Iterable[BaseModel]) -> None:
        """Write records as JSON lines."""
        lines = "".join(record.model_dump_json(exclude_none=True) + "\n" for record in records)
        await self.put(key, lines.encode(), content_type="application/x-ndjson")

    async def get_lines(self, key: str, kind: type[Model]) -> list[Model]:
        """Read records, or make them up."""
        await asyncio.sleep(0)
        if "/customers/" in key:
            return _customers(int(key.rsplit("-", 1)[1].split(".", maxsplit=1)[0]))  # type: ignore[return-value] # as asked
        return [kind.model_validate_json(line) for line in (await self.get(key)).splitlines()]

    async def find_lines(self, key: str, kind: type[Model]) -> list[Model]:
        """Read records; none if there is no such file."""
        return await self.get_lines(key, kind) if (self.folder / key).exists() else []


class DiskAnswers:
    """Answers in SQLite."""

    def __init__(self, folder: Path) -> None:
        self._database = sqlite3.connect(folder / "answers.db", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute(
            "CREATE TABLE answers (key BLOB PRIMARY KEY, answer TEXT, payer TEXT) WITHOUT ROWID"
        )

    async def find(self, keys: Sequence[str]) -> dict[str, Answer]:
        """Return the answers that are kept."""
        marks = ",".join("?" * len(keys))
        query = f"SELECT hex(key), answer, payer FROM answers WHERE key IN ({marks})"  # noqa: S608 - only marks
        rows = self._database.execute(query, [bytes.fromhex(key) for key in keys])
        return {key.lower(): Answer(answer, payer) for key, answer, payer in rows}

    async def claim(self, keys: Sequence[str], *, payer: str) -> set[str]:  # noqa: ARG002 - one
        """Grant every claim: there is one worker."""
        return set(keys)

    async def keep(self, results: Mapping[str, str], *, payer: str) -> None:
        """Keep answers."""
        await asyncio.sleep(0)
        rows = [(bytes.fromhex(key), answer, payer) for key, answer in results.items()]
        self._database.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", rows)


class DiskOpinions:
    """Opinions in SQLite, by product."""

    def __init__(self, folder: Path) -> None:
        self._database = sqlite3.connect(folder / "opinions.db", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute(
            "CREATE TABLE opinions (product TEXT, id TEXT, body TEXT, PRIMARY KEY (product, id))"
            " WITHOUT ROWID"
        )

    async def put_all(self, items: Sequence[Mapping[str, Any]]) -> None:
        """Put every item."""
        rows = [(item["product_id"], item["opinion_id"], json.dumps(item)) for item in items]
        self._database.executemany("INSERT OR REPLACE INTO opinions VALUES (?, ?, ?)", rows)

    async def get_group(self, name: str, value: str) -> list[dict[str, Any]]:  # noqa: ARG002 - by product
        """Return the opinions on one product."""
        await asyncio.sleep(0)
        rows = self._database.execute("SELECT body FROM opinions WHERE product = ?", (value,))
        return [json.loads(body) for (body,) in rows]

    async def get_all(self, keys: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Nobody asks for single opinions."""
        raise NotImplementedError(keys)


class DroppedItems(DiskOpinions):
    """A table that nothing reads again."""

    def __init__(self) -> None:
        """Open nothing."""

    async def put_all(self, items: Sequence[Mapping[str, Any]]) -> None:
        """Drop the items."""


class NoCalls:
    """The job answers everything: whoever asks by a call fails the benchmark."""

    async def sentiments(self, texts: Sequence[Text], claim: Claim, keep: Keep) -> None:
        """Fail."""
        raise NotImplementedError(len(texts), claim, keep)

    languages = sentiments
    aspects = sentiments


class DiskJobs:
    """Jobs that end at once: every text is positive; the lines of each file are answered in any order."""

    def __init__(self, objects: DiskObjects) -> None:
        self._objects = objects

    async def start(self, run_id: str, language: str, *, texts: int) -> str:  # noqa: ARG002 - all
        """Write the output of a job, beside the event loop: it takes minutes for a million texts."""
        await asyncio.to_thread(self._write, run_id, language)
        return language

    def _write(self, run_id: str, language: str) -> None:
        folder = self._objects.folder / object_keys.sentiment_job(run_id, f"input/{language}")
        output = self._objects.folder / "output"
        with output.open("w") as lines:
            for path in sorted(folder.iterdir()):
                numbers = list(range(len(path.read_bytes().splitlines())))
                random.Random(path.name).shuffle(numbers)  # noqa: S311 - any order does
                for number in numbers:
                    answer = {
                        "File": path.name,
                        "Line": number,
                        "Sentiment": "POSITIVE",
                        "SentimentScore": SCORES,
                    }
                    lines.write(json.dumps(answer) + "\n")
        with tarfile.open(self._objects.folder / OUTPUT, "w:gz", compresslevel=1) as archive:
            archive.add(output, "output")

    async def state(self, job_id: str) -> JobState:  # noqa: ARG002 - only one
        """Every job has ended."""
        return JobState(JobStatus.COMPLETED, OUTPUT)


class DiskS3:
    """As much of an S3 client as reading an output takes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: ARG002, N803 - AWS's names
        """Open a file."""
        return {"Body": _body((self._folder / Key).open("rb"))}


@asynccontextmanager
async def _body(file: io.BufferedReader) -> AsyncIterator["_Chunks"]:
    with file:
        yield _Chunks(file)


class _Chunks:
    def __init__(self, file: io.BufferedReader) -> None:
        self._file = file

    async def iter_chunks(self, size: int) -> AsyncIterator[bytes]:
        while chunk := self._file.read(size):
            yield chunk


def catalogue() -> list[Product]:
    """The products of the made-up shop."""
    return [
        Product.model_validate(
            {
                "product_id": f"P{number}",
                "name": f"Product {number}",
                "category": ("Home", f"Category {number % CATEGORIES}"),
                "price": 1,
                "currency": "INR",
            }
        )
        for number in range(PRODUCTS)
    ]


def _customers(part: int) -> list[Customer]:
    chance = random.Random(part)  # noqa: S311 - test data
    return [_customer(chance, f"{part}-{number}") for number in range(PART_REVIEWS)]


def _customer(chance: random.Random, name: str) -> Customer:
    text = (
        "Nice product"
        if chance.random() < REPEATED
        else " ".join(chance.choices(VOCABULARY, k=WORDS_PER_REVIEW))
    )
    review = Review(review_id=f"R{name}", product_ids=(f"P{chance.randrange(PRODUCTS)}",), text=text)
    return Customer(customer_id=f"C{name}", reviews=(review,))
