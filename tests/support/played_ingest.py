"""Ingest's part in a run, played by a test: it says exactly whom a run is about."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiobotocore.session import get_session

from fondly.contracts import object_keys
from fondly.contracts.events import DataIngested, RunFinished, UploadRead
from fondly.contracts.records import Customer, Product
from fondly.runtime.queue.publisher import Publisher, SNSAnnouncer
from fondly.runtime.runs.run import PartReport, StageName, part_name
from tests.support.pipeline import Pipeline
from tests.support.runs import START, finish_part


@dataclass(frozen=True)
class PlayedIngest:
    """Stores and announces a run as ingest does."""

    pipeline: Pipeline

    async def run(self, run_id: str, products: Sequence[Product], *parts: Sequence[Customer]) -> RunFinished:
        """Start a run, and return how it ended."""
        observer, resources = self.pipeline.observer, self.pipeline.stack.resources
        source = f"s3://{resources.buckets['data']}/{object_keys.UPLOADS}{run_id}"
        await observer.ledger.open_run(run_id, source=source)
        await observer.ledger.set_parts(run_id, len(parts))
        await observer.objects.put_lines(object_keys.products(run_id), products)
        for part, customers in enumerate(parts, start=1):
            await observer.objects.put_lines(object_keys.customers(run_id, part), customers)
            report = PartReport(
                stage=StageName.INGEST, name=part_name(part), started_at=START, finished_at=START
            )
            await finish_part(observer.ledger, run_id, part, report)
        mailable = sum(each.exclusion is None for part in parts for each in part)
        async with get_session().create_client("sns") as sns:
            announcer = SNSAnnouncer(Publisher(sns), source="ingest", topic_arns=resources.topic_arns)
            await announcer.announce(run_id, UploadRead(customers=mailable))
            for part, customers in enumerate(parts, start=1):
                data = DataIngested.of(run_id, part, parts=len(parts), customers=customers)
                await announcer.announce(run_id, data)
        _, finished = await self.pipeline.finished(run_id)
        return finished
