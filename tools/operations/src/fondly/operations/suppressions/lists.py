"""Takes lists of people who must not be written to in, by the million, and writes them."""

import csv
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC
from pathlib import Path
from typing import TextIO

from pydantic import BaseModel

from fondly.contracts.consent import SubjectKind, Suppression, address_entry
from fondly.contracts.delivery import NotSent
from fondly.operations.audit import noted
from fondly.operations.environment import Environment, Ignoring, open_client, pages
from fondly.operations.errors import OperationError
from fondly.operations.suppressions.columns import OWN
from fondly.operations.suppressions.people import open_consent
from fondly.operations.suppressions.reading import BadRow, Found, read_list
from fondly.operations.suppressions.rows import Defaults
from fondly.runtime.consent import DynamoDBConsent

AT_A_TIME = 1_000
NAMED_ROWS = 10
LIST = "suppressions"
"""What an audit calls everybody on a list."""


class Imported(BaseModel):
    """What has become of a list."""

    entries: int = 0
    """Addresses and customers that it names."""
    new: int = 0
    """Those that were not suppressed before."""
    bad_rows: int = 0
    first_bad_rows: list[str] = []


async def import_list(
    environment: Environment,
    file: Path | None,
    defaults: Defaults,
    *,
    by: str,
    rejects: Path | None = None,
    dry_run: bool = False,
) -> AsyncIterator[Imported]:
    """Suppress everybody on a list, SES's own without a file; yield how far that is, and at last the result.

    What is suppressed already keeps its reason, so that a repetition changes nothing. Rows that cannot be
    used are written to `rejects`. Memory holds `AT_A_TIME` entries.
    """
    details = {"reason": str(defaults.reason), "source": defaults.source or "SES"}
    noting = noted(environment, by=by, act="suppress", about=LIST, details=details)
    async with nullcontext() if dry_run else noting:
        async for imported in _import(environment, file, defaults, rejects=rejects, dry_run=dry_run):
            yield imported


async def _import(
    environment: Environment, file: Path | None, defaults: Defaults, *, rejects: Path | None, dry_run: bool
) -> AsyncIterator[Imported]:
    consent = await open_consent(environment)
    imported, waiting = Imported(), list[Suppression]()
    with opened(rejects) if rejects else nullcontext() as bad_rows:
        async for each in _found(environment, file, defaults):
            if isinstance(each, BadRow):
                imported.bad_rows += 1
                imported.first_bad_rows += [str(each)] if imported.bad_rows <= NAMED_ROWS else []
                if bad_rows:
                    bad_rows.write(f"{each}\n")
                continue
            waiting.append(each)
            if len(waiting) == AT_A_TIME:
                await _store(consent, waiting, imported, dry_run=dry_run)
                waiting = []
                yield imported
        await _store(consent, waiting, imported, dry_run=dry_run)
    yield imported


async def export_list(environment: Environment, file: TextIO, *, by: str) -> int:
    """Write everybody as CSV, which `import_list` reads back as they were; return how many there are."""
    async with noted(environment, by=by, act="export", about=LIST):
        return await write_list(await open_consent(environment), file)


async def write_list(consent: DynamoDBConsent, file: TextIO) -> int:
    """Write everybody as CSV; return how many there are."""
    written = csv.writer(file, lineterminator="\n")
    written.writerow(OWN)
    number = 0
    async for each in consent.all():
        subject = each.subject or ""
        whom = [subject, ""] if each.kind is SubjectKind.ADDRESS else ["", subject]
        written.writerow([*whom, each.reason, each.source, each.at.isoformat(), each.entry])
        number += 1
    return number


@contextmanager
def opened(path: Path) -> Iterator[TextIO]:
    """Open a file that only its owner may read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        yield file


async def _found(environment: Environment, file: Path | None, defaults: Defaults) -> AsyncIterator[Found]:
    for each in read_list(file, defaults) if file else ():
        yield each
    if file is None:
        async for suppression in of_account(environment.region):
            yield suppression


SES_REASONS = {"BOUNCE": NotSent.HARD_BOUNCE, "COMPLAINT": NotSent.COMPLAINT}


async def of_account(region: str) -> AsyncIterator[Suppression]:
    """Yield the addresses of SES's own list of an account; raise `OperationError` if there is none."""
    async with open_client("sesv2", region) as ses:
        with Ignoring({"404"}):
            async for page in pages(ses.list_suppressed_destinations, "NextToken", PageSize=AT_A_TIME):
                for each in page.get("SuppressedDestinationSummaries", []):
                    yield Suppression(
                        entry=address_entry(each["EmailAddress"]),
                        reason=SES_REASONS.get(each["Reason"], NotSent.IMPORTED),
                        source="SES account-level suppression list",
                        at=each["LastUpdateTime"].astimezone(UTC),
                        subject=each["EmailAddress"],
                    )
            return
        raise OperationError("no suppression list here: only SES itself keeps one, emulators do not")


async def _store(
    consent: DynamoDBConsent, suppressions: list[Suppression], imported: Imported, *, dry_run: bool
) -> None:
    imported.entries += len(suppressions)
    if not dry_run:
        imported.new += await consent.suppress(suppressions)
        return
    entries = {each.entry for each in suppressions}
    imported.new += len(entries - (await consent.find(entries)).keys())
