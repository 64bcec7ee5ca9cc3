"""What all records share: they are immutable, and their members bounded."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Identifier = Annotated[str, Field(min_length=1, max_length=256)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
RUN_ID = r"^run-[0-9a-f]{16}$"
MAX_VALUE = 1_000_000_000
"""More than anybody pays for a product, in any currency."""


class Record(BaseModel):
    """An immutable record; unknown members of a newer version are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, defer_build=True)
