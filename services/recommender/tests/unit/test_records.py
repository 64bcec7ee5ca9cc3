"""Rows of the files as single records."""

import json

from encore.recommender.domain.csv_files import Row, csv_file
from encore.recommender.domain.records import read_events, read_users
from encore.recommender.domain.schemas import INTERACTIONS, USERS


def row(user: str, item: str, value: float | None) -> dict[str, str | int | float | None]:
    """A row of the interactions."""
    return {
        "USER_ID": user,
        "ITEM_ID": item,
        "TIMESTAMP": 1_700_000_000,
        "EVENT_TYPE": "liked" if value else "purchased",
        "EVENT_VALUE": value,
    }


def test_a_row_is_an_event_with_an_id_of_its_own() -> None:
    """The same row is the same event each time, whatever else is in the file; no id tells the customer."""
    body = csv_file(INTERACTIONS.columns, [row("C1, the first", "P1", 0.75), row("C2", "P1", None)])
    first, second = read_events(body)
    assert (first.user_id, first.item_id, first.event_type, first.value) == (
        "C1, the first",
        "P1",
        "liked",
        0.75,
    )
    assert (second.value, second.timestamp) == (None, 1_700_000_000)
    (again,) = read_events(csv_file(INTERACTIONS.columns, [row("C2", "P1", None)]))
    assert again.event_id == second.event_id != first.event_id
    assert again.session_id == second.session_id != first.session_id
    assert "C2" not in second.session_id


def test_a_customer_is_described_by_what_is_known() -> None:
    """Properties are named in camel case; escapes are undone; empty columns are left out."""
    users: list[Row] = [
        {"USER_ID": "C1", "AGE_GROUP": "25-34", "ACTIVITY": "few", "FAVOURITE_CATEGORY": 'Home "A" \\ B, C'},
        {"USER_ID": "C2", "AGE_GROUP": None, "ACTIVITY": "one", "FAVOURITE_CATEGORY": None},
    ]
    found = {each.user_id: json.loads(each.properties) for each in read_users(csv_file(USERS.columns, users))}
    assert found == {
        "C1": {"ageGroup": "25-34", "activity": "few", "favouriteCategory": 'Home "A" \\ B, C'},
        "C2": {"activity": "one"},
    }


def test_a_file_without_rows_has_no_records() -> None:
    """Only its header is there."""
    assert list(read_events(csv_file(INTERACTIONS.columns, []))) == []
