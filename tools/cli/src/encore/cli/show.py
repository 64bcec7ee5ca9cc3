"""How things are shown: untrusted text made harmless, ages and figures short, JSON for machines."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table
from rich.text import Text

UNKNOWN = "\N{EN DASH}"
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3_600, 86_400


def plain(text: str) -> str:
    r"""Return text that cannot steer a terminal: what is not printable stands as its escape, `\x1b`.

    Reasons, keys and bodies hold what strangers wrote. Direction marks and line ends are escaped as well,
    so that one value stays one line and reads in its own order.
    """
    return "".join(each if each.isprintable() else _escaped(each) for each in text)


def cell(value: object, style: str = "") -> Text:
    """A table's cell: plain text without markup, a dash for None."""
    return Text(UNKNOWN if value is None else plain(str(value)), style)


def age(seconds: float | None) -> str:
    """Write an age in its two largest units: `12 s`, `5 min`, `3 h 20 min`, `4 d 2 h`."""
    if seconds is None:
        return UNKNOWN
    whole = max(0, round(seconds))
    if whole < _MINUTE_S:
        return f"{whole} s"
    if whole < _HOUR_S:
        return f"{whole // _MINUTE_S} min"
    if whole < _DAY_S:
        return _pair(whole // _HOUR_S, "h", whole % _HOUR_S // _MINUTE_S, "min")
    return _pair(whole // _DAY_S, "d", whole % _DAY_S // _HOUR_S, "h")


def since(moment: datetime) -> float:
    """Seconds from a moment to now."""
    return (datetime.now(UTC) - moment).total_seconds()


def table(*columns: str, right: Sequence[str] = (), fold: str = "") -> Table:
    """A table without frames; the column `fold` takes the room that is left and breaks its lines."""
    made = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for name in columns:
        made.add_column(
            name,
            justify="right" if name in right else "left",
            overflow="fold",
            no_wrap=name != fold,
        )
    return made


def as_json(value: BaseModel | Sequence[BaseModel], *, lines: bool = False) -> None:
    """Write a model, or a list of them, to standard output; `lines` for one of many, a line each.

    Escaped to ASCII, so that nothing in it can steer a terminal.
    """
    dumped = _dumped(value) if isinstance(value, BaseModel) else [_dumped(each) for each in value]
    sys.stdout.write(json.dumps(dumped, indent=None if lines else 2) + "\n")
    sys.stdout.flush()


def out() -> Console:
    """The console of a command's answer."""
    return Console(highlight=False, emoji=False)


def say(text: str) -> None:
    """Tell a person something beside the answer, on standard error."""
    sys.stderr.write(plain(text) + "\n")
    sys.stderr.flush()


def _dumped(model: BaseModel) -> object:
    return model.model_dump(mode="json")


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _pair(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large} {large_unit} {small} {small_unit}" if small else f"{large} {large_unit}"
