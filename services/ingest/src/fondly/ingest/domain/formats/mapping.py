"""`mapping.yaml`: what a shop says about the columns of its files."""

import difflib
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import partial
from pathlib import PurePath
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Discriminator, Field, StringConstraints, Tag, model_validator

from fondly.contracts.errors import InvalidFileError
from fondly.ingest.domain.encodings import ENCODINGS, known_encoding
from fondly.ingest.domain.errors import FileError, glimpse
from fondly.ingest.domain.formats.fields import FIELDS, Kind
from fondly.ingest.domain.formats.senses import FLAGS
from fondly.ingest.domain.formats.units import Dates, Decimal, Units
from fondly.ingest.domain.values.flags import answer
from fondly.runtime.yaml_files import Said, read_yaml

SHOP_URL = "shop_url"
"""A constant from which the links of products are made where a format has none."""

MAX_MAPPING_BYTES = 512 * 1024
_ALL = sorted({name for fields in FIELDS.values() for name in fields})


def _known(name: str, names: Iterable[str] = tuple(_ALL)) -> str:
    if name in names:
        return name
    near = difflib.get_close_matches(name, list(names), n=1)
    raise ValueError(
        "expected a field" + (f"; the nearest is {near[0]}" if near else f", one of {', '.join(names)}")
    )


def _currency(code: str) -> str:
    if re.fullmatch("[A-Z]{3}", code):
        return code
    raise ValueError("expected an ISO 4217 code, such as EUR")


FieldName = Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": list(_ALL)})]
CurrencyCode = Annotated[str, AfterValidator(_currency), Field(json_schema_extra={"pattern": "^[A-Z]{3}$"})]
ConstantName = Annotated[str, AfterValidator(partial(_known, names=(*_ALL, SHOP_URL)))]
EncodingName = Annotated[
    str, AfterValidator(known_encoding), Field(json_schema_extra={"enum": list(ENCODINGS)})
]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


class _Units(Said):
    """How values are written; what is not said is decided by the values."""

    decimal: Decimal | None = Field(None, description="what separates the fraction of a number")
    dates: Dates | None = Field(None, description="the order of day, month and year")
    currency: CurrencyCode | None = Field(None, description="the ISO 4217 code of amounts without a currency")
    prices_in: Literal["units", "cents"] | None = Field(None, description="cents: 1299 is 12.99")


class FieldUnits(_Units):
    """How the values of a field are written."""

    digits: int | None = Field(
        None, ge=1, le=30, description="how many an id has that is a number: zeros before it are restored"
    )

    def as_units(self) -> Units:
        """Return what is said of how texts are read."""
        return Units(decimal=self.decimal, dates=self.dates, currency=self.currency)


class FileUnits(_Units):
    """How the values of a file are written, and those of single fields."""

    fields: dict[FieldName, FieldUnits] = Field(default_factory=dict)

    def of(self, field: str) -> FieldUnits:
        """Return how the values of a field are written."""
        own = self.fields.get(field, FieldUnits()).model_dump(exclude_none=True)
        return FieldUnits(**{**self.model_dump(exclude={"fields"}), **own})


class FileMapping(Said):
    """What is said about one file, or about all whose names fit a pattern."""

    kind: Kind | None = Field(
        None, description="what the rows describe; otherwise decided by name and columns"
    )
    sheet: Text | None = Field(None, description="the sheet of a workbook that has several")
    encoding: EncodingName | None = Field(
        None, description="how a text file is encoded; otherwise UTF-8, or by its first bytes"
    )
    columns: dict[Text, FieldName] = Field(default_factory=dict, description="source column: field")
    constants: dict[ConstantName, Text] = Field(
        default_factory=dict, description="field: its value in every row; also shop_url"
    )
    units: FileUnits = FileUnits()
    values: dict[FieldName, dict[Text, Text]] = Field(
        default_factory=dict, description='field: {cell text: what it means}, such as suppressed: {"2": yes}'
    )
    ignore: tuple[Text, ...] = Field((), description="columns that are not read, and not reported as unknown")

    @model_validator(mode="after")
    def _is_consistent(self) -> "FileMapping":
        for field in dict.fromkeys(self.columns.values()):
            sources = [name for name, meant in self.columns.items() if meant == field]
            sources += ["constants"] if field in self.constants else []
            if len(sources) > 1 and (field not in FLAGS or field in self.constants):
                raise ValueError(
                    f"found {' and '.join(map(glimpse, sources))} for {field}, expected one source"
                )
        for field, meaning in ((name, each) for name in FLAGS for each in self.values.get(name, {}).values()):
            if answer(field, meaning) is None:
                raise ValueError(f"found {glimpse(meaning)!r} for {field}, expected yes or no")
        url = self.constants.get(SHOP_URL)
        if url and urlsplit(url).scheme not in {"http", "https"}:
            raise ValueError(
                f"found {glimpse(url)!r} for shop_url, expected an address such as https://shop.example.com"
            )
        return self


class NamedFileMapping(FileMapping):
    """What is said about one file of a list."""

    name: Text


def _form(value: object) -> str:
    return "list" if isinstance(value, list | tuple) else "map"


Files = Annotated[
    Annotated[dict[Text, FileMapping], Tag("map")] | Annotated[tuple[NamedFileMapping, ...], Tag("list")],
    Discriminator(_form),
]


class Mapping(FileMapping):
    """A mapping file: for one file as it is, for several under `files` by their names or patterns."""

    files: Files = Field(default_factory=dict, description="by file name or pattern, such as products*.csv")

    @model_validator(mode="after")
    def _is_about_one_or_several(self) -> "Mapping":
        own = self.model_fields_set - {"files"}
        if self.files and own:
            raise ValueError(f"found {', '.join(sorted(own))} beside files, expected it under a file's name")
        return self

    def for_file(self, name: str) -> FileMapping | None:
        """Return what is said about a file; None if nothing is. Its exact name comes before patterns."""
        if not self.files:
            return FileMapping.model_validate(self.model_dump(include=set(FileMapping.model_fields)))
        own = PurePath(name).name.casefold()
        named = self._named()
        exact = (said for pattern, said in named if pattern.casefold() == own)
        fitting = (said for pattern, said in named if fnmatchcase(own, pattern.casefold()))
        return next(exact, None) or next(fitting, None)

    def unmatched(self, names: Iterable[str]) -> list[str]:
        """Return what is said of other files than these, such as `mapping.yaml: files: orders.csv`."""
        own = [PurePath(name).name.casefold() for name in names]
        patterns = (pattern for pattern, _ in self._named())
        return [
            f"mapping.yaml: files: {pattern}"
            for pattern in patterns
            if not any(fnmatchcase(name, pattern.casefold()) for name in own)
        ]

    def _named(self) -> list[tuple[str, FileMapping]]:
        if isinstance(self.files, dict):
            return list(self.files.items())
        return [(each.name, each) for each in self.files]


_KEYS = {name for part in (Mapping, NamedFileMapping, FileUnits) for name in part.model_fields}


def read_mapping(text: str, *, file: str) -> Mapping:
    """Read a mapping file; `FileError` names, for each problem, the line, the key and what is expected."""
    try:
        return read_yaml(text, Mapping, file=file, keys=_KEYS)
    except InvalidFileError as error:
        raise FileError(str(error)) from error


def mapping_schema() -> dict[str, Any]:
    """Return the JSON schema of a mapping file, for editors."""
    schema = Mapping.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "mapping.yaml", **schema}
