"""What starting a run needs."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from fondly.ingest.ports import Files, Ingest
from fondly.ingest.use_cases.find_delivery import FindDelivery
from fondly.ingest.use_cases.supersede import Supersede
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.stage import Stage


@dataclass(frozen=True, kw_only=True)
class SetLimits:
    """How long a set waits for further files, the size limit of a file, and where to put temporary files."""

    wait_s: float = 0.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    max_bytes: int = 4 * 1024**3
    temp_dir: Path | None = None


@dataclass(frozen=True)
class Tools:
    """The stores, the limits, and the use cases that the start of a run is made of."""

    files: Files
    ledger: Ledger
    stage: Stage
    supersede: Supersede
    ingest: Ingest
    find: FindDelivery
    limits: SetLimits = SetLimits()
