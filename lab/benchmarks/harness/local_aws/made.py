"""What services have made, and that is there at once."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness.local_aws.database import opened


class Made:
    """What a service has made, by id, in order, for every process of the run."""

    def __init__(self, folder: Path, service: str) -> None:
        self._db = opened(folder / "made.db")
        self._service = service
        self._db.execute("CREATE TABLE IF NOT EXISTS made (service TEXT, id TEXT, body TEXT, at TEXT)")

    def all(self) -> dict[str, dict[str, Any]]:
        """Return all of it."""
        rows = self._db.execute(
            "SELECT id, body, at FROM made WHERE service = ? ORDER BY rowid", (self._service,)
        )
        return {found: json.loads(body) | _times(datetime.fromisoformat(at)) for found, body, at in rows}

    def __setitem__(self, made: str, body: Mapping[str, Any]) -> None:
        values = (self._service, made, json.dumps(body), datetime.now(UTC).isoformat())
        self._db.execute("INSERT INTO made VALUES (?, ?, ?, ?)", values)

    def remove(self, made: str) -> None:
        """Forget something, if it is there."""
        self._db.execute("DELETE FROM made WHERE service = ? AND id = ?", (self._service, made))


def _times(at: datetime) -> dict[str, datetime]:
    return {"creationDateTime": at, "lastUpdatedDateTime": at}
