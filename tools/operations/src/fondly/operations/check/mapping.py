"""Writes a mapping of files, for a person to complete."""

from collections.abc import Sequence
from json import dumps
from pathlib import Path
from textwrap import indent

from fondly.ingest.adapters.tables import open_table
from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.formats.layout import Layout, UnrecognisedError
from fondly.ingest.domain.formats.mapping_file import write_mapping
from fondly.ingest.domain.formats.recognise import recognise
from fondly.ingest.use_cases.survey_files import SourceFile
from fondly.operations.errors import OperationError

HEADER_BYTES = 2**32


def write(sources: Sequence[SourceFile], path: Path) -> None:
    """Write how the files are read, also those that are not recognised; never over another file."""
    if path.exists():
        raise OperationError(f"{path} exists: move it away, or name another file")
    layouts = [_layout(source) for source in sources]
    text = write_mapping(layouts[0])
    if len(layouts) > 1:
        named = ((Path(each.file).name, indent(write_mapping(each), " " * 4)) for each in layouts)
        text = "files:\n" + "".join(f"  {dumps(name)}:\n{mapping}" for name, mapping in named)
    path.write_text(text, encoding="utf-8")


def _layout(source: SourceFile) -> Layout:
    try:
        with open_table(source.path, max_bytes=HEADER_BYTES) as table:
            return recognise(table.header(), file=source.path.name, mapping=source.mapping)
    except UnrecognisedError as error:
        return error.layout
    except FileError as error:
        raise OperationError(f"{source.key}: {error}") from error
