"""Serves ministack's application on loopback: `python -m encore.stack.emulator`.

Its own command listens on every interface.
"""

import gc
import os
from collections.abc import Mapping
from typing import Any

import uvicorn
from ministack.services import dynamodb

GARBAGE_AFTER = 10_000
"""New objects until Python looks for cycles of garbage: at the default, 700, a tenth of the CPU time."""


def main() -> None:
    """Serve on ministack's own setting `GATEWAY_PORT`, until SIGTERM or SIGINT."""
    gc.set_threshold(GARBAGE_AFTER)
    dynamodb._update_counts = _leave_counts  # noqa: SLF001 - there is no setting for it
    uvicorn.run(
        "ministack.app:app",
        host="127.0.0.1",
        port=int(os.environ["GATEWAY_PORT"]),
        log_level="warning",
        access_log=False,
        proxy_headers=False,
    )


def _leave_counts(_table: Mapping[str, Any]) -> None:
    """Leave what `DescribeTable` says of a table's items, which DynamoDB renews every six hours or so.

    ministack would go through all of a table's keys for each write.
    """


if __name__ == "__main__":
    main()
