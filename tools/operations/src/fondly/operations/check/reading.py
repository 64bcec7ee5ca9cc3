"""Reads a shop's files by the settings of the shop, as its ingest would, and writes a mapping of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from json import dumps
from pathlib import Path

from fondly.contracts.errors import InvalidFileError
from fondly.contracts.ingest_report import IgnoredFile
from fondly.contracts.object_keys import MERCHANDISING
from fondly.contracts.records import Product
from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.file_names import MAPPING, without_data
from fondly.ingest.domain.formats.mapping import Mapping, read_mapping
from fondly.ingest.domain.rows.people import ExclusionRules
from fondly.ingest.domain.values.conventions import Defaults
from fondly.ingest.domain.values.links import LinkPolicy
from fondly.ingest.use_cases.check_files import CheckedFiles, check_files
from fondly.ingest.use_cases.load_files import LoadRules
from fondly.ingest.use_cases.source_files import ReadingRules, SourceFile
from fondly.operations.check.link_hosts import ANY_HOST, HOST
from fondly.operations.check.upload_set import OWN, files_of_set, why_unread
from fondly.operations.errors import OperationError
from fondly.operations.shop import Shop
from fondly.operations.shop.rendering import CONSENT_NOT_REQUIRED, TRIAL
from fondly.recommender.domain.shop.merchandising import ShopRules, read_shop_rules

RULES = Path(MERCHANDISING).name
"""What may be recommended, beside the files."""
NO_RULES = ShopRules()
Watch = Callable[[int], None]
LOCAL_HOSTS = (ANY_HOST, HOST)
"""Where links may lead on a local stack, unless the shop says: made-up shops have their pictures there."""


@dataclass(frozen=True)
class Chosen:
    """The data among what was named, and the files of a folder that hold none."""

    sources: Sequence[SourceFile]
    ignored: Sequence[IgnoredFile]
    unmatched: Sequence[str] = ()
    """Files of the mapping that are not there."""
    rules: ShopRules = NO_RULES
    """Which products may be recommended."""


def choose(
    paths: Sequence[Path], shop: Shop, mapping: Path | None = None, merchandising: Path | None = None
) -> Chosen:
    """Return the data, its mapping, and the shop's rules; `OperationError` if any of them is no good."""
    try:
        said = mapping_for(paths, shop, mapping)
        files, ignored = _files(paths, said)
        place = mapping or _beside(paths, MAPPING)
        rules = merchandising or _beside(paths, RULES)
        excluded = read_shop_rules(rules.read_bytes(), file=str(rules)) if rules else NO_RULES
    except (FileError, InvalidFileError) as error:
        raise OperationError(str(error)) from error
    sources = [SourceFile(path, str(path), mapping=said and said.for_file(path.name)) for path in files]
    beside = [*files, *place.parent.iterdir()] if place else files
    unmatched = said.unmatched(path.name for path in beside) if said and place else ()
    return Chosen(sources, ignored, unmatched, excluded)


def read(chosen: Chosen, shop: Shop, *, watch: Watch, rejects: Path | None = None) -> CheckedFiles:
    """Read the data as ingest would."""
    return check_files(
        chosen.sources,
        rules(shop),
        rejects=rejects,
        ignored=chosen.ignored,
        watch=watch,
        unmatched=_unmatched(chosen),
    )


def _unmatched(chosen: Chosen) -> Callable[[Iterable[Product]], Sequence[str]]:
    """Return what tells, of all products, which rules of the shop match nothing."""
    if chosen.rules == NO_RULES:
        return lambda _: chosen.unmatched
    from fondly.recommender.domain.shop.matching import unmatched  # noqa: PLC0415 - few shops have rules

    return lambda products: [*chosen.unmatched, *unmatched(chosen.rules, products)]


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


def _files(paths: Sequence[Path], mapping: Mapping | None) -> tuple[list[Path], list[IgnoredFile]]:
    """Return the data among the paths, and which files hold none."""
    if len(paths) == 1 and not paths[0].is_dir():
        return list(paths), []
    if len(paths) == 1:
        chosen = [path for path in files_of_set(paths[0], mapping) if path.name not in OWN]
        paths = [path for path in sorted(paths[0].iterdir()) if path.is_file()]
    else:
        chosen = [path for path in paths if path.name not in OWN and not without_data(path.name)]
    others = [path for path in paths if path not in chosen and path.name not in OWN]
    return chosen, [IgnoredFile(file=path.name, reason=why_unread(path, mapping)) for path in others]


def _beside(paths: Sequence[Path], name: str) -> Path | None:
    folder = paths[0] if paths[0].is_dir() else paths[0].parent
    found = folder / name
    return found if found.is_file() else None


def mapping_for(paths: Sequence[Path], shop: Shop, mapping: Path | None) -> Mapping | None:
    """Return the mapping that is given or beside the files, else the shop's; `FileError` for a bad one."""
    if path := mapping or _beside(paths, MAPPING):
        return read_mapping(path.read_text("utf-8-sig"), file=str(path))
    columns = shop.applied.columns
    return read_mapping(dumps(columns), file=f"{shop.file}: columns") if columns else None
