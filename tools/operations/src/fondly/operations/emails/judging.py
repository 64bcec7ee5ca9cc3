"""What people say of emails that they have read before a run is approved; kept with the run."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from fondly.contracts.clock import utc_now
from fondly.contracts.email_index import KEY_CHARS, Risk
from fondly.operations.delivery.deployed import deployed
from fondly.operations.environment import Environment
from fondly.runtime.runs.items import items_with, key
from fondly.runtime.storage import expires_at, to_item

PREFIX = "judged#"
Verdict = Literal["fine", "struck"]
"""What somebody has said of an email; `struck`: they took a wording or a product of it, or itself, back."""


class Judgement(BaseModel):
    """What somebody has said of one email of a sample; the customer is named by their digest."""

    model_config = ConfigDict(frozen=True)
    sample: int
    """The revision of the run that the sample was drawn of."""
    key: Annotated[str, Field(pattern=rf"^[0-9a-f]{{{KEY_CHARS}}}$")]
    why: Risk
    """Why the email was drawn."""
    verdict: Verdict
    by: str
    at: datetime = Field(default_factory=utc_now)


async def judge(environment: Environment, run_id: str, judgement: Judgement) -> None:
    """Keep what somebody says of an email, in the place of what was said of it before."""
    settings = await deployed(environment)
    item = key(run_id, f"{PREFIX}{judgement.sample:06}#{judgement.key}")
    values = judgement.model_dump(mode="json") | expires_at(settings.retention_days if settings else None)
    table = await environment.table("runs")
    await environment.dynamodb.put_item(TableName=table, Item=item | to_item(values))


async def judgements(environment: Environment, run_id: str) -> list[Judgement]:
    """Return what was said of a run's emails, sample by sample."""
    items = items_with(environment.dynamodb, await environment.table("runs"), run_id, PREFIX)
    return [Judgement.model_validate(item) async for item in items]
