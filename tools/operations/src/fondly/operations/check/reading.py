"""Reads a shop's files by the settings of the shop, as its ingest would, and writes a mapping of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from json import dumps
from pathlib import Path
from textwrap import indent

from fondly.contracts.ingest_report import IgnoredFile
from fondly.contracts.object_keys import SHOP_CONFIG
from fondly.ingest.adapters.tables import open_table
from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.file_names import MANIFEST, MAPPING, without_data
from fondly.ingest.domain.formats.layout import Layout, UnrecognisedError
from fondly.ingest.domain.formats.mapping import Mapping, read_mapping
from fondly.ingest.domain.formats.mapping_file import write_mapping
from fondly.ingest.domain.formats.recognise import recognise
from fondly.ingest.domain.rows.people import ExclusionRules
from fondly.ingest.domain.values.conventions import Defaults
from fondly.ingest.domain.values.links import LinkPolicy
from fondly.ingest.use_cases.check_files import CheckedFiles, check_files
from fondly.ingest.use_cases.load_files import LoadRules
from fondly.ingest.use_cases.survey_files import ReadingRules, SourceFile
from fondly.operations.check.link_hosts import ANY_HOST, HOST
from fondly.operations.check.upload_set import files_of_set
from fondly.operations.errors import OperationError
from fondly.operations.shop import Shop
from fondly.operations.shop.rendering import CONSENT_NOT_REQUIRED, TRIAL

Watch = Callable[[int], None]
LOCAL_HOSTS = (ANY_HOST, HOST)
"""Where links may lead on a local stack, unless the shop says: made-up shops have their pictures there."""


@dataclass(frozen=True)
class Chosen:
    """The data among what was named, and the files of a folder that hold none."""

    sources: Sequence[SourceFile]
    ignored: Sequence[IgnoredFile]


def choose(paths: Sequence[Path], shop: Shop, mapping: Path | None = None) -> Chosen:
    """Return what of the paths is data, and its mapping; raise `OperationError` if none can be used."""
    try:
        files, ignored = _files(paths)
        said = _mapping(mapping or _beside(paths), shop)
    except FileError as error:
        raise OperationError(str(error)) from error
    sources = [SourceFile(path, str(path), mapping=said and said.for_file(path.name)) for path in files]
    return Chosen(sources, ignored)


def read(chosen: Chosen, shop: Shop, *, watch: Watch, rejects: Path | None = None) -> CheckedFiles:
    """Read the data as ingest would."""
    return check_files(chosen.sources, rules(shop), rejects=rejects, ignored=chosen.ignored, watch=watch)


def rules(shop: Shop) -> LoadRules:
    """Return how ingest reads files by these settings."""
    said = shop.applied.shop
    needless = said.consent_not_required or ("" if shop.file else TRIAL[CONSENT_NOT_REQUIRED])
    return LoadRules(
        reading=ReadingRules(
            Defaults(said.currency, said.locale, said.time_zone),
            links=LinkPolicy(shop.ingest_hosts or LOCAL_HOSTS),
        ),
        exclusion=ExclusionRules(said.minimum_age, needless),
        max_rejected_share=said.max_rejected_share,
    )


def _files(paths: Sequence[Path]) -> tuple[list[Path], list[IgnoredFile]]:
    """Return the data among the paths, and the files of a folder that hold none."""
    if len(paths) > 1 or not paths[0].is_dir():
        return list(paths), []
    chosen = [path for path in files_of_set(paths[0]) if path.name not in {MANIFEST, MAPPING}]
    own = {MANIFEST, MAPPING, SHOP_CONFIG, *(path.name for path in chosen)}
    others = sorted(path.name for path in paths[0].iterdir() if path.is_file() and path.name not in own)
    return chosen, [
        IgnoredFile(file=name, reason=without_data(name) or "no file of the set") for name in others
    ]


def _beside(paths: Sequence[Path]) -> Path | None:
    folder = paths[0] if paths[0].is_dir() else paths[0].parent
    found = folder / MAPPING
    return found if found.is_file() else None


def _mapping(path: Path | None, shop: Shop) -> Mapping | None:
    """Return the mapping of a file, else the shop's."""
    if path is not None:
        return read_mapping(path.read_text("utf-8-sig"), file=str(path))
    columns = shop.applied.columns
    return read_mapping(dumps(columns), file=f"{shop.file}: columns") if columns else None


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
