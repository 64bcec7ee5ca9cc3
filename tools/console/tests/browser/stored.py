"""What a journey begins with, as services have stored it."""

import json
from typing import Any

from fondly.operations.environment import Environment
from fondly.runtime.runs.run import PartReport, StageName
from tests.support.runs import RUN
from tools.console.tests.support import AT

EVENT = json.dumps({"type": "fondly.recommendations-ready.v1", "subject": RUN, "data": {"part": 3}})
FACTS: Any = {"reason": {"DataType": "String", "StringValue": f"run {RUN} is not in the ledger"}}
COUNTED = ("products", "customers", "reviews", "purchases", "interactions", "shared_texts")
STOPPED = "the budget of 1.0000 dollars does not allow part-00001"
FAILED = "shop.csv has no row that can be used"


async def give_up(environment: Environment, number: int) -> None:
    """Dead-letter so many messages of the mailer."""
    url = await environment.dead_letter_url("mailer")
    for begin in range(0, number, 10):
        await environment.sqs.send_message_batch(
            QueueUrl=url,
            Entries=[
                {"Id": str(each), "MessageBody": EVENT, "MessageAttributes": FACTS}
                for each in range(min(10, number - begin))
            ],
        )


async def fail_a_run(environment: Environment) -> None:
    """Have a run fail, as nothing of its file can be used."""
    ledger = await environment.ledger()
    await ledger.open_run(RUN, source="s3://b/uploads/shop.csv")
    await ledger.fail(RUN, FAILED)


async def stop_a_run(environment: Environment, run_id: str = RUN) -> None:
    """Have a budget stop a run whose file is read."""
    ledger, objects = await environment.ledger(), await environment.objects()
    await ledger.open_run(run_id, source="s3://b/uploads/shop.csv")
    await ledger.set_parts(run_id, 1)
    report = PartReport(
        stage=StageName.INGEST,
        name="part-00001",
        started_at=AT,
        finished_at=AT,
        counts=dict.fromkeys(COUNTED, 1),
    )
    await ledger.record(run_id, report)
    await ledger.complete_part(run_id, StageName.INGEST, 1)
    await ledger.stop(run_id, STOPPED)
    await objects.put_lines(f"runs/{run_id}/customers/part-00001.jsonl", [])
