"""Which of several files of one kind count: the newest, or the pieces of the newest table."""

from collections.abc import Iterable, Mapping, Sequence

from fondly.ingest.domain.file_sets import JOINS_WITHIN, Found, SetFile
from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.domain.pieces import piece_of, pieces_beside
from fondly.ingest.domain.uploads import SET_KINDS

_READING_ORDER = (Kind.COMBINED, *SET_KINDS)


def newest(files: Iterable[SetFile], last: Sequence[SetFile] = ()) -> Found:
    """Return the newest file of each kind, in reading order, or the pieces of the newest table.

    `last` are those of the folder's last run: its files of other days are no pieces of today's.
    """
    by_kind: dict[Kind, dict[str, SetFile]] = {}
    for file in sorted(files, key=lambda file: (file.stored.recency, file.stored.key)):
        by_kind.setdefault(file.kind, {})[file.stored.key] = file
    found = {kind: _newest_table(list(some), some, last) for kind, some in by_kind.items()}
    return {kind: found[kind] for kind in sorted(found, key=_READING_ORDER.index)}


def _newest_table(
    keys: Sequence[str], files: Mapping[str, SetFile], last: Sequence[SetFile]
) -> tuple[SetFile, ...]:
    """Return the newest of the files, which come in order, and the pieces of the same table.

    `orders_export_6.csv` of yesterday, which alone was the last run's orders, is no piece of today's
    `orders_export_7.csv`, unless that comes so soon that it may belong to it.
    """
    pieces = [files[key] for key in pieces_beside(keys[-1], keys)]
    alone = [file for file in last if file.kind is pieces[0].kind]
    piece = piece_of(keys[-1])
    if piece is None or piece.sure or len(alone) != 1 or alone[0] not in pieces:
        return tuple(pieces)
    newest_one = files[keys[-1]]
    before = max(file.stored.modified for file in last)
    joins = newest_one.stored.modified - before <= JOINS_WITHIN
    return tuple(pieces) if joins or newest_one == alone[0] else (newest_one,)
