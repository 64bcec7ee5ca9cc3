"""The figures on a shop's own data, for people."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fondly.cli.tables import cell, table
from fondly.evaluation.metrics import Interval
from fondly.evaluation.own_data.quality import MANY, QualityFigures
from fondly.evaluation.own_data.report import DataFigures, HeldOutFigures, ListFigures, OwnDataReport
from fondly.operations.formatting import count


def show_own_data(report: OwnDataReport, console: Console) -> None:
    """Print what was read, the hits beside those of popularity, and what the lists are like."""
    console.print(cell(_about(report.data)))
    console.print(cell(_judged(report.data, report.held_out)), soft_wrap=True)
    console.print()
    console.print(f"ranking {report.ranking}")
    if report.held_out.customers:
        console.print(_hits(report.held_out))
        console.print()
    console.print(_figures(report.lists))
    console.print()
    console.print(_quality(report.quality))
    console.print()
    for title, counts in (
        ("reason", report.lists.reasons),
        ("chosen by", report.lists.sources),
        ("rule that yielded", report.lists.despite_rules),
    ):
        if counts:
            console.print(_counts(title, counts))
            console.print()


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


def _hits(held_out: HeldOutFigures) -> Table:
    names = ("Fondly", "95 % interval", "popularity", "95 % interval")
    shown = table("held-out product's", *names, right=names)
    for title, name in (
        ("very product", "exact"),
        ("family", "family"),
        ("leaf category", "leaf"),
        ("level 2", "level_2"),
    ):
        ours, popular = getattr(held_out.fondly, name), getattr(held_out.popularity, name)
        shown.add_row(cell(title), *_interval(ours, "bold"), *_interval(popular))
    return shown


def _interval(each: Interval, style: str = "") -> tuple[Text, Text]:
    return cell(f"{each.mean:.3f}", style), cell(f"{each.low:.3f} to {each.high:.3f}")


def _figures(lists: ListFigures) -> Table:
    shown = table("lists of all customers", "", right=("",))
    bad = lists.owned_after_only_bad_reviews
    for title, value in (
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
        ("customers who own something durable", count(lists.durable_owners)),
        ("... with more than one pick of its leaf", count(lists.durable_owners_with_substitutes)),
        ("picks of a family that is already in the list", count(lists.family_duplicates)),
        ("picks outside the customer's price range", _percent(lists.outside_price_range)),
        ("novelty in bits", f"{lists.novelty_bits:.1f}"),
        (f"lists with fewer than {lists.min_picks} products", count(lists.short_lists)),
    ):
        shown.add_row(cell(title), cell(value))
    return shown


def _quality(found: QualityFigures) -> Table:
    shown = table("what a customer would object to", "", right=("",))
    for title, value in (
        ("accessories that fit something owned", found.fitting_accessories),
        ("picks for another gender", found.other_gender),
        ("picks in an owned size, where in stock", found.owned_size),
        ("picks of an owned title or family", found.owned_already),
        ("picks that go with something disliked", found.goes_with_disliked),
        ("picks with an impersonal reason", found.impersonal),
        (f"lists with {MANY} of them or more", found.impersonal_lists),
        ("lists with the most frequent product", found.most_frequent_product),
    ):
        shown.add_row(cell(title), cell(None if value is None else _percent(value)))
    shown.add_row(cell("picks in a list"), cell(f"{found.picks_a_list:.1f}"))
    return shown


def _counts(title: str, counts: Mapping[str, int]) -> Table:
    shown = table(title, "number", "share", right=("number", "share"))
    total = sum(counts.values())
    for name, number in counts.items():
        shown.add_row(cell(name.replace("_", " ")), cell(count(number)), cell(_percent(number / total)))
    return shown


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"
