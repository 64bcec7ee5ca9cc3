"""Emails as a shop's file would make them: for customers of the last run, by house text."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from fondly.contracts import object_keys
from fondly.contracts.errors import InvalidFileError
from fondly.contracts.records import Recommendation
from fondly.mailer.adapters.shop_files import StoredShopFiles
from fondly.mailer.domain.copy.subjects import unsuitable
from fondly.mailer.domain.message.theme_files import built_in_themes
from fondly.mailer.ports import ShopFiles
from fondly.mailer.use_cases.load_look import load_look
from fondly.operations.check.examples import Example, rendered
from fondly.operations.check.preview import Mailing
from fondly.operations.environment import Environment
from fondly.operations.shop.loading import shop_of
from fondly.operations.shop.sample_email import RECOMMENDATION
from fondly.runtime.runs.run import Run, StageName
from fondly.runtime.storage import S3Objects

SHOWN = 3
RUNS_LOOKED_AT = 10


class Preview(BaseModel):
    """Emails that were rendered, and the run whose customers they are for; without one they are made up."""

    run_id: str | None
    emails: list[Example]


@dataclass(frozen=True)
class EditedShopFiles:
    """The shop's files in the bucket, but for a `fondly.toml` that is not saved yet."""

    text: str
    stored: ShopFiles

    async def read(self, name: str, *, max_bytes: int) -> bytes | None:
        """Return at most the first `max_bytes` of a file; None if there is no such file."""
        if name == object_keys.SHOP_CONFIG:
            return self.text.encode()[:max_bytes]
        return await self.stored.read(name, max_bytes=max_bytes)

    def place(self, name: str) -> str:
        """Return the file's name, for messages."""
        return name


async def preview(environment: Environment, text: str) -> Preview:
    """Return three emails by a file with this text; raise `InvalidFileError` if the mailer cannot use it."""
    objects = await environment.objects()
    look = await load_look(EditedShopFiles(text, StoredShopFiles(objects)))
    run = await last_run(environment, through=StageName.RECOMMENDER)
    found = await _recommendations(objects, run)

    def emails() -> list[Example]:
        mailing = Mailing.of(shop_of(text, file=Path(object_keys.SHOP_CONFIG), environment=os.environ))
        theme, picks = look.theme(mailing.brand, mailing.language.messages), mailing.shop.applied.shop.picks
        if subjects := look.shop.subjects:
            for problem in unsuitable(
                subjects.test, brand=mailing.brand.name, language=mailing.language.code
            ):
                raise InvalidFileError(f"{object_keys.SHOP_CONFIG}: {problem}")
        shown = [each.model_copy(update={"picks": each.picks[:picks]}) for each in found or [RECOMMENDATION]]
        return rendered(shown, mailing, theme)

    return Preview(run_id=run.run_id if run and found else None, emails=await asyncio.to_thread(emails))


async def themes(environment: Environment) -> list[str]:
    """Return the names of the themes that there are: built-in ones and the shop's own."""
    folder = f"{object_keys.SHOP}{object_keys.THEMES}"
    keys = [key.removeprefix(folder) async for key in (await environment.objects()).keys(folder)]
    own = {key.removesuffix("/theme.toml") for key in keys if key.count("/") == 1}
    return sorted({*built_in_themes(), *(name for name in own if "/" not in name)})


async def last_run(environment: Environment, *, through: StageName | None = None) -> Run | None:
    """Return the last run whose files have been read, and whose first part is `through` a stage."""
    page = await (await environment.ledger()).recent(limit=RUNS_LOOKED_AT)
    read = (run for run in page.runs if run.parts)
    return next((run for run in read if through is None or 1 in run.stage(through).done), None)


async def _recommendations(objects: S3Objects, run: Run | None) -> list[Recommendation]:
    """Return the first recommendations with picks of a run's first part."""
    found: list[Recommendation] = []
    if run:
        async for line in objects.lines(object_keys.recommendations(run.run_id, 1)):
            recommendation = Recommendation.model_validate_json(line)
            found += [recommendation] if recommendation.picks else []
            if len(found) == SHOWN:
                break
    return found
