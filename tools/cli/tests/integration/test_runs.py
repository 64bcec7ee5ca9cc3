"""`fondly runs`, `run show` and `run watch` against an emulator."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

import boto3
import pytest

from fondly.contracts import object_keys
from fondly.contracts.records import AspectCount, CustomerEvent, EventKind, Sentiment, SentimentSummary
from fondly.mailer.domain.message.shop_file import ThemeChoice
from fondly.mailer.settings import EmailSettings
from fondly.mailer.use_cases.pin_settings import PinnedSettings
from fondly.runtime.runs.attribution import credited
from fondly.runtime.runs.run import StageName
from fondly.stack.provision import Resources
from tests.support.runs import RUN

if TYPE_CHECKING:
    from tools.cli.tests.conftest import Fondly, InLedger


def test_runs_are_listed_latest_first(fondly: "Fondly", advance: Callable[..., None]) -> None:
    """With the progress of each stage."""
    advance((StageName.INGEST, 1), (StageName.INGEST, 2), (StageName.SENTIMENT, 2))
    advance(name="run-2")
    listed = fondly("runs", "--json").json
    assert [run["run_id"] for run in listed] == ["run-2", RUN]
    assert listed[1]["done"] == {"ingest": 2, "sentiment": 1, "recommender": 0, "mailer": 0}
    assert [run["run_id"] for run in fondly("runs", "--json", "--limit", "1").json] == ["run-2"]
    assert fondly("runs", "--json", "--status", "failed").json == []
    assert [run["run_id"] for run in fondly("runs", "--json", "--source", "2.csv").json] == []
    first = fondly("runs", "--json", "--limit", "1").err.split()[-1]
    assert [run["run_id"] for run in fondly("runs", "--json", "--next", first).json] == [RUN]
    table = fondly("runs").out
    assert "sentiment 1/2" in table
    assert all(len(line) <= 80 for line in table.splitlines())


def test_a_run_is_shown_in_full(
    fondly: "Fondly", advance: Callable[..., None], in_ledger: "InLedger"
) -> None:
    """Stages, counts, cost, and why it failed."""
    advance((StageName.INGEST, 1))
    in_ledger(lambda ledger: ledger.fail(RUN, "[red]broken\x1b[2J"))
    shown = fondly("run", "show", "latest", "--json").json
    assert (shown["status"], shown["reason"]) == ("failed", "[red]broken\x1b[2J")
    assert shown["stages"][0] | {"seconds": 0} == {
        "stage": "ingest",
        "done": 1,
        "parts": 2,
        "announced": False,
        "seconds": 0,
    }
    assert shown["counts"] == {"reviews_scored": 2}
    assert r"[red]broken\x1b[2J" in fondly("run", "show", RUN[:8]).out


def test_a_run_shows_how_its_emails_were_set(
    fondly: "Fondly", advance: Callable[..., None], resources: Resources
) -> None:
    """Brand, language, theme and model at a glance, all of it with the rules as JSON, and no secret."""
    advance((StageName.INGEST, 1))
    assert fondly("run", "show", RUN, "--json").json["pinned"] is None
    kept = PinnedSettings(
        settings=EmailSettings(mailer_brand_name="Quimby"),
        theme=ThemeChoice(name="market"),
        theme_files={},
        models=("m", "j"),
    )
    stored = {
        object_keys.pinned_settings(RUN): kept.model_dump_json(),
        object_keys.run_rules(RUN): '{"rules": {}}',
    }
    for key, body in stored.items():
        boto3.client("s3").put_object(Bucket=resources.buckets["data"], Key=key, Body=body.encode())
    text = " ".join(fondly("run", "show", RUN).out.split())
    assert "emails as set: Quimby, en_IN, warm, plain and brief, theme market, m; digest" in text
    shown = fondly("run", "show", RUN, "--json").json["pinned"]
    assert (shown["sha256"], shown["rules"]) == (kept.sha256, {"rules": {}})


def test_a_run_shows_what_its_customers_said(
    fondly: "Fondly", advance: Callable[..., None], put_lines: Callable[..., None]
) -> None:
    """Once the summary is stored; before, and for runs of earlier versions, there is nothing to show."""
    advance((StageName.INGEST, 1))
    assert fondly("run", "show", RUN, "--json").json["sentiment"] is None
    assert "not scored" not in fondly("run", "show", RUN).out
    praised = AspectCount(aspect="battery life", praised=41, blamed=4, neutral=3)
    said = SentimentSummary(texts=4, scored=3, empty=1, labels={Sentiment.NEGATIVE: 3}, praised=(praised,))
    put_lines(object_keys.sentiment_summary(RUN), said)
    shown = fondly("run", "show", RUN, "--json").json["sentiment"]
    assert (shown["labels"], shown["unscored_share"]) == ({"NEGATIVE": 3}, 0.25)
    text = fondly("run", "show", RUN).out
    assert "negative        3  100.0%" in text
    assert "not scored      1   25.0%  of 4 in all; 1 without a word" in text
    assert "battery life  41 of 48 praise" in text


def test_an_unknown_run_is_named(fondly: "Fondly") -> None:
    """In one line, ending with 1."""
    answer = fondly("run", "show", "run-77")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == "there are no runs yet\n"


@pytest.mark.parametrize(("failed", "code"), [(False, 0), (True, 1)])
def test_watching_ends_with_the_run(
    fondly: "Fondly",
    advance: Callable[..., None],
    in_ledger: "InLedger",
    failed: bool,  # noqa: FBT001 - a table's column
    code: int,
) -> None:
    """A failed run makes the exit code 1."""
    advance()
    in_ledger(lambda ledger: ledger.fail(RUN, "broken") if failed else ledger.finish(RUN))
    answer = fondly("run", "watch", "latest", "--json")
    assert answer.code == code
    assert answer.lines[-1]["status"] == ("failed" if failed else "finished")
    assert fondly("run", "watch", "latest").code == code


def test_a_run_shows_what_its_emails_led_to(
    fondly: "Fondly", advance: Callable[..., None], resources: Resources
) -> None:
    """Nothing until an event names it; then clicks, views, and what purchases came to."""
    advance((StageName.INGEST, 1))
    assert fondly("run", "show", RUN, "--json").json["attribution"] is None
    assert "after its emails" not in fondly("run", "show", RUN).out
    events = [
        CustomerEvent(
            event_id=f"e{number}",
            customer_id="C1",
            product_id="P1",
            kind=kind,
            timestamp=1_764_000_000,
            run_id=RUN,
            value=value,
        )
        for number, (kind, value) in enumerate(
            [
                (EventKind.CLICKED, None),
                (EventKind.CLICKED, None),
                (EventKind.PURCHASED, Decimal("1299.50")),
                (EventKind.PURCHASED, None),
            ]
        )
    ]
    table = boto3.resource("dynamodb").Table(resources.tables["runs"])
    for item in (*credited(events), *credited(events)):
        table.put_item(Item={name: value for name, value in item.items() if value is not None})
    found = fondly("run", "show", RUN, "--json").json["attribution"]
    assert found == {"clicked": 2, "viewed": 0, "purchased": 2, "valued": 1, "value": "1299.50"}
    assert "worth 1,299.50 (1 of them)" in fondly("run", "show", RUN).out
