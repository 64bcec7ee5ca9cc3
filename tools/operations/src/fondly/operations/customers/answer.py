"""The answer of `fondly customer forget`."""

from collections.abc import Sequence

from pydantic import BaseModel

from fondly.operations.cleanup.report import Row
from fondly.operations.customers.proof import Proof


class Forgotten(BaseModel):
    """What was deleted or is left, by kind, and what a search of everything has found afterwards."""

    rows: Sequence[Row]
    proof: Proof | None
    """None after a dry run, or if the search could not be made."""
