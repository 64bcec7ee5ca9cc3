"""All cases."""

from itertools import chain

from tests.odd_files import (
    conflicts,
    dates,
    encodings,
    excel,
    gzip_files,
    headers,
    ids,
    line_ends,
    prices,
    row_shapes,
    separators,
    sets,
    stock_and_consent,
    tables,
    texts,
)
from tests.odd_files.case import Case

CASES: tuple[Case, ...] = tuple(
    chain.from_iterable(
        each.CASES
        for each in (
            encodings,
            line_ends,
            separators,
            headers,
            row_shapes,
            excel,
            prices,
            dates,
            ids,
            texts,
            stock_and_consent,
            gzip_files,
            tables,
            conflicts,
            sets,
        )
    )
)
