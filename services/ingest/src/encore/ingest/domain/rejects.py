"""Rows and values of an upload that could not be used: one line each in `rejects.jsonl`."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

MAX_RAW_CHARS = 4096


class Reject(BaseModel):
    """A rejected row, or a rejected optional value of a row that was kept.

    `line` is the physical line on which the row starts (the header is usually line 1).
    """

    model_config = ConfigDict(frozen=True)
    kind: Literal["row", "value"]
    file: str
    line: int
    column: str | None = None
    reason: str
    raw: str


def readable(raw: bytes) -> str:
    """Return raw bytes as readable text: cut to a few KB, undecodable bytes replaced."""
    return raw[:MAX_RAW_CHARS].decode(errors="replace").rstrip("\r\n")
