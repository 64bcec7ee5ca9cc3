"""One request and its response, as they were on the wire, and files of them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from understudy.conform.world import Target

Json = Any
"""Any JSON value; text where a body is not JSON, None where there is none."""

_POLLS = ("Describe", "Get", "Delete")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request and its response: only the headers that say what both are."""

    service: str
    operation: str
    method: str
    path: str
    target: str | None
    """The header that names the operation of a JSON protocol."""
    content_type: str
    request: Json
    status: int
    error_type: str | None
    response_type: str | None
    response: Json

    @property
    def repeats(self) -> bool:
        """Whether a client asks until the answer is what it waits for."""
        return self.operation.startswith(_POLLS)

    def asks_the_same(self, other: Exchange) -> bool:
        """Return whether both have the same request."""
        return self._question() == other._question()

    def _question(self) -> tuple[Json, ...]:
        return self.service, self.operation, self.path, self.request


def known_values(target: Target, prefix: str) -> dict[str, str]:
    """Return what differs from one account and one run to the next, by the name that stands for it."""
    known = {
        "prefix": prefix,
        "role": target.role_arn,
        "bucket": target.bucket,
        "model": target.model_id,
        "account": target.account_id,
        "region": target.region,
    }
    return {name: value for name, value in known.items() if value}


def write_exchanges(path: Path, exchanges: Iterable[Exchange]) -> None:
    """Write a recording: one exchange a line."""
    lines = (json.dumps(asdict(each), ensure_ascii=False) for each in exchanges)
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def read_exchanges(path: Path) -> Sequence[Exchange]:
    """Return the exchanges of a recording; raise ValueError or TypeError for a file that is none."""
    return [Exchange(**json.loads(line)) for line in path.read_text("utf-8").splitlines()]


def parsed(body: bytes) -> Json:
    """Return a body as JSON if it is JSON, or else as text; None if it is empty."""
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")
