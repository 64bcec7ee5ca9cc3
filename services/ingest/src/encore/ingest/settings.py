"""Settings of the ingest service, read from `ENCORE_*` variables."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from encore.runtime.settings import ServiceSettings

GIB = 1024**3


class IngestSettings(ServiceSettings):
    """Resource names and limits, described in the README."""

    ingest_uploads_queue_url: str
    data_ingested_topic_arn: str
    products_table: str
    customers_table: str
    reviews_table: str
    ingest_part_reviews: Annotated[int, Field(ge=1, le=10_000)] = 250
    """A part closes once it holds this many reviews."""
    ingest_max_bytes: Annotated[int, Field(ge=1)] = 4 * GIB
    """The size limit of one file, both compressed and uncompressed."""
    ingest_currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "INR"
    """The currency of prices without one (ISO 4217)."""
    ingest_temp_dir: Path | None = None
    """Where uploads are unpacked and merged; by default the system's temporary directory."""
    ingest_set_wait_s: Annotated[float, Field(ge=0, le=300)] = 20.0
    """How long a set of files that no checksums vouch for waits for further files before its run starts."""
