"""What the models of reports and inputs have in common."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A model that nobody changes."""

    model_config = ConfigDict(frozen=True)
