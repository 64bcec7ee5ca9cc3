"""Recognises the format of a file by its header."""

from collections.abc import Collection, Mapping, Sequence

from fondly.ingest.domain.file_names import base_name, kind_of_name
from fondly.ingest.domain.formats.columns import advice, find_columns, mapped_columns, matching
from fondly.ingest.domain.formats.export import Export
from fondly.ingest.domain.formats.fields import KAGGLE, Kind, missing
from fondly.ingest.domain.formats.layout import Draft, Layout, UnrecognisedError
from fondly.ingest.domain.formats.mapping import FileMapping
from fondly.ingest.domain.formats.names import Header, read_names
from fondly.ingest.domain.formats.reviews import AMAZON_REVIEWS, AMAZON_REVIEWS_2023, JUDGE_ME_REVIEWS
from fondly.ingest.domain.formats.shopify_people import SHOPIFY_CUSTOMERS, SHOPIFY_ORDERS
from fondly.ingest.domain.formats.shopify_products import SHOPIFY_PRODUCTS

EXPORTS = (
    SHOPIFY_PRODUCTS,
    SHOPIFY_ORDERS,
    SHOPIFY_CUSTOMERS,
    JUDGE_ME_REVIEWS,
    AMAZON_REVIEWS,
    AMAZON_REVIEWS_2023,
)
ALONE = "a file that is uploaded alone has products, customers and reviews in each row"
_ORDER = (Kind.COMBINED, Kind.ORDERS, Kind.REVIEWS, Kind.PRODUCTS, Kind.CUSTOMERS)
_OPINIONS = {"review_id", "review_title", "review_content", "rating"}
"""A file without a telling name, or with the columns of orders, needs one of these to count as reviews."""

_OF_REVIEWERS = {"user_id", "review_id", "review_title", "review_content"}
"""A file without a telling name and with two of these is no file of products, even if it lacks the rest."""


def recognise(
    header: Sequence[str], *, file: str, mapping: FileMapping | None = None, promised: Kind | None = None
) -> Layout:
    """Return how the rows of a file are read, by the names of its columns.

    `file` is its name, which decides between kinds where its columns fit several. A kind that is `promised`
    otherwise counts more than the name: what it lacks is named. Raises `FileError`, which names what is
    missing, what was found, and how to map it.
    """
    said = mapping or FileMapping()
    names = read_names(header)
    ignored = {at for name in said.ignore for at in names.find(name)}
    mapped = mapped_columns(names, said.columns, file=file)
    draft = Draft(file=file, header=names, mapping=said, ignored=ignored)
    if export := _export(names, said, ignored):
        return draft.exported(export, mapped)
    return _table(draft, mapped, promised)


def _export(names: Header, mapping: FileMapping, ignored: Collection[int]) -> Export | None:
    found = next((each for each in EXPORTS if each.matches(names.without(ignored))), None)
    return found if found and mapping.kind in {None, found.kind} else None


def _table(draft: Draft, mapped: Mapping[str, int], promised: Kind | None) -> Layout:
    """Return the layout of a file whose every row has its fields in columns of their own."""
    kind = _kind(draft, mapped, promised)
    found = _found(draft, kind, mapped)
    layout = draft.table(_format(draft, kind), kind, found)
    lacking = missing(kind, [*found, *draft.constants])
    if lacking:
        taken = {*found.values(), *draft.ignored}
        free = [at for at in range(len(draft.header.shown)) if at not in taken]
        help_ = advice(draft.header, kind, lacking, free)
        alone = f"; {ALONE}" if promised is Kind.COMBINED else ""
        raise UnrecognisedError(
            f"missing columns: {', '.join(lacking)} (read as {kind}, line 1); {help_}{alone}", layout
        )
    return layout


def _kind(draft: Draft, mapped: Mapping[str, int], promised: Kind | None) -> Kind:
    """Return the kind that the mapping says or the columns fit; the file's name decides between several.

    Where none is complete, it is the one of which most is there.
    """
    if draft.mapping.kind:
        return draft.mapping.kind
    named = promised or kind_of_name(base_name(draft.file))
    found = {kind: _names(draft, kind, mapped) for kind in _ORDER}
    if promised and missing(promised, found[promised]):
        return promised
    fitting = _fitting(found, named)
    if named and (named in fitting or not fitting):
        return named
    return fitting[0] if fitting else max(_ORDER, key=lambda kind: _completeness(kind, found[kind]))


def _fitting(found: Mapping[Kind, set[str]], named: Kind | None) -> list[Kind]:
    """Return the kinds of which a file has all that is required."""
    unfit = {kind for kind in _ORDER if missing(kind, found[kind])}
    is_ordered = Kind.ORDERS not in unfit
    if (named is not Kind.REVIEWS or is_ordered) and _OPINIONS.isdisjoint(found[Kind.REVIEWS]):
        unfit.add(Kind.REVIEWS)
    if named is not Kind.PRODUCTS and len(_OF_REVIEWERS & found[Kind.COMBINED]) > 1:
        unfit.add(Kind.PRODUCTS)
    return [kind for kind in _ORDER if kind not in unfit]


def _completeness(kind: Kind, found: set[str]) -> tuple[int, int]:
    return len(found), -len(missing(kind, found)) if found else 0


def _names(draft: Draft, kind: Kind, mapped: Mapping[str, int]) -> set[str]:
    taken, given = {*mapped.values(), *draft.ignored}, {*mapped, *draft.constants}
    return {*matching(draft.header, kind, taken=taken, given=given), *given}


def _found(draft: Draft, kind: Kind, mapped: Mapping[str, int]) -> dict[str, int]:
    taken = {*mapped.values(), *draft.ignored}
    given = {*mapped, *draft.constants}
    return {**find_columns(draft.header, kind, taken=taken, given=given), **mapped}


def _format(draft: Draft, kind: Kind) -> str:
    if draft.mapping.columns:
        return "mapping.yaml"
    is_kaggle = kind is Kind.COMBINED and set(KAGGLE) <= set(draft.header.exact)
    return "Kaggle Amazon Sales" if is_kaggle else f"Fondly {kind}"
