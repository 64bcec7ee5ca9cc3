"""Reads the shop's file of exclusions, pins and categories."""

from pathlib import Path

from fondly.evaluation.errors import EvaluationError
from fondly.recommender.domain.picking.rules import DEFAULT_PICKS, Rules
from fondly.recommender.domain.picking.run_rules import RunRules
from fondly.recommender.domain.shop.merchandising_file import read_shop_rules
from fondly.runtime.yaml_files import InvalidFileError


def read_rules(path: Path | None, *, picks: int = DEFAULT_PICKS) -> RunRules:
    """Return the rules with their defaults and what the shop's file says; the file may be missing.

    Raises `EvaluationError` with every problem of the file.
    """
    if path is None:
        return RunRules(rules=Rules(), picks=picks)
    try:
        return RunRules(rules=Rules(), picks=picks, shop=read_shop_rules(path.read_bytes(), file=str(path)))
    except InvalidFileError as error:
        raise EvaluationError(str(error)) from error
