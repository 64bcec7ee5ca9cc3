"""A service that is begun from the template runs in the stack."""

import asyncio
import json
import sys
from pathlib import Path

import boto3

from examples.begin_service import begin
from fondly.contracts.events import EmailSent, new_event
from fondly.operations.local_stack import ENVIRONMENT
from fondly.operations.topology import Queue, load_topology
from fondly.stack.embedded import REGION, EmbeddedStack
from fondly.stack.provision import provision
from tests.e2e.conftest import RECORDING
from tests.support.pipeline import Pipeline

NAME, ROOT = "parcels", Path(__file__).parents[2]


async def test_a_service_from_the_template_works(pipeline: Pipeline, tmp_path: Path) -> None:
    """With a queue in the topology it takes what was announced, twice, and stores one notice."""
    begin(NAME, tmp_path / NAME)
    topology, stack = load_topology(), pipeline.stack
    assert isinstance(stack, EmbeddedStack)
    queue = Queue(visibility_s=60, max_receives=8, retention_s=345_600, subscribes=EmailSent.topic)
    resources = provision(
        topology.model_copy(update={"queues": {**topology.queues, NAME: queue}}),
        environment=ENVIRONMENT,
        region=REGION,
    )
    paths = ":".join((str(RECORDING), str(tmp_path / NAME / "src")))
    stack.processes.start(
        NAME, ["-m", f"fondly.{NAME}"], {**stack.variables, **resources.settings(), "PYTHONPATH": paths}
    )
    event = new_event(EmailSent(customer_id="C1", transport="smtp"), run_id="run-notices", source="sender")
    sns, s3 = boto3.client("sns"), boto3.client("s3")
    for _ in range(2):
        sns.publish(TopicArn=resources.topic_arns[EmailSent.topic], Message=event.model_dump_json())
    key, bucket = f"runs/run-notices/{NAME}/{event.id}.jsonl", resources.buckets["data"]
    async with asyncio.timeout(pipeline.patience_s):
        while "Contents" not in s3.list_objects_v2(Bucket=bucket, Prefix=key):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.2)
    notice = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    assert notice == {"customer_id": "C1", "text": "We have picked something for you."}
    stack.processes.end(NAME)


async def test_the_tests_of_a_service_from_the_template_pass(tmp_path: Path) -> None:
    """They come with it, under its name."""
    begin(NAME, tmp_path / NAME)
    paths = f"pythonpath={ROOT} {tmp_path / NAME / 'src'}"
    command = ("-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "-o", paths, str(tmp_path / NAME))
    tests = await asyncio.create_subprocess_exec(
        sys.executable, *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await tests.communicate()
    assert tests.returncode == 0, out.decode()
