"""What a run imports, by what is new and what Personalize is known to have."""

from datetime import UTC, datetime

import pytest

from encore.recommender.domain.imports import (
    ITEMS,
    MOST_ADDED_BYTES,
    MOST_EVENTS,
    USERS,
    Delta,
    Imports,
    Mode,
    can_reach_a_version,
    imports,
)
from encore.recommender.domain.standing import KnownDataset, Standing
from encore.runtime.runs.run import Run
from tests.support.runs import START

STEP = {
    "interactions": "50000",
    "new_interactions": "5000",
    "replaced_interactions": "0",
    "new_users": "2000",
    "csv_bytes": "1000",
    "items_bytes": "100",
    "new_csv_bytes": "90",
    "items_digest": "abc",
    "history_after": "run-1",
}


def dataset(name: str, day: int = 1, schema: str = "s") -> KnownDataset:
    """A dataset that was made on a day of January."""
    return KnownDataset(arn=name, schema_arn=schema, created_at=datetime(2026, 1, day, tzinfo=UTC))


DATASETS = {name: dataset(name) for name in ("interactions", USERS, ITEMS)}
STANDING = Standing(imported="run-1", datasets=DATASETS, items_digest="abc")


def run(**step: object) -> Run:
    """A run with these facts."""
    facts = STEP | {name: str(value) for name, value in step.items()}
    return Run(run_id="run-2", created_at=START, step=facts)


def found(
    *, standing: Standing = STANDING, only_full: bool = False, reuses: bool = False, **step: object
) -> Imports:
    """What it imports."""
    delta = Delta.of(run(**step))
    return imports(delta, standing, DATASETS, only_full=only_full, reuses=reuses)


def modes(found: Imports) -> tuple[Mode, Mode, Mode]:
    """The modes of interactions, users and items."""
    return found.modes["interactions"], found.modes[USERS], found.modes[ITEMS]


def test_what_is_new_is_added() -> None:
    """Thousands of rows are an import of their own; an unchanged catalogue is not imported again."""
    one = found()
    assert modes(one) == (Mode.INCREMENTAL, Mode.INCREMENTAL, Mode.NONE)
    assert (one.events, one.size_bytes, one.reason) == (False, 90, "")


def test_too_little_for_an_import_is_put_row_by_row() -> None:
    """Personalize refuses fewer than 1,000 interactions in either mode."""
    one = found(new_interactions=999, new_users=999)
    assert modes(one) == (Mode.RECORDS, Mode.RECORDS, Mode.NONE)
    assert one.events
    assert modes(found(new_interactions=1_000))[0] is Mode.INCREMENTAL


def test_nothing_new_is_no_import() -> None:
    """Not even of an empty file."""
    one = found(new_interactions=0, new_users=0, new_csv_bytes=0)
    assert modes(one) == (Mode.NONE, Mode.NONE, Mode.NONE)
    assert (one.events, one.size_bytes) == (False, 0)


def test_another_catalogue_is_imported_by_itself() -> None:
    """Its size counts beside what is new."""
    one = found(items_digest="other")
    assert modes(one) == (Mode.INCREMENTAL, Mode.INCREMENTAL, Mode.FULL)
    assert one.size_bytes == 190
    assert modes(found(items_digest=""))[2] is Mode.FULL


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"importing": "run-0"}, "the import of run-0 was not finished"),
        ({"imported": "run-0"}, "what run-1 learned was not imported"),
        ({"datasets": {}}, "the dataset of interactions is new, or has another schema"),
        ({"datasets": DATASETS | {USERS: dataset(USERS, day=2)}}, "the dataset of users is new"),
        ({"datasets": DATASETS | {USERS: dataset(USERS, schema="t")}}, "the dataset of users is new"),
    ],
)
def test_everything_is_imported_when_nobody_knows_what_is_there(
    change: dict[str, object], reason: str
) -> None:
    """A dataset that was made again has its old name and ARN, but is empty."""
    one = found(standing=STANDING.model_copy(update=change))
    assert modes(one) == (Mode.FULL, Mode.FULL, Mode.FULL)
    assert one.reason.startswith(reason)
    assert one.size_bytes == 1_000


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ({"replaced_interactions": 1}, "1 rows replace others"),
        ({"new_csv_bytes": MOST_ADDED_BYTES + 1}, "1,000,000,001 bytes are new"),
    ],
)
def test_everything_is_imported_when_adding_is_not_enough(step: dict[str, object], reason: str) -> None:
    """An addition changes no row, and may not be larger than 1 GB."""
    one = imports(Delta.of(run(**step)), STANDING, DATASETS, only_full=False, reuses=False)
    assert modes(one) == (Mode.FULL, Mode.FULL, Mode.FULL)
    assert one.reason == reason


def test_everything_is_imported_by_setting() -> None:
    """For whoever does not trust the count of what is new."""
    assert found(only_full=True).reason == "imports are set to full"


def test_a_run_that_an_earlier_release_prepared_imports_everything() -> None:
    """It does not say what is new."""
    delta = Delta.of(Run(run_id="run-2", created_at=START, step={"interactions": "10", "csv_bytes": "10"}))
    assert (delta.new_interactions, delta.after, delta.nothing_new) == (10, None, False)
    one = imports(delta, STANDING, DATASETS, only_full=False, reuses=False)
    assert modes(one) == (Mode.FULL, Mode.FULL, Mode.FULL)
    assert one.reason == "the run does not say what is new"


def test_a_version_that_is_used_again_gets_its_news_as_events() -> None:
    """It knows nothing of what is imported in bulk after its training, however much that is."""
    one = found(reuses=True)
    assert modes(one) == (Mode.RECORDS, Mode.INCREMENTAL, Mode.NONE)
    assert (one.events, one.size_bytes) == (True, 90)
    both = found(reuses=True, replaced_interactions=3)
    assert modes(both) == (Mode.FULL, Mode.FULL, Mode.FULL)
    assert (both.events, both.size_bytes) == (True, 1_090)


@pytest.mark.parametrize(
    ("step", "standing", "reaches"),
    [
        ({}, STANDING, True),
        ({"new_interactions": MOST_EVENTS + 1}, STANDING, False),
        ({}, STANDING.model_copy(update={"imported": "run-0"}), False),
        ({}, STANDING.model_copy(update={"importing": "run-0"}), False),
        ({}, STANDING.model_copy(update={"importing": "run-2"}), True),
        ({}, STANDING.model_copy(update={"imported": "run-2"}), True),
    ],
)
def test_a_version_is_reached_by_all_that_is_new_or_not_used_again(
    step: dict[str, object],
    standing: Standing,
    reaches: bool,  # noqa: FBT001 - a case's expectation
) -> None:
    """What an earlier run learned and did not import is in no file of this run's."""
    delta = Delta.of(run(**step))
    assert can_reach_a_version(delta, standing) is reaches
