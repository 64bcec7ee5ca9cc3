"""Fetches a finished run's results out of the stack into a folder that a person can open."""

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
from encore.stack.watch import Watch

PARALLEL_FETCHES = 32


async def collect(watch: Watch, run_id: str, parts: int, out: Path, summary: Mapping[str, Any]) -> None:
    """Write `emails/<customer id>.eml`, `rejects.jsonl`, `index.html` and `summary.json` into `out`."""
    (out / "emails").mkdir(parents=True, exist_ok=True)
    (out / "rejects.jsonl").write_bytes(await _or_nothing(watch, object_keys.rejects(run_id)))
    emails = [email async for email in _emails(watch, run_id, parts, out / "emails")]
    write_gallery(out, summary, emails)
    (out / "summary.json").write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n")


async def _emails(watch: Watch, run_id: str, parts: int, folder: Path) -> AsyncIterator[GalleryEmail]:
    """Store each customer's message and yield what the gallery shows of it, part by part."""
    records = await watch.email_records(run_id)
    for part in range(1, parts + 1):
        picks = await watch.objects.get_lines(object_keys.recommendations(run_id, part), Recommendation)
        finished = [pick for pick in picks if pick.customer_id in records]
        for batch in batches(finished, PARALLEL_FETCHES):
            keys = [object_keys.email(run_id, pick.customer_id) for pick in batch]
            bodies = await asyncio.gather(*(watch.objects.get(key) for key in keys))
            for pick, body in zip(batch, bodies, strict=True):
                (folder / f"{quote(pick.customer_id, safe='')}.eml").write_bytes(body)
                yield _shown(pick, body, records[pick.customer_id])


def _shown(pick: Recommendation, body: bytes, record: Mapping[str, Any]) -> GalleryEmail:
    message = message_from_bytes(body)
    return GalleryEmail(
        customer_id=pick.customer_id,
        name=pick.name or "",
        subject=record["subject"],
        preheader=record["preheader"],
        products=tuple(picked.product.name for picked in pick.picks),
        fallback=record["copy_source"] != "ai",
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


async def _or_nothing(watch: Watch, key: str) -> bytes:
    """An object's content; nothing when the run did not come so far as to write it."""
    try:
        return await watch.objects.get(key)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == "NoSuchKey":
            return b""
        raise
