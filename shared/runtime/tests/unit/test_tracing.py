import json
import sys

import pytest

from fondly.contracts import trace_context
from fondly.contracts.events import SentimentScored, new_event
from fondly.contracts.trace_context import TraceParent
from fondly.runtime import tracing
from fondly.runtime.logs import bind_event, configure_logging, exporting_spans, get_logger

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"


def handled(parent: str | None) -> TraceParent:
    """The span of a handler whose message carries `parent`."""
    with tracing.handling("queue", parent=parent):
        span = TraceParent.parse(trace_context.current())
    assert span
    return span


@pytest.mark.parametrize("flags", ["00", "01"])
def test_a_traceparent_is_written_as_it_was_read(flags: str) -> None:
    """Trace, span and the sampled flag are preserved."""
    text = f"00-{TRACE}-{SPAN}-{flags}"
    assert str(TraceParent.parse(text)) == text


def test_flags_other_than_sampled_are_cleared() -> None:
    """Version 00 defines one flag; a sender must set all others to zero."""
    assert str(TraceParent.parse(f"00-{TRACE}-{SPAN}-ff")) == f"00-{TRACE}-{SPAN}-01"


@pytest.mark.parametrize(
    "malformed",
    [
        None,
        "",
        "hello",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{TRACE}-{SPAN}-01\n",
        f" 00-{TRACE}-{SPAN}-01",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE[:-1]}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-zz",
    ],
)
def test_a_malformed_traceparent_starts_a_new_trace(malformed: str | None) -> None:
    """It is ignored as a whole, as the recommendation requires."""
    assert TraceParent.parse(malformed) is None
    span = handled(malformed)
    assert span.trace_id != TRACE
    assert span.sampled


def test_a_handler_continues_its_senders_trace_as_a_span_of_its_own() -> None:
    """Trace and sampling decision stay the same; the span is new."""
    span = handled(f"00-{TRACE}-{SPAN}-00")
    assert span.trace_id == TRACE
    assert span.span_id != SPAN
    assert not span.sampled


def test_a_trace_runs_through_a_chain_of_handlers() -> None:
    """Each handler passes the trace on to the next."""
    first = handled(None)
    second = handled(str(first))
    third = handled(str(second))
    assert first.trace_id == second.trace_id == third.trace_id
    assert len({first.span_id, second.span_id, third.span_id}) == 3


def test_there_is_no_trace_outside_a_handler() -> None:
    """Neither before a handler starts nor after it has ended or failed."""
    assert trace_context.current() is None
    with pytest.raises(ValueError, match="broken"), tracing.handling("queue"):
        raise ValueError("broken")
    assert trace_context.current() is None
    assert tracing.carried() == {}


def test_an_event_carries_the_trace_of_the_handler_that_announces_it() -> None:
    """Subscribers that do not get message attributes find it in the envelope."""
    data = SentimentScored(parts=1, reviews=2)
    with tracing.handling("queue"):
        event = new_event(data, run_id="r", source="s")
        assert event.traceparent == trace_context.current()
        assert tracing.carried() == {"traceparent": event.traceparent}
    assert new_event(data, run_id="r", source="s").traceparent is None


def test_log_lines_name_the_trace(capsys: pytest.CaptureFixture[str]) -> None:
    """Both the handler's lines and those about its message's outcome."""
    configure_logging(service="mailer")
    with tracing.handling("queue", parent=f"00-{TRACE}-{SPAN}-01"):
        bind_event(run_id="r", event_id="e")
        get_logger().info("part_mailed")
    get_logger().info("message_retried")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["trace_id"] for line in lines] == [TRACE, TRACE]


def test_an_endpoint_without_opentelemetry_causes_one_warning(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service keeps running, and the warning says what to install."""
    monkeypatch.setitem(sys.modules, "fondly.runtime.spans", None)
    configure_logging(service="mailer")
    with exporting_spans("mailer", endpoint="http://127.0.0.1:4318"), tracing.handling("queue"):
        assert trace_context.current()
    [line] = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert line["level"] == "warning"
    assert line["event"] == "spans_not_exported"
    assert line["install"] == "fondly-runtime[tracing]"
