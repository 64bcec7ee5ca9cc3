"""Fetches a finished run's results from the stack into a folder for a person to open."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from encore.contracts import object_keys
from encore.contracts.records import Recommendation
from encore.runtime.batches import batches
from encore.stack.gallery import GalleryEmail, GalleryPrompt, write_gallery
from encore.stack.gallery.entries import gallery_email
from encore.stack.gallery.prompts import gallery_prompt
from encore.stack.observer import Observer
from encore.stack.opinions import RunOpinions

PARALLEL_FETCHES = 32

Records = Mapping[str, Mapping[str, Any]]


async def collect(observer: Observer, run_id: str, parts: int, out: Path, summary: Mapping[str, Any]) -> None:
    """Write `emails/<customer id>.eml`, `rejects.jsonl`, `index.html` and `summary.json` into `out`."""
    (out / "emails").mkdir(parents=True, exist_ok=True)
    (out / "rejects.jsonl").write_bytes(await observer.objects.find(object_keys.rejects(run_id)) or b"")
    opinions = await RunOpinions.of(observer.objects, run_id)
    records = await observer.email_records(run_id)
    emails = [email async for email in _emails(observer, opinions, records, parts, out / "emails")]
    prompts = await _prompts(observer, run_id, records)
    write_gallery(out, summary, emails, await opinions.categories(), prompts)
    (out / "summary.json").write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n")


async def _emails(
    observer: Observer, opinions: RunOpinions, records: Records, parts: int, folder: Path
) -> AsyncIterator[GalleryEmail]:
    """Write each customer's message to `folder` and yield its entry in the gallery, part by part."""
    run_id = opinions.run_id
    for part in range(1, parts + 1):
        key = object_keys.recommendations(run_id, part)
        picks = await observer.objects.find_lines(key, Recommendation)
        reviews = await opinions.reviews(part)
        finished = [pick for pick in picks if pick.customer_id in records]
        for batch in batches(finished, PARALLEL_FETCHES):
            keys = [object_keys.email(run_id, pick.customer_id) for pick in batch]
            bodies = await asyncio.gather(*(observer.objects.get(key) for key in keys))
            for pick, body in zip(batch, bodies, strict=True):
                customer = pick.customer_id
                (folder / f"{quote(customer, safe='')}.eml").write_bytes(body)
                yield gallery_email(pick, body, records[customer], reviews.get(customer, ()))


async def _prompts(observer: Observer, run_id: str, records: Records) -> list[GalleryPrompt]:
    """The prompts that the emails' records name, each once; those of which nothing is stored are left out."""
    known = dict.fromkeys(record["prompt_key"] for record in records.values() if record.get("prompt_key"))
    found: list[GalleryPrompt] = []
    for batch in batches(list(known), PARALLEL_FETCHES):
        keys = [object_keys.copy(run_id, prompt_key) for prompt_key in batch]
        stored = await asyncio.gather(*(observer.objects.find(key) for key in keys))
        found.extend(gallery_prompt(each) for each in stored if each)
    return found
