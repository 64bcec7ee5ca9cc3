"""An OTLP/HTTP collector in this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span


class Collector:
    """Keeps the spans that services send."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.url = f"http://127.0.0.1:{server.server_port}"
        self.bodies: list[bytes] = []

    def spans(self) -> dict[str, Span]:
        """Every span by name; the spans of a test have distinct names."""
        return {span.name: span for _, span in self._all()}

    def services(self) -> dict[str, str]:
        """The service that sent each span, by the span's name."""
        return {span.name: service for service, span in self._all()}

    def _all(self) -> Iterator[tuple[str, Span]]:
        for body in self.bodies:
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                service = values(resource.resource)["service.name"]
                for scope in resource.scope_spans:
                    yield from ((service, span) for span in scope.spans)


def values(owner: Any) -> dict[str, Any]:  # noqa: ANN401 - a span or a resource
    """The attributes of a span or a resource as plain values."""
    return {entry.key: getattr(entry.value, entry.value.WhichOneof("value")) for entry in owner.attributes}


@contextmanager
def serve_collector() -> Iterator[Collector]:
    """Serve a collector until the end of the body."""

    class Receive(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            collector.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Receive) as server:
        collector = Collector(server)
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield collector
        server.shutdown()
        thread.join()
