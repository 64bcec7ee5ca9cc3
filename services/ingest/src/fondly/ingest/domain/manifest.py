"""`manifest.json`: the files that make a set complete, and what they contain."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from fondly.ingest.domain.errors import FileError, described, glimpse, quoted
from fondly.ingest.domain.file_names import MANIFEST, MAPPING, KindOfFile
from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.domain.pieces import tables

MAX_BYTES = 256 * 1024
MAX_FILES = 100
MAX_NAME_CHARS = 255

_SHAPE = 'an object such as {"files": [{"name": "products.csv", "sha256": "..."}]}'


class ManifestFile(BaseModel):
    """A file that the manifest names; `sha256` is in lower-case hexadecimal digits."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    name: str
    kind: Kind | None = None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")] | None = None

    @field_validator("name")
    @classmethod
    def _of_the_folder(cls, name: str) -> str:
        if not 0 < len(name) <= MAX_NAME_CHARS or not name.isprintable():
            raise ValueError(described(f"a printable name of 1 to {MAX_NAME_CHARS} characters", quoted(name)))
        if "/" in name or "\\" in name or name in {".", ".."}:
            raise ValueError(described("the name of a file of the same folder, without a path", quoted(name)))
        if name in {MANIFEST, MAPPING}:
            raise ValueError(described("a file with data", quoted(name)))
        return name

    @field_validator("sha256")
    @classmethod
    def _lower(cls, digest: str | None) -> str | None:
        return digest and digest.lower()


class _Manifest(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")
    files: Annotated[list[ManifestFile], Field(min_length=1, max_length=MAX_FILES)]

    @field_validator("files", mode="before")
    @classmethod
    def _names(cls, files: Any) -> Any:  # noqa: ANN401 - whatever the JSON holds
        """A name may stand for an object with nothing else."""
        return [{"name": file} if isinstance(file, str) else file for file in _listed(files)]


def read_manifest(body: bytes, kind_of_file: KindOfFile) -> list[ManifestFile]:
    """Return the files that the manifest names, with their kinds; `FileError` says where it is wrong."""
    if len(body) > MAX_BYTES:
        raise FileError(f"{MANIFEST}: larger than the limit of {MAX_BYTES} bytes")
    try:
        found = _Manifest.model_validate(json.loads(body))
    except ValidationError as error:
        raise FileError(f"{MANIFEST}: {_problem(error)}") from error
    except (ValueError, RecursionError) as error:
        raise FileError(f"{MANIFEST}: not valid JSON ({error}), expected {_SHAPE}") from error
    alone = len(tables([file.name for file in found.files])) == 1
    files = [_with_kind(file, kind_of_file, alone=alone) for file in found.files]
    _require_distinct(files)
    return files


def _listed(files: Any) -> list[Any]:  # noqa: ANN401 - whatever the JSON holds
    if not isinstance(files, list):
        raise ValueError(described("a list of names or objects", quoted(str(files))))  # noqa: TRY004 - for pydantic
    return files


def _with_kind(file: ManifestFile, kind_of_file: KindOfFile, *, alone: bool) -> ManifestFile:
    kind = file.kind or kind_of_file(file.name) or (Kind.COMBINED if alone else None)
    if kind is None:
        kinds = ", ".join(each for each in Kind if each is not Kind.COMBINED)
        raise FileError(f'{MANIFEST}: {file.name!r} shows no kind, expected a "kind": one of {kinds}')
    return file.model_copy(update={"kind": kind})


def _require_distinct(files: Sequence[ManifestFile]) -> None:
    repeated = [name for name, count in Counter(file.name for file in files).items() if count > 1]
    if repeated:
        raise FileError(f"{MANIFEST}: names {repeated[0]!r} more than once")
    combined = [file.name for file in files if file.kind is Kind.COMBINED]
    if combined and (len(combined) < len(files) or len(tables(combined)) > 1):
        raise FileError(
            f"{MANIFEST}: found {combined[0]!r} of kind combined beside others, expected it, or its pieces, "
            "to be alone"
        )


def _problem(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    where = ".".join(str(each) for each in first["loc"]) or "the whole"
    if first["type"] == "value_error":
        return f"{where}: {first['msg'].removeprefix('Value error, ')}"
    found = "nothing" if first["type"] == "missing" else repr(glimpse(str(first["input"])))
    return f"{where}: found {found}; {first['msg']}; expected {_SHAPE}"
