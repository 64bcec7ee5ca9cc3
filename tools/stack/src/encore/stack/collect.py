"""Fetches a finished run's results from the stack into a folder for a person to open."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import quote

from encore.contracts import object_keys
from encore.contracts.records import Recommendation
from encore.runtime.batches import batches
from encore.stack.gallery import GalleryEmail, GalleryReview, write_gallery
from encore.stack.gallery.evidence import evidence
from encore.stack.observer import Observer
from encore.stack.opinions import RunOpinions

PARALLEL_FETCHES = 32


async def collect(observer: Observer, run_id: str, parts: int, out: Path, summary: Mapping[str, Any]) -> None:
    """Write `emails/<customer id>.eml`, `rejects.jsonl`, `index.html` and `summary.json` into `out`."""
    (out / "emails").mkdir(parents=True, exist_ok=True)
    (out / "rejects.jsonl").write_bytes(await observer.objects.find(object_keys.rejects(run_id)) or b"")
    opinions = await RunOpinions.of(observer.objects, run_id)
    emails = [email async for email in _emails(observer, opinions, parts, out / "emails")]
    write_gallery(out, summary, emails, await opinions.categories())
    (out / "summary.json").write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n")


async def _emails(
    observer: Observer, opinions: RunOpinions, parts: int, folder: Path
) -> AsyncIterator[GalleryEmail]:
    """Write each customer's message to `folder` and yield its entry in the gallery, part by part."""
    run_id = opinions.run_id
    records = await observer.email_records(run_id)
    for part in range(1, parts + 1):
        key = object_keys.recommendations(run_id, part)
        picks = await observer.objects.find_lines(key, Recommendation)
        reviews = await opinions.reviews(part)
        finished = [pick for pick in picks if pick.customer_id in records]
        for batch in batches(finished, PARALLEL_FETCHES):
            keys = [object_keys.email(run_id, pick.customer_id) for pick in batch]
            bodies = await asyncio.gather(*(observer.objects.get(key) for key in keys))
            for pick, body in zip(batch, bodies, strict=True):
                (folder / f"{quote(pick.customer_id, safe='')}.eml").write_bytes(body)
                yield _gallery_email(pick, body, records[pick.customer_id], reviews.get(pick.customer_id, ()))


def _gallery_email(
    pick: Recommendation, body: bytes, record: Mapping[str, Any], reviews: tuple[GalleryReview, ...]
) -> GalleryEmail:
    message = message_from_bytes(body)
    return GalleryEmail(
        customer_id=pick.customer_id,
        name=pick.name or "",
        subject=record["subject"],
        preheader=record["preheader"],
        products=tuple(picked.product.name for picked in pick.picks),
        reasons=tuple(evidence(picked.reason) for picked in pick.picks),
        template_copy=record["copy_source"] != "ai",
        html=_part(message, "text/html"),
        text=_part(message, "text/plain"),
        source=body.decode("ascii", errors="replace"),
        reviews=reviews,
    )


def _part(message: Message, content_type: str) -> str:
    for part in message.walk():
        if part.get_content_type() == content_type:
            payload = part.get_payload(decode=True)
            return payload.decode(errors="replace") if isinstance(payload, bytes) else ""
    return ""
