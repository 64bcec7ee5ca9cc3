"""What tracing costs: CPU time of a message's span and import time, with our trace context and OpenTelemetry.

The span comes with the sender's traceparent and hands its own on, as every handler's does.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial

from opentelemetry import context, trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, Sampler
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from rich.console import Console
from rich.table import Table

from fondly.contracts import trace_context
from fondly.runtime import tracing
from fondly.runtime.spans import SpanRecorder

ROUNDS = 5
PROPAGATOR = TraceContextTextMapPropagator()
IMPORTS = {
    "fondly.contracts.trace_context": "import fondly.contracts.trace_context",
    "opentelemetry-api, with its propagator": "import opentelemetry.trace.propagation.tracecontext",
}


def main() -> None:
    """Measure every case, the best of some rounds, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    messages: int = parser.parse_args().messages
    cases: Mapping[str, Callable[[], float]] = {
        "ours, no OTLP endpoint": partial(ours_s, messages),
        "opentelemetry-api alone, no SDK": partial(api_alone_s, messages),
        "OpenTelemetry, trace not sampled": partial(recorded_s, messages, ALWAYS_OFF),
        "OpenTelemetry, span recorded, without its export": partial(recorded_s, messages, ALWAYS_ON),
    }
    best = {name: min(measure() for _ in range(ROUNDS)) for name, measure in cases.items()}
    spans = Table("", "CPU µs per message", title=f"one handler's span, best of {ROUNDS} times {messages:,}")
    for name, seconds in best.items():
        spans.add_row(name, f"{seconds / messages * 1e6:.1f}")
    imports = Table("", "ms", title="import in a fresh interpreter, best of 15")
    for name, statement in IMPORTS.items():
        imports.add_row(name, f"{import_s(statement) * 1e3:.0f}")
    Console().print(spans, imports)
    carrier = {"traceparent": str(trace_context.TraceParent.new())}
    with_sender = (
        "the sender's own traceparent" if hand_on(carrier) == carrier else "a traceparent of its own"
    )
    without_sender = "a new traceparent" if hand_on({}) else "none"
    Console().print(f"opentelemetry-api alone hands on {with_sender}, and {without_sender} without a sender")


def ours_s(messages: int) -> float:
    """CPU time of so many messages' spans."""
    parent = str(trace_context.TraceParent.new())
    started = time.process_time()
    for _ in range(messages):
        with tracing.handling("queue", parent=parent):
            trace_context.current()
    return time.process_time() - started


def recorded_s(messages: int, sampler: Sampler) -> float:
    """The same, recorded by OpenTelemetry's SDK."""
    tracer = TracerProvider(sampler=sampler).get_tracer("benchmark")
    with tracing.recording(SpanRecorder(tracer)):
        return ours_s(messages)


def api_alone_s(messages: int) -> float:
    """The same by `opentelemetry-api`, whose spans do nothing without an SDK."""
    carrier = {"traceparent": str(trace_context.TraceParent.new())}
    started = time.process_time()
    for _ in range(messages):
        hand_on(carrier)
    return time.process_time() - started


def hand_on(carrier: Mapping[str, str]) -> dict[str, str]:
    """Start a span in the sender's context with the API's no-op tracer, and return what it would send."""
    outgoing: dict[str, str] = {}
    token = context.attach(PROPAGATOR.extract(carrier))
    try:
        with trace.NoOpTracer().start_as_current_span("process queue"):
            PROPAGATOR.inject(outgoing)
    finally:
        context.detach(token)
    return outgoing


def import_s(statement: str) -> float:
    """Seconds that an import takes in an interpreter that has loaded nothing else."""
    script = f"import time; started = time.perf_counter(); {statement}; print(time.perf_counter() - started)"
    command = [sys.executable, "-c", script]
    return min(float(subprocess.check_output(command)) for _ in range(15))  # noqa: S603 - our own script


if __name__ == "__main__":
    main()
