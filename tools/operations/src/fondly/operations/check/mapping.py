"""Writes the best guess of a mapping for files, also for those that cannot be read yet."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from json import dumps
from pathlib import Path
from textwrap import indent

from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.file_names import without_data
from fondly.ingest.domain.formats.guess import Guess, guess
from fondly.ingest.domain.formats.mapping import FileMapping
from fondly.ingest.domain.formats.mapping_file import write_mapping
from fondly.ingest.use_cases.source_files import SourceFile
from fondly.ingest.use_cases.survey_files import survey
from fondly.operations.check.reading import Watch, mapping_for, rules
from fondly.operations.check.upload_set import OWN, header_of
from fondly.operations.errors import OperationError
from fondly.operations.shop import Shop


def write(paths: Sequence[Path], shop: Shop, path: Path, *, mapping: Path | None, watch: Watch) -> None:
    """Write how the files are best read, with what is unsure in comments; never over another file.

    Of a folder these are all files that may hold data, whether or not they make a set.
    """
    if path.exists():
        raise OperationError(f"{path} exists: move it away, or name another file")
    try:
        said = mapping_for(paths, shop, mapping)
    except FileError as error:
        raise OperationError(str(error)) from error
    files = [each for named in paths for each in (sorted(named.iterdir()) if named.is_dir() else [named])]
    data = [each for each in files if each.is_file() and each.name not in OWN and not without_data(each.name)]
    if not data:
        raise OperationError("found no file that may hold data, expected at least one")
    texts = {
        each.name: _written(
            SourceFile(each, each.name, mapping=said and said.for_file(each.name)), shop, watch
        )
        for each in data
    }
    path.write_text(joined(texts), encoding="utf-8")


def joined(texts: Mapping[str, str]) -> str:
    """Return one mapping of the mappings of files by their names."""
    several = "".join(f"  {dumps(name)}:\n{indent(text, ' ' * 4)}" for name, text in texts.items())
    return f"files:\n{several}" if len(texts) > 1 else "".join(texts.values())


def _written(source: SourceFile, shop: Shop, watch: Watch) -> str:
    """Return the mapping of a file, after a look through all of it for what it leaves open."""
    found = guessed(source)
    if found.layout is None or found.problem:
        return write_mapping(found)
    try:
        surveyed, *_ = survey([replace(source, mapping=found.mapping)], rules(shop).reading, watch)
    except FileError as error:
        return write_mapping(found, open_=[str(error)])
    return write_mapping(found, questions=surveyed.questions)


def guessed(source: SourceFile) -> Guess:
    """Return how a file is best read by its header."""
    said = source.mapping or FileMapping()
    try:
        return guess(header_of(source.path, said), file=source.key, mapping=said)
    except FileError as error:
        return Guess(said, problem=str(error))
