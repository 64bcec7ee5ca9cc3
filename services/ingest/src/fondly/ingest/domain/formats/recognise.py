"""Recognises the format of a file by its header."""

import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice

from fondly.ingest.domain.errors import FileError, glimpse
from fondly.ingest.domain.file_names import base_name, kind_of_name
from fondly.ingest.domain.formats.export import BESIDE, EXPORTS, Export
from fondly.ingest.domain.formats.fields import FIELDS, KAGGLE, Kind, missing
from fondly.ingest.domain.formats.layout import Draft, Layout, UnrecognisedError
from fondly.ingest.domain.formats.mapping import FileMapping
from fondly.ingest.domain.formats.senses import FLAGS, field_told_by
from fondly.ingest.domain.formats.vocabulary import (
    MAX_COMPARED,
    MAX_SHOWN_COLUMNS,
    Header,
    holds_values,
    likest_column,
    own_names,
    read_names,
    synonyms,
)


class SeveralColumnsError(FileError):
    """Several `columns` may be a `field`, and nothing tells which is."""

    def __init__(self, message: str, field: str, columns: Sequence[str]) -> None:
        super().__init__(message)
        self.field = field
        self.columns = columns


def matching(
    header: Header, kind: Kind, *, taken: Collection[int], given: Collection[str]
) -> dict[str, list[int]]:
    """Return for each field neither given nor taken its columns: by name, alike, synonyms, then words."""
    free = [at for at in range(len(header.exact)) if at not in taken]
    found: dict[str, list[int]] = {}
    for name in FIELDS[kind]:
        if name not in given and (columns := next(filter(None, _ranks(header, kind, name, free)), None)):
            found[name] = columns
    return found


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
    near = {field: _nearest(field, kind, names) for field in lacking}
    likely = [f"{column!r} for {field}" for field, column in near.items() if column]
    parts = [f"found {_listed(names)}"]
    if likely:
        parts.append(f"nearest: {', '.join(likely)}")
    field, column = next(((each, name) for each, name in near.items() if name), (lacking[0], None))
    example = f"columns: {{{column or 'YOUR COLUMN'}: {field.split(' or ')[0]}}}"
    return "; ".join([*parts, f"rename the columns, or map them in mapping.yaml with {example}"])


def _ranks(header: Header, kind: Kind, name: str, free: Sequence[int]) -> Iterator[list[int]]:
    """Yield a field's columns, the surest first; by words only the first that tells what an order became."""
    own, known = own_names(kind), synonyms(kind)
    yield [at for at in free if header.exact[at] == name]
    yield [at for at in free if own.get(header.loose[at]) == name]
    yield [at for at in free if header.loose[at] not in own and known.get(header.loose[at]) == name]
    if kind is Kind.ORDERS:
        others = (at for at in free if header.loose[at] not in {*own, *known})
        yield list(islice((at for at in others if field_told_by(header.shown[at]) == name), 1))


def _only(header: Header, name: str, matches: Sequence[int]) -> int:
    """Return the only column for a field; `FileError` if several are equally good, but those of flags."""
    if len(matches) == 1:
        return matches[0]
    shown = [header.shown[at] for at in matches]
    if len(set(shown)) == 1:
        raise FileError(f"line 1: repeated columns: {glimpse(shown[0])}")
    if name in FLAGS:
        return matches[0]
    listed = " and ".join(repr(glimpse(each)) for each in shown)
    remedy = f"rename the right one to {name}, or map it in mapping.yaml and list the others under ignore"
    raise SeveralColumnsError(
        f"line 1: found columns {listed}, expected one for {name}: {remedy}", name, shown
    )


def _position(header: Header, name: str, *, file: str) -> int:
    """Return the position of a column of a mapping; `FileError` if there is no such column."""
    found = header.find(name)
    if len(found) == 1:
        return found[0]
    if found:
        raise FileError(f"line 1: repeated columns: {glimpse(name)}, which mapping.yaml names for {file}")
    names = () if holds_values(header) else header.shown[:MAX_COMPARED]
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"; the nearest is {near[0]!r}" if near else ""
    raise FileError(f"line 1: found no column {glimpse(name)!r}, which mapping.yaml names for {file}{hint}")


def _nearest(field: str, kind: Kind, names: Sequence[str]) -> str | None:
    found = (likest_column(each, kind, names) for each in field.split(" or "))
    return next((like.column for like in found if like), None)


def _listed(names: Sequence[str]) -> str:
    shown = [repr(name) for name in names[:MAX_SHOWN_COLUMNS]]
    more = len(names) - len(shown)
    return (", ".join(shown) or "no other column") + (f" and {more} more" if more else "")


ALONE = (
    "a file that is uploaded alone has products, customers and reviews in each row; `fondly upload FOLDER` "
    "makes a set of several"
)
_ORDER = (Kind.COMBINED, Kind.ORDERS, Kind.REVIEWS, Kind.PRODUCTS, Kind.CUSTOMERS)
_OPINIONS = {"review_id", "review_title", "review_content", "rating"}
"""A file without a telling name, or with the columns of orders, needs one of these to count as reviews."""

_OF_REVIEWERS = {"user_id", "review_id", "review_title", "review_content"}
"""A file without a telling name and with two of these is no file of products, even if it lacks the rest; one
with nothing but ids is none of customers."""


def recognise(
    header: Sequence[str], *, file: str, mapping: FileMapping | None = None, promised: Kind | None = None
) -> Layout:
    """Return how the rows of a file are read, by the names of its columns.

    `file` is its name, which decides between kinds where its columns fit several. A kind that is `promised`
    otherwise counts more than the name: what it lacks is named. Raises `FileError`, which names what is
    missing, what was found, and how to map it.
    """
    said = mapping or FileMapping()
    names = read_names(header)
    ignored = {at for name in said.ignore for at in names.find(name)}
    mapped = {field: _position(names, name, file=file) for name, field in said.columns.items()}
    draft = Draft(file=file, header=names, mapping=said, ignored=ignored)
    if export := _export(names, said, ignored):
        layout = draft.exported(export, {**_beside(draft, export, mapped), **mapped})
        lacking = missing(export.kind, [*layout.columns, *draft.constants])
        if lacking and export.hint:
            raise UnrecognisedError(
                f"missing columns: {', '.join(lacking)} (read as {export.name}, line 1); {export.hint}",
                layout,
            )
        if not lacking:
            return layout
    return _table(draft, mapped, promised)


def _export(names: Header, mapping: FileMapping, ignored: Collection[int]) -> Export | None:
    found = next((each for each in EXPORTS if each.matches(names.without(ignored))), None)
    return found if found and mapping.kind in {None, found.kind} else None


def _beside(draft: Draft, export: Export, mapped: Mapping[str, int]) -> dict[str, int]:
    """Return the columns of an export that are none of its program's, but have a field's name."""
    positions = export.positions(draft.header)
    taken = {*positions.values(), *mapped.values(), *draft.ignored}
    found = matching(draft.header, export.kind, taken=taken, given=export.sources(positions))
    return {name: at[0] for name, at in found.items() if name in BESIDE[export.kind] and len(at) == 1}


def _table(draft: Draft, mapped: Mapping[str, int], promised: Kind | None) -> Layout:
    """Return the layout of a file whose every row has its fields in columns of their own."""
    kind = _kind(draft, mapped, promised)
    columns = _matching(draft, kind, mapped)
    found = {name: _only(draft.header, name, each) for name, each in columns.items()} | dict(mapped)
    layout = draft.table(_format(draft, kind), kind, found)
    lacking = missing(kind, [*found, *draft.constants])
    if lacking:
        taken = {*found.values(), *draft.ignored}
        free = [at for at in range(len(draft.header.shown)) if at not in taken]
        help_ = advice(draft.header, kind, lacking, free)
        alone = f"; {ALONE}" if promised is Kind.COMBINED else ""
        raise UnrecognisedError(
            f"missing columns: {', '.join(lacking)} (read as {kind}, line 1); {help_}{alone}", layout
        )
    return layout


def _kind(draft: Draft, mapped: Mapping[str, int], promised: Kind | None) -> Kind:
    """Return the kind that is mapped, or that the columns fit best; the name decides between several."""
    if draft.mapping.kind:
        return draft.mapping.kind
    named = promised or kind_of_name(base_name(draft.file))
    found = {kind: {*_matching(draft, kind, mapped), *mapped, *draft.constants} for kind in _ORDER}
    if promised and missing(promised, found[promised]):
        return promised
    fitting = _fitting(found, named)
    if named and (named in fitting or not fitting):
        return named
    return fitting[0] if fitting else max(_ORDER, key=lambda kind: _completeness(kind, found[kind]))


def _fitting(found: Mapping[Kind, set[str]], named: Kind | None) -> list[Kind]:
    """Return the kinds of which a file has all that is required."""
    unfit = {kind for kind in _ORDER if missing(kind, found[kind])}
    is_ordered = Kind.ORDERS not in unfit
    if (named is not Kind.REVIEWS or is_ordered) and _OPINIONS.isdisjoint(found[Kind.REVIEWS]):
        unfit.add(Kind.REVIEWS)
    if named is not Kind.PRODUCTS and len(_OF_REVIEWERS & found[Kind.COMBINED]) > 1:
        unfit.add(Kind.PRODUCTS)
    if named is not Kind.CUSTOMERS and found[Kind.CUSTOMERS] <= {"user_id"}:
        unfit.add(Kind.CUSTOMERS)
    return [kind for kind in _ORDER if kind not in unfit]


def _completeness(kind: Kind, found: set[str]) -> tuple[int, int]:
    return len(found), -len(missing(kind, found)) if found else 0


def _matching(draft: Draft, kind: Kind, mapped: Mapping[str, int]) -> dict[str, list[int]]:
    taken, given = {*mapped.values(), *draft.ignored}, {*mapped, *draft.constants}
    return matching(draft.header, kind, taken=taken, given=given)


def _format(draft: Draft, kind: Kind) -> str:
    if draft.mapping.columns:
        return "mapping.yaml"
    is_kaggle = kind is Kind.COMBINED and set(KAGGLE) <= set(draft.header.exact)
    return "Kaggle Amazon Sales" if is_kaggle else f"Fondly {kind}"
