"""Reads the emails that the texts of a suite are written for."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, TypeAdapter, ValidationError

from fondly.contracts.records import Recommendation
from fondly.evaluation.copy.lines import read_bytes, why
from fondly.evaluation.errors import EvaluationError
from fondly.evaluation.frozen import Frozen
from fondly.mailer.domain.copy.prompt import Style
from fondly.mailer.domain.facts.email import EmailFacts, NoPicksError, email_facts
from fondly.mailer.domain.facts.product import ProductFacts
from fondly.mailer.domain.language import UnknownLanguageError


@dataclass(frozen=True)
class Email:
    """An email of a suite, and the style of its shop."""

    facts: EmailFacts
    products: tuple[ProductFacts, ...]
    """Of every pick, in their order: an email may show fewer."""
    style: Style


Emails = Mapping[str, Email]
"""Each email by its name in the suite."""


class _Given(Frozen):
    """An email as a file has it."""

    recommendation: Recommendation
    brand: str = Field(min_length=1)
    locale: str = Field(pattern=r"^[a-z]{2}_[A-Z]{2}$")
    remedy: str = ""

    def email(self) -> Email:
        """Return the email with its facts."""
        given = self.recommendation
        categories = {each.product_id: each.category for each in given.owned}
        return Email(
            email_facts(given, brand=self.brand, locale=self.locale),
            tuple(
                ProductFacts(number, pick, self.locale, categories.get(pick.reason.product_id or "", ()))
                for number, pick in enumerate(given.picks, 1)
            ),
            Style(brand=self.brand, locale=self.locale, remedy=self.remedy),
        )


def read_emails(path: Path) -> Emails:
    """Return a file's emails; raise `EvaluationError`, which names the email, for a bad one."""
    try:
        raw = TypeAdapter(dict[str, object]).validate_json(read_bytes(path))
    except ValidationError as error:
        raise EvaluationError(f"{path}: {why(error)}") from error
    return {name: _email(path, name, each) for name, each in raw.items()}


def _email(path: Path, name: str, raw: object) -> Email:
    try:
        return _Given.model_validate(raw).email()
    except ValidationError as error:
        raise EvaluationError(f"{path}: email {name}: {why(error)}") from error
    except (NoPicksError, UnknownLanguageError) as error:
        raise EvaluationError(f"{path}: email {name}: {error}") from error
