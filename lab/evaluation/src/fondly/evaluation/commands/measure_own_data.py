"""Evaluates recommendations on a shop's own file, or on a shop that is made up."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from fondly.cli.output import console, print_json
from fondly.evaluation.commands.ablation_tables import show_ablation
from fondly.evaluation.commands.own_data_tables import show_own_data
from fondly.evaluation.commands.start import evaluating
from fondly.evaluation.own_data.ablation import ablate
from fondly.evaluation.own_data.made_up import MadeUpName, made_up
from fondly.evaluation.own_data.reading import Data, read_data
from fondly.evaluation.own_data.report import evaluate_data
from fondly.evaluation.own_data.shop_file import read_rules
from fondly.operations.check.reading import rules as loading_rules
from fondly.operations.shop import load_shop
from fondly.recommender.domain.picking.rules import DEFAULT_PICKS
from fondly.recommender.domain.picking.run_rules import RunRules


def show_evaluation(
    path: Path | None, made_up_name: str | None, merchandising: Path | None, picks: int | None, *, json: bool
) -> None:
    """Print the hits of what is held out, and what lists are like."""
    with _reading(path, made_up_name, merchandising, picks) as (data, rules, announce):
        report = evaluate_data(data, rules, announce)
    print_json(report) if json else show_own_data(report, console())


def show_parts(
    path: Path | None, made_up_name: str | None, merchandising: Path | None, picks: int | None, *, json: bool
) -> None:
    """Print what each part and rule of the decision is worth."""
    with _reading(path, made_up_name, merchandising, picks) as (data, rules, announce):
        report = ablate(data, rules, announce)
    print_json(report) if json else show_ablation(report, console())


@contextmanager
def _reading(
    path: Path | None, made_up_name: str | None, merchandising: Path | None, picks: int | None
) -> Iterator[tuple[Data, RunRules, Callable[[str], None]]]:
    """Read a file by the settings of this shop, or make a shop up; yield it with its rules."""
    with evaluating("reading") as announce:
        rules = read_rules(merchandising, picks=picks or DEFAULT_PICKS)
        if path is None:
            data = made_up(MadeUpName(made_up_name or ""))
        else:
            data = read_data(path, replace(loading_rules(load_shop()), max_rejected_share=1))
        yield data, rules, announce
