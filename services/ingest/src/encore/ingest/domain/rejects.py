"""What of an upload could not be used, one line each in `rejects.jsonl`."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

MAX_RAW_CHARS = 4096


class Reject(BaseModel):
    """A bad row, or a bad optional value of a row that was kept without it.

    `line` is the physical line on which the row starts (the header of most files is line 1).
    """

    model_config = ConfigDict(frozen=True)
    kind: Literal["row", "value"]
    file: str
    line: int
    column: str | None = None
    reason: str
    raw: str


def readable(raw: bytes) -> str:
    """Return raw bytes as text to look at: cut to a few KB, undecodable bytes replaced."""
    return raw[:MAX_RAW_CHARS].decode(errors="replace").rstrip("\r\n")
