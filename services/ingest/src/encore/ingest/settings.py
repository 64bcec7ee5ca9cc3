"""Settings of the ingest service, read from `ENCORE_*` variables."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from encore.runtime.settings import ServiceSettings

GIB = 1024**3


class IngestSettings(ServiceSettings):
    """Names of resources and limits; see the README for what each does."""

    ingest_uploads_queue_url: str
    data_ingested_topic_arn: str
    products_table: str
    customers_table: str
    reviews_table: str
    ingest_part_reviews: Annotated[int, Field(ge=1, le=10_000)] = 250
    """Reviews after which a part closes."""
    ingest_max_bytes: Annotated[int, Field(ge=1)] = 4 * GIB
    """The most that one file may hold, compressed and not."""
    ingest_currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "INR"
    """The currency of prices that name none (ISO 4217)."""
    ingest_temp_dir: Path | None = None
    """Where uploads are unpacked and merged; the system's place by default."""
