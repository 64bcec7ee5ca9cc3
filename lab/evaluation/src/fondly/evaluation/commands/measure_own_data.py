"""Evaluates recommendations on a shop's own file, or on a shop that is made up."""

from dataclasses import replace
from pathlib import Path

from fondly.cli.answer import Answer
from fondly.contracts.errors import InvalidFileError
from fondly.evaluation.commands.ablation_tables import ablation_sections
from fondly.evaluation.commands.own_data_tables import own_data_sections
from fondly.evaluation.commands.recommendations import OwnDataOptions
from fondly.evaluation.commands.start import evaluating
from fondly.evaluation.errors import EvaluationError
from fondly.evaluation.own_data.ablation import ablate
from fondly.evaluation.own_data.made_up import MadeUpName, made_up
from fondly.evaluation.own_data.reading import read_data
from fondly.evaluation.own_data.report import evaluate_data
from fondly.operations.check.reading import rules as loading_rules
from fondly.operations.shop import load_shop
from fondly.recommender.domain.picking.rules import DEFAULT_PICKS, Rules, RunRules
from fondly.recommender.domain.shop.merchandising import read_shop_rules


def measure_own_data(options: OwnDataOptions) -> Answer:
    """Measure the hits of what is held out, or what each part is worth, by this shop's file."""
    with evaluating("reading") as announce:
        rules = _rules(options.merchandising, picks=options.picks or DEFAULT_PICKS)
        if options.csv is None:
            data = made_up(MadeUpName(options.made_up or ""))
        else:
            data = read_data(options.csv, replace(loading_rules(load_shop()), max_rejected_share=1))
        if options.ablate:
            parts = ablate(data, rules, announce)
            return Answer(parts, ablation_sections(parts))
        report = evaluate_data(data, rules, announce)
        return Answer(report, own_data_sections(report))


def _rules(path: Path | None, *, picks: int) -> RunRules:
    """Return the rules with their defaults and what the shop's file says, if there is one."""
    try:
        shop = {"shop": read_shop_rules(path.read_bytes(), file=str(path))} if path else {}
    except InvalidFileError as error:
        raise EvaluationError(str(error)) from error
    return RunRules(rules=Rules(), picks=picks, **shop)
