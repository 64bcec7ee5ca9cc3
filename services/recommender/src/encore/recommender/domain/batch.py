"""The lines that a batch inference job reads and writes.

Source: Amazon Personalize developer guide, "Batch inference input and output".
"""

import json
from collections.abc import Iterable

from pydantic import BaseModel, ValidationError

from encore.contracts.records import Customer
from encore.recommender.domain.csv_files import is_fit_id


class _Input(BaseModel):
    userId: str  # noqa: N815 - Personalize's name


class _Output(BaseModel):
    recommendedItems: list[str] = []  # noqa: N815 - Personalize's name


class _Line(BaseModel):
    input: _Input
    output: _Output | None = None


def input_lines(customer_ids: Iterable[str]) -> bytes:
    """Return one line for every customer."""
    return "".join(json.dumps({"userId": one}) + "\n" for one in customer_ids).encode()


def ranked_customers(customers: Iterable[Customer]) -> list[str]:
    """Return the ids of the customers to rank products for, in order.

    They are those who may be mailed, as each costs an inference, and whose ids Personalize accepts.
    """
    return [one.customer_id for one in customers if one.exclusion is None and is_fit_id(one.customer_id)]


def ranked_items(output: bytes) -> dict[str, list[str]]:
    """Return each customer's items, best first; lines come in any order.

    A customer whose line is missing, malformed or an error has no entry; the caller decides what to do.
    """
    lines = (_parsed(line) for line in output.splitlines() if line.strip())
    return {
        line.input.userId: line.output.recommendedItems
        for line in lines
        if line and line.output and line.output.recommendedItems
    }


def _parsed(line: bytes) -> _Line | None:
    try:
        return _Line.model_validate_json(line)
    except ValidationError:
        return None
