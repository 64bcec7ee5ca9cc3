"""`understudy coverage`: print the table of what is answered, or write it into a document."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from aiobotocore.session import get_session

from understudy.bedrock.models import CURRENT_MODEL_IDS
from understudy.composition import create_services
from understudy.coverage.coverage import coverage_of
from understudy.coverage.table import markdown, with_coverage

if TYPE_CHECKING:
    from pathlib import Path

    from understudy.wire.service import Service

_REGION, _ACCOUNT_ID = "us-east-1", "000000000000"


def print_coverage(document: Path | None) -> None:
    """Print the table, or put it between the marks of `document`."""
    table = markdown(coverage_of(_services()))
    if document is None:
        sys.stdout.write(table)
    else:
        document.write_text(with_coverage(document.read_text("utf-8"), table), "utf-8")


def _services() -> list[Service]:
    """Return all services, of which only the names of their operations are wanted."""
    return create_services(
        region=_REGION,
        account_id=_ACCOUNT_ID,
        model_ids=CURRENT_MODEL_IDS,
        state_delay_s=0,
        s3_client_factory=partial(get_session().create_client, "s3", _REGION),
    )
