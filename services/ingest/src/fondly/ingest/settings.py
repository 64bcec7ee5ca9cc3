"""Settings of the ingest service, read from `FONDLY_*` variables."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import NoDecode

from fondly.contracts.records import Fraction
from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.formats.mapping import Mapping, read_mapping
from fondly.ingest.domain.rows.people import ExclusionRules
from fondly.ingest.domain.values.conventions import Defaults
from fondly.ingest.domain.values.currencies import read_currency
from fondly.ingest.domain.values.links import LinkPolicy
from fondly.ingest.domain.values.locales import read_locale
from fondly.ingest.domain.values.people import Age, read_time_zone
from fondly.ingest.use_cases.load_files import LoadRules
from fondly.ingest.use_cases.source_files import ReadingRules
from fondly.runtime.settings import ServiceSettings

GIB = 1024**3


def _mapping(text: object) -> object:
    """Read a mapping in JSON, which is YAML; nothing from an empty text."""
    if not isinstance(text, str):
        return text
    try:
        return read_mapping(text, file="FONDLY_INGEST_COLUMNS") if text.strip() else None
    except FileError as error:
        raise ValueError(str(error)) from error


def _hosts(text: str) -> str:
    LinkPolicy.of(text)
    return text


class IngestSettings(ServiceSettings):
    """Resource names and limits, described in the README."""

    ingest_uploads_queue_url: str
    data_ingested_topic_arn: str
    interactions_ingested_topic_arn: str
    upload_read_topic_arn: str
    products_table: str
    customers_table: str
    customer_keys_table: str
    dispatches_table: str
    suppressions_table: str
    """Who has been forgotten: nothing is stored of them again."""
    ingest_part_reviews: Annotated[int, Field(ge=1, le=10_000)] = 250
    """The smallest size of a part in reviews and purchases; that of a large run is larger."""
    ingest_max_bytes: Annotated[int, Field(ge=1)] = 4 * GIB
    """The size limit of one file, both compressed and uncompressed."""
    ingest_currency: Annotated[str, AfterValidator(read_currency)] = "INR"
    """The currency of prices without one (ISO 4217)."""
    ingest_locale: Annotated[str, AfterValidator(read_locale)] = "en_IN"
    """How the shop writes figures and dates, where its files do not tell."""
    ingest_time_zone: Annotated[str, AfterValidator(read_time_zone)] = "UTC"
    """The zone of times that name none (IANA)."""
    ingest_columns: Annotated[Mapping | None, NoDecode, BeforeValidator(_mapping)] = None
    """A mapping of columns in JSON, for uploads without a `mapping.yaml` beside them."""
    ingest_max_rejected_share: Fraction = 0.05
    """From a greater share of rejected rows in a file on, the run fails before anything is paid."""
    ingest_minimum_age: Age = 18
    """Nobody known to be younger is written to; 0 for no limit."""
    ingest_consent_not_required: str = ""
    """Why people are written to whose consent is unknown, such as "soft opt-in"; empty: nobody of them is."""
    ingest_link_hosts: Annotated[str, AfterValidator(_hosts)] = ""
    """Hosts that links and pictures may have, separated by commas: `shop.example`, `*.shop.example`, or `*`
    for every public one; empty means that too. One with a port, such as `localhost:8026`, may be private."""
    ingest_unchanged_days: Annotated[int, Field(ge=0, le=30)] = 7
    """So many days whoever has had an email of the same facts gets no other; 0 for none."""
    ingest_temp_dir: Path | None = None
    """Where uploads are unpacked and merged; by default the system's temporary directory."""
    ingest_set_wait_s: Annotated[float, Field(ge=0, le=300)] = 20.0
    """How long a set of files that no checksums vouch for waits for further files before its run starts."""


def load_rules(settings: IngestSettings) -> LoadRules:
    """Return how files are to be read by these settings."""
    return LoadRules(
        reading=ReadingRules(
            Defaults(settings.ingest_currency, settings.ingest_locale, settings.ingest_time_zone),
            links=LinkPolicy.of(settings.ingest_link_hosts),
            max_bytes=settings.ingest_max_bytes,
        ),
        exclusion=ExclusionRules(settings.ingest_minimum_age, settings.ingest_consent_not_required),
        max_rejected_share=settings.ingest_max_rejected_share,
    )
