"""Finds the column of each field by its name."""

import difflib
from collections.abc import Collection, Mapping, Sequence

from fondly.ingest.domain.errors import FileError, glimpse
from fondly.ingest.domain.formats.fields import FIELDS, Kind
from fondly.ingest.domain.formats.names import MAX_SHOWN_COLUMNS, Header, holds_values
from fondly.ingest.domain.formats.vocabulary import nearest_column, own_names, synonyms

MAX_COMPARED = 100
"""As many columns are compared with a missing one."""


def find_columns(
    header: Header, kind: Kind, *, taken: Collection[int], given: Collection[str]
) -> dict[str, int]:
    """Return the position of each field's column; `FileError` if two columns are equally good for one."""
    found = matching(header, kind, taken=taken, given=given)
    return {name: _only(header, name, columns) for name, columns in found.items()}


def matching(
    header: Header, kind: Kind, *, taken: Collection[int], given: Collection[str]
) -> dict[str, list[int]]:
    """Return for each field that the header has the positions of the columns that are best for it.

    Columns that are `taken` and fields that are `given` are left out. A column with a field's exact name
    comes before one with the name in another spelling, and that before a synonym.
    """
    free = [at for at in range(len(header.exact)) if at not in taken]
    found: dict[str, list[int]] = {}
    for name in FIELDS[kind]:
        ranks = (rank(header, kind, name, free) for rank in (_exact, _alike, _synonymous))
        if name not in given and (columns := next(filter(None, ranks), None)):
            found[name] = columns
    return found


def mapped_columns(header: Header, columns: Mapping[str, str], *, file: str) -> dict[str, int]:
    """Return the position of each field's column by a mapping; `FileError` if there is no such column."""
    return {field: _position(header, name, file=file) for name, field in columns.items()}


def advice(header: Header, kind: Kind, lacking: Sequence[str], free: Sequence[int]) -> str:
    """Say what was found in place of the missing columns, and how to map it."""
    if holds_values(header):
        return "the first line seems to hold values, expected the names of the columns"
    shown = list(filter(None, header.shown))
    if len(lacking) > 1 and len(shown) == 1:
        return (
            f"found only {glimpse(shown[0])!r} in the first line, expected the names of the columns between "
            "commas, semicolons, tabs or bars: remove what stands above them"
        )
    names = [glimpse(header.shown[at]) for at in free if header.shown[at]]
    near = {field: _nearest(field, kind, names[:MAX_COMPARED]) for field in lacking}
    likely = [f"{column!r} for {field}" for field, column in near.items() if column]
    parts = [f"found {_listed(names)}"]
    if likely:
        parts.append(f"nearest: {', '.join(likely)}")
    field, column = next(((each, name) for each, name in near.items() if name), (lacking[0], None))
    example = f"columns: {{{column or 'YOUR COLUMN'}: {field.split(' or ')[0]}}}"
    return "; ".join([*parts, f"rename the columns, or map them in mapping.yaml with {example}"])


def _exact(header: Header, kind: Kind, name: str, free: Sequence[int]) -> list[int]:  # noqa: ARG001 - as the others
    return [at for at in free if header.exact[at] == name]


def _alike(header: Header, kind: Kind, name: str, free: Sequence[int]) -> list[int]:
    return [at for at in free if own_names(kind).get(header.loose[at]) == name]


def _synonymous(header: Header, kind: Kind, name: str, free: Sequence[int]) -> list[int]:
    own, known = own_names(kind), synonyms(kind)
    return [at for at in free if header.loose[at] not in own and known.get(header.loose[at]) == name]


def _only(header: Header, name: str, matches: Sequence[int]) -> int:
    if len(matches) == 1:
        return matches[0]
    shown = [header.shown[at] for at in matches]
    if len(set(shown)) == 1:
        raise FileError(f"line 1: repeated columns: {glimpse(shown[0])}")
    listed = " and ".join(repr(glimpse(each)) for each in shown)
    remedy = f"rename the right one to {name}, or map it in mapping.yaml and list the others under ignore"
    raise FileError(f"line 1: found columns {listed}, expected one for {name}: {remedy}")


def _position(header: Header, name: str, *, file: str) -> int:
    found = header.find(name)
    if len(found) == 1:
        return found[0]
    if found:
        raise FileError(f"line 1: repeated columns: {glimpse(name)}, which mapping.yaml names for {file}")
    near = next(iter(_near_names(name, header)), None)
    hint = f"; the nearest is {near!r}" if near else ""
    raise FileError(f"line 1: found no column {glimpse(name)!r}, which mapping.yaml names for {file}{hint}")


def _near_names(name: str, header: Header) -> list[str]:

    return [] if holds_values(header) else difflib.get_close_matches(name, header.shown[:MAX_COMPARED], n=1)


def _nearest(field: str, kind: Kind, names: Sequence[str]) -> str | None:
    found = (nearest_column(each, kind, names) for each in field.split(" or "))
    return next((name for name in found if name), None)


def _listed(names: Sequence[str]) -> str:
    shown = [repr(name) for name in names[:MAX_SHOWN_COLUMNS]]
    more = len(names) - len(shown)
    return (", ".join(shown) or "no other column") + (f" and {more} more" if more else "")
