"""What tracing costs a message: the CPU time of its span, without and with OpenTelemetry."""

import argparse
import time
from contextlib import ExitStack

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, Sampler
from rich.console import Console
from rich.table import Table

from encore.contracts import trace_context
from encore.runtime import tracing
from encore.runtime.spans import SpanRecorder

ROUNDS = 5
CASES: dict[str, Sampler | None] = {
    "no OTLP endpoint: ids made and handed on": None,
    "OpenTelemetry, trace not sampled": ALWAYS_OFF,
    "OpenTelemetry, span recorded (its export apart)": ALWAYS_ON,
}


def main() -> None:
    """Measure each case, the best of some rounds, and print them below one another."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    messages: int = parser.parse_args().messages
    table = Table("", "CPU µs a message", title=f"one handler's span, best of {ROUNDS} times {messages:,}")
    for name, sampler in CASES.items():
        best_s = min(cpu_s(messages, sampler) for _ in range(ROUNDS))
        table.add_row(name, f"{best_s / messages * 1e6:.1f}")
    Console().print(table)


def cpu_s(messages: int, sampler: Sampler | None) -> float:
    """CPU time of so many messages that come with a trace and hand it on."""
    parent = str(trace_context.TraceParent.new())
    with ExitStack() as stack:
        if sampler:
            tracer = TracerProvider(sampler=sampler).get_tracer("benchmark")
            stack.enter_context(tracing.recording(SpanRecorder(tracer)))
        started = time.process_time()
        for _ in range(messages):
            with tracing.handling("queue", parent=parent):
                trace_context.current()
        return time.process_time() - started


if __name__ == "__main__":
    main()
