"""Fetches a run's results from the stack into a folder for a person to open, part by part."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fondly.contracts import object_keys
from fondly.contracts.delivery import Dispatch
from fondly.contracts.records import EmailRecord, Recommendation
from fondly.operations.emails.catalogue import shown_prompts
from fondly.operations.emails.reviews import RunReviews
from fondly.operations.emails.showing import file_of, shown_delivery, shown_email
from fondly.operations.emails.shown import ShownDelivery
from fondly.operations.formatting import count
from fondly.runtime.batches import batches
from fondly.stack.delivered import Arrived, DeliveryTally, nothing_arrived
from fondly.stack.gallery import GalleryWriter
from fondly.stack.observer import Observer
from fondly.stack.pictures.inline import with_pictures

PARALLEL_FETCHES = 32
EXAMPLES = 3


class Missing:
    """Counts what is missing by kind, with the first few keys of each."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._keys: dict[str, list[str]] = {}

    def note(self, what: str, keys: Sequence[str]) -> None:
        """Note the keys of objects of one kind; `what` names the kind in the plural."""
        if keys:
            self._counts[what] += len(keys)
            self._keys[what] = [*self._keys.get(what, ()), *keys][:EXAMPLES]

    def lines(self) -> list[str]:
        """Return a line for each kind, with the first few keys: `prompts (12): runs/…/a.json, …`."""
        return [
            f"{what} ({count(number)}): {', '.join(self._keys[what])}{', …' if number > EXAMPLES else ''}"
            for what, number in self._counts.items()
        ]


async def collect(
    observer: Observer,
    run_id: str,
    parts: int,
    out: Path,
    summary: Mapping[str, Any],
    *,
    arrived: Arrived = nothing_arrived,
    only: Mapping[int, Collection[str]] | None = None,
) -> dict[str, Any]:
    """Write `emails/`, `rejects.jsonl`, the gallery and `summary.json` into `out`; return the summary.

    If the summary has a delivery, that is completed by what became of each email, and what has `arrived`
    elsewhere is written into `delivered/`. An email's file is named as in the data bucket. However large the
    run, one part of it and its catalogue are in memory. What the run has not stored is left out, and
    `missing` of the summary names it. `only` limits it to some customers, by part.
    """
    delivery = DeliveryTally(out, arrived) if summary.get("delivery") else None
    async with collecting(observer, run_id, out, delivery, only=only) as collected:
        return await collected.finish(parts, summary)


@asynccontextmanager
async def collecting(
    observer: Observer,
    run_id: str,
    out: Path,
    delivery: DeliveryTally | None = None,
    *,
    only: Mapping[int, Collection[str]] | None = None,
) -> AsyncIterator["Collected"]:
    """Do the same as `collect`, as the run goes on, of which ingest is done."""
    (out / "emails").mkdir(parents=True, exist_ok=True)
    with (out / "rejects.jsonl").open("wb") as file:
        async for line in observer.objects.lines(object_keys.rejects(run_id)):
            file.write(line + b"\n")
    reviews = await RunReviews.of(observer.objects, run_id)
    with GalleryWriter(out) as gallery:
        yield Collected(observer, reviews, gallery, out, delivery, only)


@dataclass
class Collected:
    """What is fetched of a run so far."""

    observer: Observer
    reviews: RunReviews
    gallery: GalleryWriter
    out: Path
    delivery: DeliveryTally | None
    only: Mapping[int, Collection[str]] | None
    missing: Missing = field(default_factory=Missing)
    parts: int = 0
    """The first so many parts are fetched."""

    async def mailed(self, parts: Collection[int]) -> None:
        """Fetch those of these parts that come next."""
        while self.parts + 1 in parts:
            await self.part(self.parts + 1)
            self.parts += 1

    async def finish(self, parts: int, summary: Mapping[str, Any]) -> dict[str, Any]:
        """Fetch what is left of so many parts, and write the page and the summary; return that."""
        for part in range(self.parts + 1, parts + 1) if self.only is None else sorted(self.only):
            await self.part(part)
        whole = {**summary, "missing": self.missing.lines()}
        if self.delivery:
            whole["delivery"] = {**summary["delivery"], **self.delivery.summary()}
        self.gallery.finish(whole)
        (self.out / "summary.json").write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n")
        return whole

    async def part(self, part: int) -> None:
        """Write the messages of a part's customers, and add their emails to the gallery in their order."""
        picks = await self._picks(part)
        if not picks:
            return
        records = await self.observer.email_records_of(self._run_id, list(picks))
        await self._prompts(part, records.values())
        reviews = await self.reviews.of_part(part)
        finished = [(pick, records[each]) for each, pick in picks.items() if each in records]
        dispatches = await self._dispatches(list(records))
        for batch in batches(finished, PARALLEL_FETCHES):
            messages = await self._fetch([record.key for _, record in batch], "emails")
            for (pick, record), message in zip(batch, messages, strict=True):
                if message is not None:
                    (self.out / "emails" / file_of(record)).write_bytes(with_pictures(message))
                    own = reviews.get(pick.customer_id, ())
                    delivery = self._delivered(record, message, dispatches.get(pick.customer_id))
                    self.gallery.add(shown_email(pick, message, record, own, delivery))

    async def _dispatches(self, customer_ids: Sequence[str]) -> dict[str, Dispatch]:
        return await self.observer.dispatches_of(self._run_id, customer_ids) if self.delivery else {}

    def _delivered(
        self, record: EmailRecord, message: bytes, dispatch: Dispatch | None
    ) -> ShownDelivery | None:
        if self.delivery is None:
            return None
        arrived = self.delivery.add(file_of(record), message, dispatch)
        return shown_delivery(dispatch, arrived=arrived) if dispatch else None

    async def _picks(self, part: int) -> dict[str, Recommendation]:
        """A part's recommendations by customer id."""
        key = object_keys.recommendations(self._run_id, part)
        (stored,) = await self._fetch([key], "recommendations of parts")
        lines = (stored or b"").splitlines()
        picks = map(Recommendation.model_validate_json, lines)
        wanted = None if self.only is None else self.only[part]
        return {pick.customer_id: pick for pick in picks if wanted is None or pick.customer_id in wanted}

    async def _prompts(self, part: int, records: Collection[EmailRecord]) -> None:
        """Add the prompts of a part, unless an earlier part had them, and note those that are missing."""
        folder = object_keys.copies(self._run_id, part)
        async for prompt in shown_prompts(self.observer.objects, self._run_id, part):
            self.gallery.add_prompt(prompt)
        missing = self.gallery.unknown_prompts(key for record in records for key in record.prompt_keys)
        self.missing.note("prompts", [f"{folder} {each}" for each in missing])

    async def _fetch(self, keys: Sequence[str], what: str) -> list[bytes | None]:
        """Fetch objects at once; those that do not exist are None, and noted."""
        found = await asyncio.gather(*(self.observer.objects.find(key) for key in keys))
        self.missing.note(what, [key for key, body in zip(keys, found, strict=True) if body is None])
        return found

    @property
    def _run_id(self) -> str:
        return self.reviews.run_id
