"""The figures on a shop's own data."""

from collections.abc import Iterator, Mapping

from fondly.cli.tables.declaration import GAP, Column, Columns, Fact, Line, Shown, Table, sheet
from fondly.evaluation.commands.columns import figure
from fondly.evaluation.metrics import Interval
from fondly.evaluation.own_data.quality import MANY, QualityFigures
from fondly.evaluation.own_data.report import DataFigures, HeldOutFigures, ListFigures, OwnDataReport
from fondly.operations.formatting import count

HITS = {"exact": "very product", "family": "family", "leaf": "leaf category", "level_2": "level 2"}


def own_data_sections(report: OwnDataReport) -> Iterator[Shown]:
    """Yield what was read, the hits beside those of popularity, and what the lists are like."""
    yield Line(_about(report.data), wraps=True)
    yield from (
        Line(_judged(report.data, report.held_out)),
        GAP,
        Line(f"ranking {report.ranking}", wraps=True),
    )
    if report.held_out.customers:
        yield from (_hits(report.held_out), GAP)
    yield from (_figures(report.lists), GAP, _quality(report.quality), GAP)
    for title, counts in (
        ("reason", report.lists.reasons),
        ("chosen by", report.lists.sources),
        ("rule that yielded", report.lists.despite_rules),
    ):
        if counts:
            yield from (_counts(title, counts), GAP)


def _about(data: DataFigures) -> str:
    rejected = f", {count(data.rejected_rows)} rejected rows" if data.rejected_rows else ""
    bought = f"{count(data.purchases)} purchases, " if data.purchases else ""
    return (
        f"{count(data.customers)} customers, {count(data.reviews)} reviews, {bought}"
        f"{count(data.products)} products in {count(data.families)} families{rejected}"
    )


def _judged(data: DataFigures, held_out: HeldOutFigures) -> str:
    return (
        f"{count(data.customers_with_one_family)} customers have one product: how well their picks fit can "
        f"only be judged by category; {count(held_out.customers)} have more: what they reviewed or bought "
        "last is held out"
    )


def _hits(held_out: HeldOutFigures) -> Table[str]:
    ours, popular = held_out.fondly, held_out.popularity
    columns: Columns[str] = (
        Column("held-out product's", lambda name: HITS[name]),
        *figure("Fondly", lambda name: _mean(getattr(ours, name)), "bold"),
        *figure("popularity", lambda name: _mean(getattr(popular, name))),
    )
    return Table(columns, list(HITS))


def _mean(found: Interval) -> tuple[float, Interval]:
    return found.mean, found


def _figures(lists: ListFigures) -> Table[Fact]:
    bad = lists.owned_after_only_bad_reviews
    facts = (
        ("products in at least one list", _percent(lists.coverage_products)),
        ("families in at least one list", _percent(lists.coverage_families)),
        ("Gini coefficient of exposure", f"{lists.exposure_gini:.2f}"),
        ("customers with the most frequent list", _percent(lists.largest_identical_group)),
        ("picks in a leaf category that the customer owns", _percent(lists.owned.leaf)),
        ("... in an owned level 2", _percent(lists.owned.level_2)),
        ("... in an owned root", _percent(lists.owned.root)),
        (f"the same for the {count(bad.customers)} with only bad reviews: leaf", _percent(bad.leaf)),
        ("... level 2", _percent(bad.level_2)),
        ("... root", _percent(bad.root)),
        ("customers who own something durable", lists.durable_owners),
        ("... with more than one pick of its leaf", lists.durable_owners_with_substitutes),
        ("picks of a family that is already in the list", lists.family_duplicates),
        ("picks outside the customer's price range", _percent(lists.outside_price_range)),
        ("novelty in bits", f"{lists.novelty_bits:.1f}"),
        (f"lists with fewer than {lists.min_picks} products", lists.short_lists),
    )
    return sheet(facts, title="lists of all customers", right=True)


def _quality(found: QualityFigures) -> Table[Fact]:
    shares = (
        ("accessories that fit something owned", found.fitting_accessories),
        ("picks for another gender", found.other_gender),
        ("picks in an owned size, where in stock", found.owned_size),
        ("picks of an owned title or family", found.owned_already),
        ("picks that go with something disliked", found.goes_with_disliked),
        ("picks with an impersonal reason", found.impersonal),
        (f"lists with {MANY} of them or more", found.impersonal_lists),
        ("lists with the most frequent product", found.most_frequent_product),
    )
    facts = [(title, None if value is None else _percent(value)) for title, value in shares]
    picks = ("picks in a list", f"{found.picks_a_list:.1f}")
    return sheet([*facts, picks], title="what a customer would object to", right=True)


def _counts(title: str, counts: Mapping[str, int]) -> Table[str]:
    total = sum(counts.values())
    columns: Columns[str] = (
        Column(title, lambda name: name.replace("_", " ")),
        Column("number", lambda name: counts[name], right=True),
        Column("share", lambda name: _percent(counts[name] / total), right=True),
    )
    return Table(columns, list(counts))


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"
