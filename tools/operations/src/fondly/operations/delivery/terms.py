"""The terms of an approval, as a person writes them: who gets a sample, from when on, how fast."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fondly.contracts.clock import utc_now
from fondly.operations.delivery.given import address_given
from fondly.operations.delivery.views import DeliveryView
from fondly.operations.errors import OperationError
from fondly.runtime.runs.delivery import Act, DeliveryStatus

LATEST = timedelta(days=90)
EXPECTED = "expected 09:00, `2026-11-30 09:00`, or either with a zone: `09:00 Europe/Berlin`, `…T09:00+01:00`"
_PARTS = re.compile(
    r"(?:(?P<day>\d{4}-\d\d-\d\d)[T ])?(?P<clock>\d\d?:\d\d(?::\d\d)?)"
    r"(?P<offset>Z|[+-]\d\d:\d\d)?(?: (?P<zone>[A-Za-z][\w+/-]*))?"
)


@dataclass(frozen=True)
class Terms:
    """What somebody approves: all of a run, or a sample of it; from when on, and how fast."""

    sample: int = 0
    seeds: tuple[str, ...] = ()
    starts_at: datetime | None = None
    per_hour: int | None = None

    @classmethod
    def of(
        cls,
        *,
        sample: int | None,
        seeds: str | None,
        at: str | None,
        per_hour: int | None,
        files: bool = False,
    ) -> "Terms":
        """Read what somebody gives; `seeds` may name a file of this machine's only with `files`.

        Raises `OperationError` for what it cannot be.
        """
        if seeds is not None and not sample:
            raise OperationError("--seeds is about a sample: give --sample N with it")
        return cls(
            sample=sample or 0,
            seeds=read_seeds(seeds, files=files) if seeds is not None else (),
            starts_at=start_time(at, now=utc_now()) if at is not None else None,
            per_hour=per_hour,
        )

    @property
    def act(self) -> Act:
        """The decision."""
        return Act.SAMPLE if self.sample else Act.APPROVE

    @property
    def changes(self) -> dict[str, Any]:
        """What the decision changes of the delivery besides its status."""
        sampled = {"sample": self.sample, "seeds": self.seeds} if self.sample else {}
        return {"starts_at": self.starts_at, "per_hour": self.per_hour, **sampled}


def terms_of(view: DeliveryView) -> Terms:
    """Return the terms on which a paused delivery goes on."""
    delivery = view.delivery
    is_sample = delivery.paused_from is DeliveryStatus.SAMPLE
    return Terms(
        sample=delivery.sample if is_sample else 0,
        seeds=delivery.seeds if is_sample else (),
        starts_at=delivery.starts_at,
        per_hour=delivery.per_hour,
    )


def start_time(text: str, *, now: datetime, local: tzinfo | None = None) -> datetime:
    """Return the time in UTC; raise `OperationError` for what is no time, or is past or far ahead.

    A time of day without a date is the next one. Without a zone it is by the clock of this machine (`local`).
    """
    found = _PARTS.fullmatch(" ".join(text.split()))
    if found is None or (found["offset"] and found["zone"]):
        raise OperationError(f"--at {text}: {EXPECTED}")
    try:
        zone = _zone(found["offset"], found["zone"]) or local
        clock = time.fromisoformat(found["clock"].zfill(5))
        starts = _on(found["day"], clock, zone, now)
    except ZoneInfoNotFoundError as error:
        raise OperationError(f"--at {text}: there is no time zone {found['zone']}, {EXPECTED}") from error
    except ValueError as error:
        raise OperationError(f"--at {text}: {EXPECTED}") from error
    if starts <= now:
        raise OperationError(f"--at {text} is past: it is {now:%Y-%m-%d %H:%M} UTC")
    if starts > now + LATEST:
        raise OperationError(f"--at {text} is more than {LATEST.days} days ahead")
    return starts


def _zone(offset: str | None, name: str | None) -> tzinfo | None:
    if offset:
        return datetime.fromisoformat(f"2000-01-01T00:00{offset}").tzinfo
    return (UTC if name == "UTC" else ZoneInfo(name)) if name else None


def _on(day: str | None, clock: time, zone: tzinfo | None, now: datetime) -> datetime:
    if day:
        return _at(date.fromisoformat(day), clock, zone)
    today = now.astimezone(zone).date()
    starts = _at(today, clock, zone)
    return starts if starts > now else _at(today + timedelta(days=1), clock, zone)


def _at(day: date, clock: time, zone: tzinfo | None) -> datetime:
    """The moment at which the clock of a zone, or this machine's, shows this."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


MOST_SEEDS = 50
_BETWEEN = re.compile(r"[,;\s]+")


def read_seeds(text: str, *, files: bool = False) -> tuple[str, ...]:
    """Return the addresses of a list, or with `files` of the file that it names; raise `OperationError`.

    They are parted by commas or line ends; what follows a `#` on a line of a file is a comment. A text with
    an `@` is a list, and no file's name.
    """
    listed = _lines(Path(text)) if files and "@" not in text else text
    found = tuple(dict.fromkeys(address_given(each, "--seeds") for each in _BETWEEN.split(listed) if each))
    if not found:
        raise OperationError(
            f"--seeds {text} has no address, expected a@shop.example,b@shop.example or a file"
        )
    if len(found) > MOST_SEEDS:
        raise OperationError(f"--seeds has {len(found)} addresses, expected at most {MOST_SEEDS}")
    return found


def _lines(path: Path) -> str:
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise OperationError(f"--seeds {path}: not a list of addresses, nor a text file with one") from error
    return "\n".join(line.partition("#")[0] for line in lines)
