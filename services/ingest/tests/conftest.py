"""Lets the tests of a module read workbooks and Parquet files in threads."""

from collections.abc import Iterator

import pytest

from services.ingest.tests.reader_threads import readers_in_threads


@pytest.fixture(scope="module")
def reader_threads() -> Iterator[None]:
    """Hundreds of small files are read; that processes read them is shown by a few tests of their own."""
    with readers_in_threads():
        yield
