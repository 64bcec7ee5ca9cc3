"""Fetches a finished run's results from the stack into a folder for a person to open."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import quote

from botocore.exceptions import ClientError

from encore.contracts import object_keys
from encore.contracts.records import Recommendation
from encore.runtime.batches import batches
from encore.stack.gallery import GalleryEmail, write_gallery
from encore.stack.gallery.evidence import evidence
from encore.stack.observer import Observer

PARALLEL_FETCHES = 32


async def collect(observer: Observer, run_id: str, parts: int, out: Path, summary: Mapping[str, Any]) -> None:
    """Write `emails/<customer id>.eml`, `rejects.jsonl`, `index.html` and `summary.json` into `out`."""
    (out / "emails").mkdir(parents=True, exist_ok=True)
    (out / "rejects.jsonl").write_bytes(await _get_or_empty(observer, object_keys.rejects(run_id)))
    emails = [email async for email in _emails(observer, run_id, parts, out / "emails")]
    write_gallery(out, summary, emails)
    (out / "summary.json").write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n")


async def _emails(observer: Observer, run_id: str, parts: int, folder: Path) -> AsyncIterator[GalleryEmail]:
    """Write each customer's message to `folder` and yield its entry in the gallery, part by part."""
    records = await observer.email_records(run_id)
    for part in range(1, parts + 1):
        picks = await observer.objects.get_lines(object_keys.recommendations(run_id, part), Recommendation)
        finished = [pick for pick in picks if pick.customer_id in records]
        for batch in batches(finished, PARALLEL_FETCHES):
            keys = [object_keys.email(run_id, pick.customer_id) for pick in batch]
            bodies = await asyncio.gather(*(observer.objects.get(key) for key in keys))
            for pick, body in zip(batch, bodies, strict=True):
                (folder / f"{quote(pick.customer_id, safe='')}.eml").write_bytes(body)
                yield _gallery_email(pick, body, records[pick.customer_id])


def _gallery_email(pick: Recommendation, body: bytes, record: Mapping[str, Any]) -> GalleryEmail:
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
    )


def _part(message: Message, content_type: str) -> str:
    for part in message.walk():
        if part.get_content_type() == content_type:
            payload = part.get_payload(decode=True)
            return payload.decode(errors="replace") if isinstance(payload, bytes) else ""
    return ""


async def _get_or_empty(observer: Observer, key: str) -> bytes:
    """An object's content; empty if the run ended before writing it."""
    try:
        return await observer.objects.get(key)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == "NoSuchKey":
            return b""
        raise
