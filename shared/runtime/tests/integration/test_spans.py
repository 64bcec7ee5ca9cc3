import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from fondly.contracts import trace_context
from fondly.contracts.errors import PermanentError
from fondly.runtime import tracing
from fondly.runtime.logs import bind_event
from fondly.runtime.queue.consumer import Consumer
from fondly.runtime.queue.message import Message
from fondly.runtime.queue.publisher import Publisher
from fondly.runtime.queue.sqs import SQSQueue
from fondly.runtime.spans import FLUSH_S, exporting
from fondly.runtime.storage import S3Objects
from fondly.stack.processes import free_port
from fondly.stack.provision import Resources
from tests.support.collector import Collector, values
from tests.support.stores import Clients

SERVICE = """
import asyncio, sys
from fondly.runtime import tracing
from fondly.runtime.process import run_process
from fondly.runtime.settings import ServiceSettings

async def serve(settings, stop):
    with tracing.handling("queue"):
        pass

run_process("probe", ServiceSettings, serve)
print(any(name.startswith("opentelemetry") for name in sys.modules))
"""

MESSAGE_ATTRIBUTES = {
    "messaging.system": "aws_sqs",
    "messaging.operation.type": "process",
    "fondly.run_id": "run-1",
    "fondly.part": 3,
}
CALL_ATTRIBUTES = {
    "rpc.system": "aws-api",
    "rpc.service": "S3",
    "rpc.method": "PutObject",
    "http.status_code": 200,
    "retry_attempts": 0,
}


@contextmanager
def service(name: str) -> Iterator[None]:
    """Export spans as `run_process` does for a service."""
    with exporting(name) as recorder, tracing.recording(recorder):
        yield


async def consume_one(queue: SQSQueue, handle: Callable[[Message], Awaitable[None]]) -> None:
    """Handle one message of a queue as a service does."""
    stop = asyncio.Event()

    async def last(message: Message) -> None:
        try:
            await handle(message)
        finally:
            stop.set()

    await Consumer(queue, last, concurrency=1, wait_s=1).run(stop)


def run_probe(resources: Resources) -> str:
    """Run a service in a process of its own; return whether it loaded OpenTelemetry."""
    environment = {**os.environ, **resources.settings()}
    result = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", SERVICE],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return result.stdout.strip()


def assert_chain(*spans: Span) -> None:
    """Each span is the child of the one before; the first has no parent."""
    parents = [b"", *(span.span_id for span in spans[:-1])]
    assert [span.parent_span_id for span in spans] == parents


async def test_two_services_share_one_trace(
    clients: Clients, resources: Resources, collector: Collector
) -> None:
    """Handler, publish, handler, AWS call: each span is the child of the one before."""
    first = SQSQueue(clients.sqs, resources.queue_urls["recommender"])
    topic_arn = resources.topic_arns["data-ingested"]
    parts = SQSQueue(clients.sqs, resources.queue_urls["sentiment"])
    objects = S3Objects(clients.s3, resources.buckets["data"])

    async def ingest(_: Message) -> None:
        bind_event(run_id="run-1", event_id="e-1", part=3)
        await Publisher(clients.sns).publish(topic_arn, ["a part"])

    async def score(_: Message) -> None:
        await objects.put("scores", b"{}", content_type="application/json")

    await first.send("an upload")
    with service("ingest"):
        await consume_one(first, ingest)
    with service("sentiment"):
        await consume_one(parts, score)

    spans = collector.spans()
    ingested, scored = spans[f"process {first.name}"], spans[f"process {parts.name}"]
    published, stored = spans[f"{topic_arn.rsplit(':', 1)[-1]} send"], spans["S3.PutObject"]
    assert {span.trace_id for span in spans.values()} == {ingested.trace_id}
    assert_chain(ingested, published, scored, stored)
    assert [collector.services()[span.name] for span in (ingested, stored)] == ["ingest", "sentiment"]
    head = await clients.s3.head_object(Bucket=objects.bucket, Key="scores")
    assert head["Metadata"]["traceparent"] == f"00-{stored.trace_id.hex()}-{scored.span_id.hex()}-01"


async def test_spans_describe_messages_and_aws_calls(
    clients: Clients, resources: Resources, collector: Collector
) -> None:
    """They follow the semantic conventions for SQS and the AWS SDK; receives and deletes have no spans."""
    queue = SQSQueue(clients.sqs, resources.queue_urls["sentiment"])
    objects = S3Objects(clients.s3, resources.buckets["data"])

    async def score(_: Message) -> None:
        bind_event(run_id="run-1", event_id="e-1", part=3)
        await objects.put("scores", b"{}", content_type="application/json")

    await queue.send("a part")
    with service("sentiment"):
        await consume_one(queue, score)

    spans = collector.spans()
    assert set(spans) == {f"process {queue.name}", "S3.PutObject"}
    handled, stored = spans[f"process {queue.name}"], spans["S3.PutObject"]
    assert handled.kind == Span.SPAN_KIND_CONSUMER
    message = {**MESSAGE_ATTRIBUTES, "messaging.destination.name": queue.name}
    assert values(handled).items() >= message.items()
    assert stored.kind == Span.SPAN_KIND_CLIENT
    assert values(stored).items() >= CALL_ATTRIBUTES.items()


async def test_failures_have_a_type_but_never_quote_customers(
    clients: Clients, resources: Resources, collector: Collector
) -> None:
    """An exception's text may contain a review: neither it nor a traceback leaves the process."""
    bad_key: Any = "secret review"
    with service("sentiment"), suppress(PermanentError), tracing.handling("queue", message_id="m-1"):
        with pytest.raises(ParamValidationError, match="secret review"):
            await clients.dynamodb.get_item(TableName=resources.tables["runs"], Key=bad_key)
        with pytest.raises(ClientError):
            await clients.s3.get_object(Bucket=resources.buckets["data"], Key="absent")
        raise PermanentError("secret review")

    spans = collector.spans()
    types = {name: values(span)["error.type"] for name, span in spans.items()}
    assert types == {
        "process queue": "PermanentError",
        "DynamoDB.GetItem": "ParamValidationError",
        "S3.GetObject": "NoSuchKey",
    }
    assert {span.status.code for span in spans.values()} == {Status.STATUS_CODE_ERROR}
    assert values(spans["process queue"])["messaging.message.id"] == "m-1"
    assert not any(b"secret" in body for body in collector.bodies)


async def test_a_failed_condition_is_not_an_error(
    clients: Clients, resources: Resources, collector: Collector
) -> None:
    """The ledger's conditional writes often fail in normal operation."""
    with service("sentiment"), tracing.handling("queue"), pytest.raises(ClientError):
        await clients.dynamodb.put_item(
            TableName=resources.tables["runs"],
            Item={"run_id": {"S": "r"}, "item": {"S": "i"}},
            ConditionExpression="attribute_exists(run_id)",
        )
    assert collector.spans()["DynamoDB.PutItem"].status.code == Status.STATUS_CODE_OK


async def test_an_unsampled_trace_is_not_recorded(collector: Collector) -> None:
    """The first service decides whether a trace is sampled; the others follow."""
    unsampled = str(trace_context.TraceParent.new()._replace(sampled=False))
    with service("sentiment"), tracing.handling("queue", parent=unsampled):
        assert trace_context.current() != unsampled
        assert str(trace_context.current()).endswith("-00")
    assert collector.bodies == []


def test_a_disabled_sdk_propagates_traces(monkeypatch: pytest.MonkeyPatch, collector: Collector) -> None:
    """`OTEL_SDK_DISABLED` stops recording, but messages and logs still carry a trace."""
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    with service("sentiment"), tracing.handling("queue"):
        assert trace_context.TraceParent.parse(trace_context.current())
    assert collector.bodies == []


def test_without_an_endpoint_opentelemetry_is_not_loaded(resources: Resources) -> None:
    """It costs neither memory nor time at start."""
    assert run_probe(resources) == "False"


def test_a_dead_collector_does_not_delay_the_end_of_a_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """The remaining spans are dropped after `FLUSH_S`."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{free_port()}")
    with service("sentiment"):
        with tracing.handling("queue"):
            pass
        ended = time.monotonic()
    assert time.monotonic() - ended < FLUSH_S + 1


def test_a_service_with_an_endpoint_sends_its_spans_before_it_ends(
    resources: Resources, collector: Collector
) -> None:
    """Spans that are still batched when the service stops are not lost."""
    assert run_probe(resources) == "True"
    assert collector.services() == {"process queue": "probe"}
