"""What the release before has stored is read by this one; `make mixed` proves it both ways, on whole runs."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from fondly.contracts.consent import Contact
from fondly.contracts.delivery import Dispatch, FinishedEmail
from fondly.contracts.ingest_report import IngestReport
from fondly.contracts.records import (
    Customer,
    EmailRecord,
    Opinion,
    Product,
    ProductSentiment,
    Recommendation,
    ScoredReview,
    SentimentSummary,
    SharedText,
)
from fondly.ingest.domain.run_state import IngestState
from fondly.mailer.domain.record import CopyRecord
from fondly.mailer.domain.run_state import MailerState
from fondly.recommender.domain.history.history import History
from fondly.recommender.domain.personalize.rankings import RunRanking
from fondly.recommender.domain.personalize.rows import Prepared
from fondly.recommender.domain.picking.rules import RunRules
from fondly.recommender.domain.run_state import Phase, RecommenderState
from fondly.runtime.runs.delivery import Delivery
from fondly.runtime.runs.items import read_run
from fondly.runtime.runs.run import PartReport
from fondly.runtime.storage import from_item

STORED: Mapping[str, Any] = json.loads(
    (Path(__file__).parent / "samples/stored-by-d5eef3c0.json").read_text("utf-8")
)
"""A record of each kind, shortened, as the first baseline of `make mixed` has stored it."""
RUN = "table runs/run"
MODELS: Mapping[str, type[BaseModel]] = {
    "runs/…/products": Product,
    "runs/…/customers": Customer,
    "runs/…/shared-texts": SharedText,
    "runs/…/ingest": IngestReport,
    "runs/…/sentiment": ScoredReview,
    "runs/…/sentiment/shared": Opinion,
    "runs/…/sentiment/products": ProductSentiment,
    "runs/…/sentiment/summary": SentimentSummary,
    "runs/…/learned/prepared": Prepared,
    "runs/…/learned/history": History,
    "runs/…/learned/rankings": RunRanking,
    "runs/…/merchandising": RunRules,
    "runs/…/recommendations": Recommendation,
    "runs/…/copy": CopyRecord,
    "runs/…/mailed": FinishedEmail,
    "table runs/delivery": Delivery,
    "table runs/report": PartReport,
    "table contacts": Contact,
    "table dispatches": Dispatch,
    "table emails": EmailRecord,
    "table opinions": Opinion,
}


@pytest.mark.parametrize("name", MODELS)
def test_what_the_release_before_has_stored_is_read(name: str) -> None:
    """A run goes on whichever release has begun it."""
    assert MODELS[name].model_validate(STORED[name]).model_fields_set


def test_a_run_of_the_release_before_is_read() -> None:
    """With what each service keeps of it, and what is known of its customers."""
    run = read_run(from_item(STORED[RUN]))
    assert run.parts == 9
    assert IngestState.of(run).part_records == 100
    assert RecommenderState.of(run).phase is Phase.SELECT
    assert MailerState.of(run).holdout is not None
    assert History.from_item(STORED["table histories"]).reviews


def test_no_record_is_left_out() -> None:
    """Each that is stored here has its reader."""
    assert STORED.keys() == MODELS.keys() | {RUN, "table histories"}
