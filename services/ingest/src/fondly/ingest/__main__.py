"""Starts the ingest service: `python -m fondly.ingest`."""

from fondly.ingest.adapters.s3_files import S3Files
from fondly.ingest.handler import IngestHandler
from fondly.ingest.settings import IngestSettings, load_rules
from fondly.ingest.use_cases.find_run_files import FindRunFiles
from fondly.ingest.use_cases.find_unchanged import FindUnchanged
from fondly.ingest.use_cases.ingest_events import IngestEvents
from fondly.ingest.use_cases.ingest_upload import IngestUpload, Limits
from fondly.ingest.use_cases.publish_parts import Publication
from fondly.ingest.use_cases.start_run import StartRun
from fondly.ingest.use_cases.start_tools import SetLimits, Tools
from fondly.ingest.use_cases.supersede import Supersede
from fondly.runtime.queue.consumer import Handler
from fondly.runtime.runs.latest import LatestRuns
from fondly.runtime.runs.run import StageName
from fondly.runtime.service import Runtime, run_service


async def make_handler(runtime: Runtime[IngestSettings]) -> Handler:
    """Wire the use cases to AWS."""
    settings = runtime.settings
    files = S3Files(runtime.s3, settings.data_bucket)
    suppressions = runtime.items(settings.suppressions_table, expires=False)
    customers, dispatches = map(runtime.items, (settings.customers_table, settings.dispatches_table))
    publication = Publication(
        files=files,
        objects=runtime.objects,
        products=runtime.items(settings.products_table, expires=False),
        customers=customers,
        unchanged=FindUnchanged(runtime.objects, customers, dispatches, settings.ingest_unchanged_days),
        customer_keys=runtime.items(settings.customer_keys_table),
        suppressions=suppressions,
        announcer=runtime.announcer,
        ledger=runtime.ledger,
        stage=runtime.stage,
    )
    limits, latest = _limits(settings), LatestRuns(runtime.dynamodb, settings.runs_table)
    tools = Tools(
        files,
        runtime.ledger,
        runtime.stage,
        Supersede(latest, runtime.ledger, runtime.announcer),
        IngestUpload(publication, limits),
        FindRunFiles(files, runtime.ledger, settings.ingest_columns),
        _set_limits(settings),
    )
    ingest_events = IngestEvents(
        files=files,
        objects=runtime.objects,
        suppressions=suppressions,
        announcer=runtime.announcer,
        locks=runtime.locks,
        limits=limits,
    )
    return IngestHandler(files.name, StartRun(tools), ingest_events)


def _limits(settings: IngestSettings) -> Limits:
    return Limits(
        load=load_rules(settings),
        part_records=settings.ingest_part_reviews,
        mapping=settings.ingest_columns,
        temp_dir=settings.ingest_temp_dir,
    )


def _set_limits(settings: IngestSettings) -> SetLimits:
    return SetLimits(
        wait_s=settings.ingest_set_wait_s,
        max_bytes=settings.ingest_max_bytes,
        temp_dir=settings.ingest_temp_dir,
    )


if __name__ == "__main__":
    run_service(StageName.INGEST, IngestSettings, make_handler)
