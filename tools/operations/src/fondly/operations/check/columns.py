"""What each column of files is read as, for a person to change, and the mapping that says so."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml
from pydantic import BaseModel

from fondly.contracts.ingest_report import Question
from fondly.ingest.domain.file_names import MAPPING
from fondly.ingest.domain.formats.fields import FIELDS
from fondly.ingest.domain.formats.layout import Layout
from fondly.ingest.domain.formats.mapping import FileMapping, read_mapping
from fondly.ingest.domain.formats.mapping_file import write_mapping
from fondly.ingest.use_cases.check_files import CheckedFiles
from fondly.ingest.use_cases.ignored_values import Ignored
from fondly.operations.check.mapping import guessed, joined
from fondly.operations.check.personal import shown_values
from fondly.operations.check.reading import Chosen
from fondly.operations.runs.ingest_facts import base_name

IGNORE = "ignore"
"""What a column is that nothing reads, on purpose."""


class Column(BaseModel):
    """One column of a file."""

    name: str
    meaning: str
    """The field that it is read as, `ignore`, or empty for one that is not read."""
    is_sure: bool
    """Whether it is read so without being mapped."""
    values: list[str] = []
    """Some of its values, if nothing reads it; of personal ones what kind of thing they are."""
    question: str = ""
    field: str = ""
    """What it may be, if that is asked."""
    codes: dict[str, str] = {}
    """Values that may need a meaning, with what the mapping says of each: yes, no or nothing."""


class FileColumns(BaseModel):
    """The columns of a file, and the fields that one of its kind has."""

    name: str
    kind: str
    fields: list[str]
    columns: list[Column]


class Mapped(BaseModel):
    """How files are read, as choices and as a text; `said` is the mapping that they were read by."""

    files: list[FileColumns]
    said: str
    suggested: str
    """The same as a mapping that says everything, with what could be added in comments."""


def mapped(chosen: Chosen, checked: CheckedFiles) -> Mapped:
    """Return how the files are read, or best would be."""
    layouts = {each.source.key: each.layout for each in checked.files}
    files, said, texts = [], dict[str, Any](), dict[str, str]()
    for source in chosen.sources:
        name, mapping = base_name(source.key), source.mapping or FileMapping()
        best, asked = guessed(source), [each for each in checked.report.questions if each.file == source.key]
        texts[name] = write_mapping(best, questions=asked)
        if mapping != FileMapping():
            said[name] = mapping.model_dump(mode="json", exclude_defaults=True)
        if layout := layouts.get(source.key) or best.layout:
            ignored = {each.column: each for each in checked.ignored_columns if each.file == source.key}
            is_sure = source.key in layouts and not best.reasons
            columns = list(_columns(layout, mapping, asked, ignored, is_sure=is_sure))
            fields = sorted(FIELDS[layout.kind])
            files.append(FileColumns(name=name, kind=layout.kind, fields=fields, columns=columns))
    return Mapped(files=files, said=_text(said, len(chosen.sources)), suggested=joined(texts))


def _columns(
    layout: Layout,
    mapping: FileMapping,
    asked: Sequence[Question],
    ignored: Mapping[str, Ignored],
    *,
    is_sure: bool,
) -> Iterator[Column]:
    """Yield the columns that are a field each or none; those of which a format composes fields stay."""
    meanings = {name: field for field, name in layout.columns.items()}
    questions = {each.column: each for each in asked}
    for name in dict.fromkeys(filter(None, layout.header)):
        question = questions.get(name)
        if name in meanings or name in layout.ignored or name in mapping.ignore or question:
            field = question.field if question else ""
            codes = mapping.values.get(field, {})
            yield Column(
                name=name,
                meaning=IGNORE if name in mapping.ignore else meanings.get(name, ""),
                is_sure=is_sure and name not in mapping.columns,
                values=shown_values(ignored[name]) if name in ignored else [],
                question=question.text if question else "",
                field=field,
                codes={value: codes.get(value, "") for value in question.values} if question else {},
            )


def answered(mapped: Mapped, chosen: Mapping[str, str]) -> str:
    """Return the mapping with what was chosen; raise `FileError` for one of no use.

    What was chosen is by position: `kind.0` of the first file, `column.0.3` of its fourth column, and
    `code.0.3.1`, yes or no, of that column's second value.
    """
    said, made = read_mapping(mapped.said, file=MAPPING), dict[str, Any]()
    for at, file in enumerate(mapped.files):
        mapping = (said.for_file(file.name) or FileMapping()).model_dump(mode="json", exclude_defaults=True)
        if found := _said(file, mapping, f"{at}", chosen):
            made[file.name] = found
    text = _text(made, len(mapped.files))
    read_mapping(text, file=MAPPING)
    return text


def _said(
    file: FileColumns, mapping: Mapping[str, Any], at: str, chosen: Mapping[str, str]
) -> dict[str, Any]:
    """Return a file's mapping: what was said of it, but for what has been chosen otherwise."""
    columns, ignored = dict(mapping.get("columns", {})), dict.fromkeys(mapping.get("ignore", []))
    values = {field: dict(each) for field, each in mapping.get("values", {}).items()}
    for of, column in enumerate(file.columns):
        meaning = chosen.get(f"column.{at}.{of}", column.meaning)
        columns.pop(column.name, None)
        ignored.pop(column.name, None)
        if meaning == IGNORE:
            ignored[column.name] = None
        elif meaning and not (column.is_sure and meaning == column.meaning):
            columns[column.name] = meaning
        for number, code in enumerate(column.codes):
            if meaning not in {"", IGNORE} and (meant := chosen.get(f"code.{at}.{of}.{number}")):
                values.setdefault(meaning, {})[code] = meant
    kind = chosen.get(f"kind.{at}", file.kind)
    kinds = {"kind": kind} if kind != file.kind else {}
    found = {**mapping, **kinds, "columns": columns, "ignore": list(ignored), "values": values}
    return {name: each for name, each in found.items() if each}


def _text(files: Mapping[str, Any], several: int) -> str:
    """Return a mapping in YAML: of the only file itself, else by the names of files."""
    said = {"files": dict(files)} if several > 1 else next(iter(files.values()), {})
    return yaml.safe_dump(said, allow_unicode=True, sort_keys=False) if any(files.values()) else ""
