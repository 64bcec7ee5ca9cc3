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
    ingest_part_reviews: Annotated[int, Field(ge=1, le=10_000)] = 250
    """A part closes once it holds this many reviews."""
    ingest_max_bytes: Annotated[int, Field(ge=1)] = 4 * GIB
    """The size limit of one file, both compressed and uncompressed."""
    ingest_currency: Annotated[str, AfterValidator(_currency)] = "INR"
    """The currency of prices without one (ISO 4217)."""
    ingest_locale: Annotated[str, AfterValidator(_locale)] = "en_IN"
    """How the shop writes figures and dates, where its files do not tell."""
    ingest_time_zone: Annotated[str, AfterValidator(read_time_zone)] = "UTC"
    """The zone of times that name none (IANA)."""
    ingest_columns: Annotated[Mapping | None, NoDecode, BeforeValidator(_mapping)] = None
    """A mapping of columns in JSON, for uploads without a `mapping.yaml` beside them."""
    ingest_max_rejected_share: Annotated[float, Field(ge=0, le=1)] = 0.05
    """From a greater share of rejected rows in a file on, the run fails before anything is paid."""
    ingest_minimum_age: Annotated[int, Field(ge=0, le=130)] = 18
    """Nobody known to be younger is written to; 0 for no limit."""
    ingest_require_consent: bool = False
    """Write to nobody whose consent is unknown."""
    ingest_link_hosts: Annotated[str, AfterValidator(_hosts)] = ""
    """Hosts that links and pictures may have, separated by commas: `shop.example`, `*.shop.example`. Empty:
    every public host."""
    ingest_temp_dir: Path | None = None
    """Where uploads are unpacked and merged; by default the system's temporary directory."""
    ingest_set_wait_s: Annotated[float, Field(ge=0, le=300)] = 20.0
    """How long a set of files that no checksums vouch for waits for further files before its run starts."""
