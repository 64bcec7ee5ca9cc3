"""Pieces of one table: `reviews-0001.csv.gz`, `reviews-0002.csv.gz` and so on, each with a header of its own.

A name that ends in a number may be that of a piece, or of one of several exports. It is a piece's for sure
where the number has leading zeros, follows the word `part`, or is one of a total (`00001-of-00003`). Any
other number makes pieces only of files that are there together from 1 (or 0) on, such as Shopify's
`orders_export_1.csv` and `orders_export_2.csv`.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from fondly.ingest.domain.file_names import base_name, date_spans, without_endings

_PIECE = re.compile(
    r"(?P<table>.*?[^\W_].*?)(?P<mark>[-_. ]+(?:part|piece|teil)[-_. ]*|[-_. ]+)"
    r"(?P<number>\d{1,6})(?:[-_. ]*(?:of|von)[-_. ]*(?P<total>\d{1,6}))?",
    re.IGNORECASE,
)
_TIME_DIGITS = 4
_FIRST = (0, 1)


class Piece(NamedTuple):
    """What a name says: of which table this is a piece, its number, and of how many if that is said.

    One that is not `sure` may as well be whole; one `like_a_time` follows a date, as 0915 would.
    """

    table: str
    number: int
    total: int | None = None
    sure: bool = True
    like_a_time: bool = False


def piece_of(key: str) -> Piece | None:
    """Return which piece a file is by its name; None for a name without a number at its end.

    `customers-2026-11-24.csv` ends in a date, and `products (1).csv` is a browser's second download.
    """
    stem = _stem(base_name(key))
    found = _PIECE.fullmatch(stem)
    if found is None:
        return None
    digits, start, end = found["number"], found.start("number"), found.end("number")
    like_a_time = False
    for begin, of_date, until in date_spans(stem):
        if begin < end and start < of_date:
            return None
        if start < until:
            if len(digits) != _TIME_DIGITS:
                return None
            like_a_time = True
    is_marked = found["mark"].strip("-_. ") != "" or found["total"] is not None
    sure = is_marked or (len(digits) > 1 and digits.startswith("0") and not like_a_time)
    total = None if found["total"] is None else int(found["total"])
    return Piece(found["table"].rstrip("-_. ").casefold(), int(digits), total, sure, like_a_time)


def pieces_beside(key: str, others: Iterable[str]) -> list[str]:
    """Return the keys of the table that a file is a piece of, in order; only itself if it is of none."""
    piece = piece_of(key)
    if piece is None:
        return [key]
    found: dict[int, str] = {}
    for other in [*others, key]:
        same = piece_of(other)
        if same and same.table == piece.table and _folder(other) == _folder(key):
            found[same.number] = other
    numbers = sorted(found)
    return [found[number] for number in numbers] if _belong_together(piece, numbers) else [key]


def missing_pieces(keys: Sequence[str]) -> list[str]:
    """Return the names of the pieces missing before, between and, if a total is said, behind these."""
    pieces = [piece for key in keys if (piece := piece_of(key))]
    if not pieces or (len(pieces) == 1 and not pieces[0].sure):
        return []
    numbers = {piece.number for piece in pieces}
    total = max((piece.total or 0 for piece in pieces), default=0)
    first = 0 if 0 in numbers else 1
    last = max(*numbers, total - 1 + first)
    return [
        _numbered(base_name(keys[0]), number) for number in range(first, last + 1) if number not in numbers
    ]


def tables(keys: Sequence[str]) -> list[list[int]]:
    """Return the positions of files by table: the pieces of one together, in order, where its first is."""
    found: list[list[int]] = []
    placed: set[int] = set()
    at = {key: position for position, key in enumerate(keys)}
    for position, key in enumerate(keys):
        if position not in placed:
            found.append([at[each] for each in pieces_beside(key, keys) if at[each] not in placed])
            placed.update(found[-1])
    return found


def _belong_together(piece: Piece, numbers: Sequence[int]) -> bool:
    """Whether files with these numbers are pieces, where the names of single ones do not tell."""
    if piece.sure:
        return True
    are_several = len(numbers) > 1 and numbers[0] in _FIRST
    return are_several and not (piece.like_a_time and numbers[-1] - numbers[0] >= len(numbers))


def _numbered(name: str, number: int) -> str:
    """Return the name of another piece."""
    stem = _stem(name)
    found = _PIECE.fullmatch(stem)
    if found is None:
        return name
    start, end = found.span("number")
    return f"{stem[:start]}{number:0{end - start}}{stem[end:]}{name[len(stem) :]}"


def _stem(name: str) -> str:
    return name[: len(without_endings(name.lower()))]


def _folder(key: str) -> str:
    return key.rpartition("/")[0]
