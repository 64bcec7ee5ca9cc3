"""Reads a shop's files by the settings of the shop, as its ingest would."""

from collections.abc import Callable, Sequence
from pathlib import Path

from encore.cli.errors import CommandError
from encore.contracts.ingest_report import IgnoredFile
from encore.ingest.domain.errors import FileError
from encore.ingest.domain.exclusion import ExclusionRules
from encore.ingest.domain.formats.mapping import Mapping, read_mapping
from encore.ingest.domain.values.conventions import Defaults
from encore.ingest.domain.values.links import LinkPolicy
from encore.ingest.use_cases.check_files import CheckedFiles, check_files
from encore.ingest.use_cases.load_files import LoadRules
from encore.ingest.use_cases.survey_files import ReadingRules, SourceFile
from encore.stack.shop import Shop

MAPPING = "mapping.yaml"
Watch = Callable[[int], None]


def check(
    paths: Sequence[Path], shop: Shop, *, mapping: Path | None, rejects: Path | None, watch: Watch
) -> CheckedFiles:
    """Read files, or a folder of them; raise `CommandError` if there are none, or the mapping cannot be used."""
    files, ignored, beside = _files(paths)
    chosen = _mapping(mapping or beside, shop)
    sources = [
        SourceFile(path, str(path), mapping=chosen.for_file(path.name) if chosen else None) for path in files
    ]
    return check_files(sources, rules(shop), rejects=rejects, ignored=ignored, watch=watch)
