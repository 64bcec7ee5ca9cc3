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
    ingest_locale: str = "en_IN"
    """How numbers and dates are written where a file leaves it open, such as `de_DE`."""
    ingest_time_zone: str = "UTC"
    """The time zone (IANA) of times without one."""
    ingest_minimum_age: Annotated[int, Field(ge=0, le=130)] = 18
    """Customers known to be younger get no email; 0 for no limit."""
    ingest_require_consent: bool = False
    """Write to nobody whose consent is unknown."""
    ingest_max_rejected_share: Annotated[float, Field(ge=0, le=1)] = 0.05
    """From a larger share of rejected rows on, the run fails before anything is paid."""
    ingest_link_hosts: str = ""
    """Hosts that links and pictures may have, separated by commas; empty for every public host."""
    ingest_columns: str = ""
    """The shop's columns as JSON, in the form of `mapping.yaml`; empty for the formats that are known."""
    ingest_temp_dir: Path | None = None
    """Where uploads are unpacked and merged; by default the system's temporary directory."""
