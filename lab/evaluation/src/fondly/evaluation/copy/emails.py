"""Reads the emails that the texts of a suite are written for."""

import string
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import Field, TypeAdapter, ValidationError

from fondly.contracts.records import Recommendation
from fondly.evaluation.copy.lines import read_bytes, why
from fondly.evaluation.errors import EvaluationError
from fondly.evaluation.frozen import Frozen
from fondly.mailer.domain.facts.email import EmailFacts, NoPicksError, email_facts
from fondly.mailer.domain.language import UnknownLanguageError

FEATURES_PER_PRODUCT = 6
UNNAMED = tuple(f"feature {letter}" for letter in string.ascii_lowercase[:FEATURES_PER_PRODUCT])
"""What stands for the features of products of which a suite does not name any: their slots count as known."""

Facts = Mapping[str, EmailFacts]
"""The facts of each email by its name in the suite."""


class Email(Frozen):
    """One email of a suite; `features` are those of each product id."""

    recommendation: Recommendation
    brand: str = Field(min_length=1)
    locale: str = Field(pattern=r"^[a-z]{2}_[A-Z]{2}$")
    features: Mapping[str, Sequence[str]] | None = None

    def facts(self) -> EmailFacts:
        """Return what the email may state; without `features`, six slots of each product count as known."""
        found = self.features
        if found is None:
            found = {pick.product.product_id: UNNAMED for pick in self.recommendation.picks}
        return email_facts(self.recommendation, brand=self.brand, locale=self.locale, features=found)


def read_emails(path: Path) -> Facts:
    """Return the facts of a file's emails; raise `EvaluationError`, which names the email, for a bad one."""
    try:
        raw = TypeAdapter(dict[str, object]).validate_json(read_bytes(path))
    except ValidationError as error:
        raise EvaluationError(f"{path}: {why(error)}") from error
    return {name: _facts(path, name, each) for name, each in raw.items()}


def _facts(path: Path, name: str, raw: object) -> EmailFacts:
    try:
        return Email.model_validate(raw).facts()
    except ValidationError as error:
        raise EvaluationError(f"{path}: email {name}: {why(error)}") from error
    except (NoPicksError, UnknownLanguageError) as error:
        raise EvaluationError(f"{path}: email {name}: {error}") from error
