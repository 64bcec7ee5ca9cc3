import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from encore.contracts import trace_context
from encore.contracts.errors import PermanentError
from encore.runtime import tracing
from encore.runtime.logs import bind_event
from encore.runtime.queue.consumer import Consumer
from encore.runtime.queue.message import Message
from encore.runtime.queue.publisher import Publisher
from encore.runtime.queue.sqs import SQSQueue
from encore.runtime.spans import FLUSH_S, exporting
from encore.runtime.storage import S3Objects
from encore.stack.processes import free_port
from encore.stack.provision import Resources
from tests.support.stores import Clients

SERVICE = """
import asyncio, sys
from encore.runtime import tracing
from encore.runtime.service import run_process
from encore.runtime.settings import ServiceSettings

async def serve(settings, stop):
    with tracing.handling("queue"):
        pass

run_process("probe", ServiceSettings, serve)
print(any(name.startswith("opentelemetry") for name in sys.modules))
"""


class Collector:
    """An OTLP/HTTP collector in this process: what services send it, it keeps."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.url = f"http://127.0.0.1:{server.server_port}"
        self.bodies: list[bytes] = []

    def spans(self) -> dict[str, Span]:
        """Every span by its name; the names of one test's spans differ."""
        return {span.name: span for _, span in self._all()}

    def services(self) -> dict[str, str]:
        """Which service sent the span of a name."""
        return {span.name: service for service, span in self._all()}

    def _all(self) -> Iterator[tuple[str, Span]]:
        for body in self.bodies:
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                service = values(resource.resource)["service.name"]
                for scope in resource.scope_spans:
                    yield from ((service, span) for span in scope.spans)


def values(holder: Any) -> dict[str, Any]:  # noqa: ANN401 - a span or a resource
    """Attributes as plain values."""
    return {entry.key: getattr(entry.value, entry.value.WhichOneof("value")) for entry in holder.attributes}


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """A collector that OpenTelemetry's own variables point to."""

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            kept.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server:
        kept = Collector(server)
        thread = Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", kept.url)
        yield kept
        server.shutdown()
        thread.join()


@contextmanager
def service(name: str) -> Iterator[None]:
    """What `run_process` does around a service whose spans are wanted."""
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
    """Run a service of one handler to its end; return whether it loaded OpenTelemetry."""
    environment = {**os.environ, **resources.environment()}
    result = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", SERVICE],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return result.stdout.strip()


async def test_a_hop_between_two_services_is_one_trace(
    clients: Clients, resources: Resources, collector: Collector
) -> None:
    """Handler, publish, handler, AWS call: each is the child of the one before, across processes."""
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
    begun, scored = spans[f"process {first.name}"], spans[f"process {parts.name}"]
    published, stored = spans[f"{topic_arn.rsplit(':', 1)[-1]} send"], spans["S3.PutObject"]
    assert {span.trace_id for span in spans.values()} == {begun.trace_id}
    assert begun.parent_span_id == b""
    assert published.parent_span_id == begun.span_id
    assert scored.parent_span_id == published.span_id
    assert stored.parent_span_id == scored.span_id
    assert collector.services()[begun.name] == "ingest"
    assert collector.services()[stored.name] == "sentiment"
    head = await clients.s3.head_object(Bucket=objects.bucket, Key="scores")
    assert head["Metadata"]["traceparent"] == f"00-{stored.trace_id.hex()}-{scored.span_id.hex()}-01"


async def test_spans_say_what_was_done_where(
    clients: Clients, resources: Resources, collector: Collector
) -> None:
    """By the semantic conventions for SQS and the AWS SDK; polls and deletes, of no trace, are left out."""
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
    assert (
        values(handled).items()
        >= {
            "messaging.system": "aws_sqs",
            "messaging.destination.name": queue.name,
            "messaging.operation.type": "process",
            "encore.run_id": "run-1",
            "encore.part": 3,
        }.items()
    )
    assert stored.kind == Span.SPAN_KIND_CLIENT
    assert (
        values(stored).items()
        >= {
            "rpc.system": "aws-api",
            "rpc.service": "S3",
            "rpc.method": "PutObject",
            "http.status_code": 200,
            "retry_attempts": 0,
        }.items()
    )


async def test_failures_are_marked_by_kind_and_never_quote_what_customers_wrote(
    clients: Clients, resources: Resources, collector: Collector
) -> None:
    """An exception's text may hold a review: neither it nor a traceback leaves the process."""
    bad_key: Any = "secret opinion"
    with service("sentiment"), suppress(PermanentError), tracing.handling("queue", message_id="m-1"):
        with pytest.raises(ParamValidationError, match="secret opinion"):
            await clients.dynamodb.get_item(TableName=resources.tables["runs"], Key=bad_key)
        with pytest.raises(ClientError):
            await clients.s3.get_object(Bucket=resources.buckets["data"], Key="absent")
        raise PermanentError("secret opinion")

    spans = collector.spans()
    kinds = {name: values(span)["error.type"] for name, span in spans.items()}
    assert kinds == {
        "process queue": "PermanentError",
        "DynamoDB.GetItem": "ParamValidationError",
        "S3.GetObject": "NoSuchKey",
    }
    assert {span.status.code for span in spans.values()} == {Status.STATUS_CODE_ERROR}
    assert values(spans["process queue"])["messaging.message.id"] == "m-1"
    assert not any(b"secret" in body for body in collector.bodies)


async def test_a_condition_that_does_not_hold_is_an_answer(
    clients: Clients, resources: Resources, collector: Collector
) -> None:
    """The ledger asks in conditions; its everyday "no" must not look like trouble."""
    with service("sentiment"), tracing.handling("queue"), pytest.raises(ClientError):
        await clients.dynamodb.put_item(
            TableName=resources.tables["runs"],
            Item={"run_id": {"S": "r"}, "item": {"S": "i"}},
            ConditionExpression="attribute_exists(run_id)",
        )
    assert collector.spans()["DynamoDB.PutItem"].status.code == Status.STATUS_CODE_OK


async def test_a_trace_that_its_sender_does_not_record_is_not_recorded(collector: Collector) -> None:
    """The decision is the first service's; it is handed on."""
    unsampled = str(trace_context.TraceParent.new()._replace(sampled=False))
    with service("sentiment"), tracing.handling("queue", parent=unsampled):
        assert trace_context.current() != unsampled
        assert str(trace_context.current()).endswith("-00")
    assert collector.bodies == []


def test_a_switched_off_sdk_still_names_traces(monkeypatch: pytest.MonkeyPatch, collector: Collector) -> None:
    """`OTEL_SDK_DISABLED` ends recording; messages and logs carry a trace all the same."""
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    with service("sentiment"), tracing.handling("queue"):
        assert trace_context.TraceParent.parse(trace_context.current())
    assert collector.bodies == []


def test_without_an_endpoint_opentelemetry_is_not_even_loaded(resources: Resources) -> None:
    """No endpoint, no cost: neither memory nor time at start."""
    assert run_probe(resources) == "False"


def test_a_dead_collector_holds_up_no_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its spans are given up soon after the work has ended: a stop has a limit of its own."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{free_port()}")
    with service("sentiment"):
        with tracing.handling("queue"):
            pass
        ended = time.monotonic()
    assert time.monotonic() - ended < FLUSH_S + 1


def test_a_service_with_an_endpoint_sends_its_spans_before_it_ends(
    resources: Resources, collector: Collector
) -> None:
    """What is still in the batch when the service stops is not lost."""
    assert run_probe(resources) == "True"
    assert collector.services() == {"process queue": "probe"}
