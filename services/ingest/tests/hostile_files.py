"""Writes files that were made to exhaust whoever reads them; each is small, however much it unpacks to."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from itertools import repeat
from pathlib import Path

from arro3.core import Array, DataType, RecordBatch, Table
from arro3.io import write_parquet

MIB = 1024 * 1024
SHEET = "xl/worksheets/sheet1.xml"
SHARED = "xl/sharedStrings.xml"
_MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_DOC = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = b"http://schemas.openxmlformats.org/package/2006/"
_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml."
Body = bytes | Iterable[bytes]
DICTIONARY = {"dictionary_page_size_limit": 1024 * MIB, "compression": "zstd(1)"}


def cell(text: bytes, at: bytes = b"") -> bytes:
    """A cell that holds a text itself."""
    place = b' r="%s"' % at if at else b""
    return b'<c%s t="inlineStr"><is><t>%s</t></is></c>' % (place, text)


COLUMNS = (b"product_id", b"product_name", b"discounted_price", b"user_id", b"review_id")
HEADER = b"<row>%s</row>" % b"".join(map(cell, COLUMNS))
ROW = b"<row>%s</row>" % b"".join(map(cell, (b"P1", b"Cable", b"1", b"C1", b"R1")))


def xlsx(
    rows: Body = ROW, *, before: bytes = b"", after: bytes = b"", parts: Mapping[str, Body] | None = None,
    sheets: int = 1, shared: str = SHARED,
) -> bytes:  # fmt: skip
    """A workbook with these rows below a header; `shared` is where its shared texts are."""
    body = io.BytesIO()
    sheet = (
        b"<worksheet %s>%s<sheetData>%s" % (_MAIN, before, HEADER),
        rows,
        b"</sheetData>%s</worksheet>" % after,
    )
    all_parts: dict[str, Body] = {
        "[Content_Types].xml": _content_types(shared),
        "_rels/.rels": _relations([(b"officeDocument", b"xl/workbook.xml")]),
        "xl/workbook.xml": _book(sheets),
        "xl/_rels/workbook.xml.rels": _relations(
            [(b"worksheet", b"worksheets/sheet1.xml")] * sheets
            + [(b"sharedStrings", b"/" + shared.encode()), (b"styles", b"styles.xml")]
        ),
        "xl/styles.xml": b"<styleSheet %s/>" % _MAIN,
        shared: b"<sst %s/>" % _MAIN,
        SHEET: (piece for part in sheet for piece in ([part] if isinstance(part, bytes) else part)),
    }
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in (all_parts | dict(parts or {})).items():
            with archive.open(name, "w", force_zip64=True) as file:
                for piece in [content] if isinstance(content, bytes) else content:
                    file.write(piece)
    return body.getvalue()


def _content_types(shared: str) -> bytes:
    overrides = {"xl/workbook.xml": b"sheet.main+xml", SHEET: b"worksheet+xml", shared: b"sharedStrings+xml"}
    listed = b"".join(
        b'<Override PartName="/%s" ContentType="%s%s"/>' % (name.encode(), _TYPE, kind)
        for name, kind in overrides.items()
    )
    return b'<Types xmlns="%scontent-types">%s</Types>' % (_PACKAGE, listed)


def _relations(targets: Iterable[tuple[bytes, bytes]]) -> bytes:
    listed = b"".join(
        b'<Relationship Id="rId%d" Type="%s/%s" Target="%s"/>' % (number, _DOC, kind, target)
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return b'<Relationships xmlns="%srelationships">%s</Relationships>' % (_PACKAGE, listed)


def _book(sheets: int) -> bytes:
    listed = b"".join(
        b'<sheet name="S%d" sheetId="%d" r:id="rId%d"/>' % (number, number, number)
        for number in range(1, sheets + 1)
    )
    return b'<workbook %s xmlns:r="%s"><sheets>%s</sheets></workbook>' % (_MAIN, _DOC, listed)


def texts(count: int, text: bytes = b"x") -> Iterable[bytes]:
    """The XML of so many shared texts."""
    yield b"<sst %s>" % _MAIN
    yield from repeat(b"<si><t>%s</t></si>" % text * 1000, count // 1000)
    yield b"</sst>"


def parquet(
    path: Path, text: str | None, rows: int, *, more: Mapping[str, Array] | None = None, **how: object
) -> bytes:
    """A Parquet file of products that all have the same id, and have more columns."""
    batch_rows = min(rows, 100_000 if len(text or "") < MIB else 20)
    ids, ones = (Array([each] * batch_rows, DataType.utf8()) for each in (text, "1"))
    columns = {name.decode(): ones for name in COLUMNS} | {"product_id": ids} | dict(more or {})
    batch = RecordBatch.from_pydict(columns)  # type: ignore[arg-type] # invariant for no reason
    table = Table.from_batches([batch] * (rows // batch_rows), schema=batch.schema)
    write_parquet(table, path, **(DICTIONARY | how))  # type: ignore[arg-type]
    return path.read_bytes()


def gzipped(pieces: Iterable[bytes]) -> bytes:
    """What pieces are compressed to."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([*map(packer.compress, pieces), packer.flush()])


def lying(body: bytes, name: str, size: int) -> bytes:
    """A workbook whose directory says that a part has another size."""
    at = body.rindex(name.encode()) - 46
    return body[: at + 24] + size.to_bytes(4, "little") + body[at + 28 :]


def numbered_row(number: bytes) -> bytes:
    """A row that says which it is."""
    return b'<row r="%s">%s</row>' % (number, cell(b"P1"))


Write = Callable[[Path], bytes]
ONE = Array(["x"], DataType.utf8())
LINE = b",".join(COLUMNS) + b"\n"
_ENTITIES = b"".join(b'<!ENTITY a%d "%s">' % (number, b"&a%d;" % (number - 1) * 50) for number in range(1, 8))
_LAUGHS = b'<!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaa">%s]><worksheet>&a7;</worksheet>' % _ENTITIES
_QUADRATIC = b'<!DOCTYPE x [<!ENTITY a "%s">]><worksheet>%s</worksheet>' % (b"a" * MIB, b"&a;" * 4096)
_EXTERNAL = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'
_FAR = b"<row>%s</row>" % cell(b"x", b"ZZZ1")

XLSX: dict[str, Write] = {
    "row-of-a-far-number": lambda _: xlsx(numbered_row(b"1000000000000")),
    "row-of-a-huge-number": lambda _: xlsx(numbered_row(b"9" * 4000)),
    "row-of-a-float-number": lambda _: xlsx(numbered_row(b"1e300")),
    "row-of-a-negative-number": lambda _: xlsx(numbered_row(b"-5")),
    "cell-of-a-far-row": lambda _: xlsx(b"<row>%s</row>" % cell(b"P1", b"A1000000000000")),
    "many-empty-rows": lambda _: xlsx(repeat(b"<row/>" * 1000, 2_500)),
    "columns-ZZZ": lambda _: xlsx(repeat(_FAR, 100_000)),
    "column-beyond-ZZZ": lambda _: xlsx(b"<row>%s</row>" % cell(b"x", b"ZZZZZZ1")),
    "wide-header": lambda _: xlsx(before=b"<sheetData><row>%s</row></sheetData>" % (cell(b"x") * 400_000)),
    "long-header": lambda _: xlsx(before=b"<sheetData><row>%s</row></sheetData>" % cell(b"x" * 14 * MIB)),
    "shared-texts-among-sheets": lambda _: xlsx(
        parts={"xl/worksheets/s.xml": texts(20_000_000)}, shared="xl/worksheets/s.xml"
    ),
    "many-shared-texts": lambda _: xlsx(parts={SHARED: texts(12_000_000)}),
    "shared-texts-within-the-ratio": lambda _: xlsx(parts={SHARED: texts(900_000)}),
    "long-shared-text": lambda _: xlsx(parts={SHARED: texts(1000, b"x" * 200_000)}),
    "sheet-of-spaces": lambda _: xlsx(repeat(b" " * MIB, 1024)),
    "cell-of-500-MB": lambda _: xlsx((b"<row><c><v>", *repeat(b"1" * MIB, 500), b"</v></c></row>")),
    "cell-of-14-MB": lambda _: xlsx((b"<row>", cell(b"x" * 14 * MIB), b"</row>")),
    "cells-of-1-MB": lambda _: xlsx(repeat(b"<row>%s</row>" % cell(b"x" * 1_000_000), 14)),
    "row-of-many-cells": lambda _: xlsx((b"<row>", *repeat(cell(b"x") * 1000, 400), b"</row>")),
    "deep-sheet": lambda _: xlsx(b"<a>" * 5_000_000),
    "deep-text": lambda _: xlsx(b'<row><c t="inlineStr"><is>%s</is></c></row>' % (b"<r>" * 100_000)),
    "deep-closed-text": lambda _: xlsx(
        b'<row><c t="inlineStr"><is>%s%s</is></c></row>' % (b"<r>" * 100_000, b"</r>" * 100_000)
    ),
    "many-attributes": lambda _: xlsx(b"<row %s/>" % b" ".join(b'a%d=""' % n for n in range(200_000))),
    "billion-laughs": lambda _: xlsx(parts={SHEET: _LAUGHS}),
    "quadratic-entities": lambda _: xlsx(parts={SHEET: _QUADRATIC}),
    "external-entity": lambda _: xlsx(parts={SHEET: _EXTERNAL}),
    "laughs-in-shared-texts": lambda _: xlsx(parts={SHARED: _LAUGHS}),
    "ten-thousand-sheets": lambda _: xlsx(sheets=10_000),
    "empty-sheets-of-empty-rows": lambda _: xlsx(repeat(b"<row/>" * 1000, 100), sheets=1_000),
    "huge-styles": lambda _: xlsx(
        parts={
            "xl/styles.xml": b"<styleSheet %s><cellXfs>%s</cellXfs></styleSheet>"
            % (_MAIN, b"<xf/>" * 5_000_000)
        }
    ),
    "many-merged-cells": lambda _: xlsx(
        after=b"<mergeCells>%s</mergeCells>" % (b'<mergeCell ref="A1:XFD1048576"/>' * 500_000)
    ),
    "stated-size": lambda _: xlsx(before=b'<dimension ref="A1:XFD1048576"/>'),
    "number-of-a-million-digits": lambda _: xlsx(b"<row><c><v>%s</v></c></row>" % (b"9" * 1_000_000)),
    "many-parts": lambda _: xlsx(parts={f"xl/{number}": b"" for number in range(20_000)}),
    "part-said-to-be-small": lambda _: lying(xlsx(repeat(ROW * 100, 2_000)), SHEET, 1_000),
    "part-said-to-be-large": lambda _: lying(xlsx(), SHEET, 2**32 - 2),
    "truncated-workbook": lambda _: xlsx(repeat(ROW * 100, 1_000))[:-500],
    "zip-of-no-workbook": lambda _: b"PK\x03\x04" + bytes(MIB),
}
PARQUET: dict[str, Write] = {
    "long-text-in-a-dictionary": lambda to: parquet(to, "x" * 8 * MIB, 600),
    "texts-in-a-dictionary": lambda to: parquet(to, "x" * 10_000, 200_000),
    "short-texts-in-a-dictionary": lambda to: parquet(to, "x" * 1_000, 1_000_000),
    "long-plain-texts": lambda to: parquet(to, "x" * MIB, 300, dictionary_enabled=False),
    "ten-thousand-columns": lambda to: parquet(to, "x", 1, more=dict.fromkeys(map(str, range(10_000)), ONE)),
    "long-name-of-a-column": lambda to: parquet(to, "x", 1, more={"x" * 2 * MIB: ONE}),
    "many-row-groups": lambda to: parquet(to, "x", 2_000, max_row_group_size=1),
    "rows-of-nothing": lambda to: parquet(to, None, 20_000_000),
    "long-footer": lambda to: parquet(to, "x", 9)[:-8] + b"\xff\xff\xff\x7fPAR1",
    "truncated-parquet": lambda to: parquet(to, "x", 9)[:-20],
    "parquet-by-name": lambda _: b"PAR1" + bytes(MIB) + b"PAR1",
}
TEXT: dict[str, Write] = {
    "line-of-1-GB": lambda _: gzipped((LINE, *repeat(b"x" * MIB, 1024))),
    "header-of-1-GB": lambda _: gzipped(repeat(b"x" * MIB, 1024)),
    "blank-lines-of-1-GB": lambda _: gzipped((LINE, *repeat(b"\n" * MIB, 1024))),
    "quotes-of-1-GB": lambda _: gzipped((LINE, *repeat(b'"\n' * MIB, 512))),
    "rows-of-200-MB": lambda _: gzipped((LINE, *repeat(b"P1,Cable,1,C1,R1\n" * 60_000, 200))),
    "wide-csv": lambda _: b"x," * 1_000_000,
    "many-members": lambda _: gzip.compress(LINE) + gzip.compress(b"") * 100_000,
    "gzip-in-gzip": lambda _: gzip.compress(gzip.compress(LINE)),
    "truncated-gzip": lambda _: gzip.compress(LINE + b"P1,Cable,1,C1,R1\n" * 1000)[:-20],
    "nothing-but-NUL": lambda _: bytes(64 * MIB),
}
