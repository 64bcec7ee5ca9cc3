"""Lists of people who must not be written to, as other systems write them."""

import gzip
import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from fondly.contracts.consent import Suppression, address_entry, customer_entry
from fondly.contracts.delivery import NotSent
from fondly.ingest.domain.errors import UnreadableError
from fondly.operations.errors import OperationError
from fondly.operations.suppressions.reading import BadRow, read_list
from fondly.operations.suppressions.rows import Defaults, suppressions_of

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
SECONDS = int(AT.timestamp())
DEFAULTS = Defaults(NotSent.IMPORTED, "list.csv", NOW)
ASHA, BO = "asha@shop.example", "bo@shop.example"
IMPORTED, BOUNCE, COMPLAINT = NotSent.IMPORTED, NotSent.HARD_BOUNCE, NotSent.COMPLAINT
SES_ANSWER = {
    "SuppressedDestinationSummaries": [
        {"EmailAddress": ASHA, "Reason": "BOUNCE", "LastUpdateTime": SECONDS},
        {"EmailAddress": BO, "Reason": "COMPLAINT", "LastUpdateTime": AT.isoformat()},
    ]
}
POSTMARK = f"""EmailAddress,SuppressionReason,Origin,CreatedAt
{ASHA},HardBounce,Recipient,2026-11-01T08:00:00Z
{BO},SpamComplaint,Recipient,2026-11-01T09:00:00+01:00
"""
LISTS = {
    "SES, in bulk": (f"{ASHA},BOUNCE\n{BO},COMPLAINT\n", BOUNCE, COMPLAINT, NOW),
    "SES, an object a line": (
        f'{{"emailAddress":"{ASHA}","reason":"BOUNCE"}}\n{{"emailAddress":"{BO}","reason":"COMPLAINT"}}\n',
        *(BOUNCE, COMPLAINT, NOW),
    ),
    "SES, as its command line answers": (json.dumps(SES_ANSWER, indent=4), BOUNCE, COMPLAINT, AT),
    "Mailchimp": (
        f'"Email Address",Name,UNSUB_TIME\n{ASHA},Asha,"2026-11-01 08:00:00"\n{BO},,"2026-11-01 08:00:00"\n',
        *(IMPORTED, IMPORTED, AT),
    ),
    "SendGrid": (
        f"status,reason,email,created\n5.1.1,550 no such user,{ASHA},{SECONDS}\n,,{BO},{SECONDS}000\n",
        *(IMPORTED, IMPORTED, AT),
    ),
    "Postmark": (
        POSTMARK,
        *(BOUNCE, COMPLAINT, AT),
    ),
    "a German Excel": (
        f"\ufeffE-Mail;Reason\r\n{ASHA};Unsubscribed\r\n{BO};egal\r\n",
        *(NotSent.UNSUBSCRIBED, IMPORTED, NOW),
    ),
    "addresses alone": (f"{ASHA}\n\n {BO} \n", IMPORTED, IMPORTED, NOW),
}


def read(folder: Path, content: str | bytes, name: str = "list") -> list[Suppression | BadRow]:
    """Read a file with this content."""
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read_list(file, DEFAULTS))


def good(found: list[Suppression | BadRow]) -> list[Suppression]:
    """The suppressions among what was found."""
    return [each for each in found if isinstance(each, Suppression)]


@pytest.mark.parametrize("name", LISTS)
def test_lists_of_other_systems_are_read(tmp_path: Path, name: str) -> None:
    """Whoever is on a list must not be written to, whatever the list says of them."""
    content, asha, bo, at = LISTS[name]
    assert read(tmp_path, content) == [
        Suppression(entry=address_entry(who), reason=reason, source="list.csv", at=at, subject=who)
        for who, reason in ((ASHA, asha), (BO, bo))
    ]


def test_who_is_subscribed_is_not_suppressed(tmp_path: Path) -> None:
    """A list of all contacts has them, too: they are named, and left out."""
    found = read(tmp_path, f"email,status\n{ASHA},subscribed\n{BO},unsubscribed\n")
    assert [each.subject for each in good(found)] == [BO]
    assert found[0] == BadRow(2, "found 'subscribed', expected a reason not to write to somebody")


def test_packed_lists_and_workbooks_are_read(tmp_path: Path) -> None:
    """As everywhere in Fondly; a row with an address and a customer id suppresses both."""
    packed = good(read(tmp_path, gzip.compress(f"email,customer_id\n{ASHA},C1\n".encode())))
    assert [each.entry for each in packed] == [address_entry(ASHA), customer_entry("C1")]
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Name", "Kundennummer"])
    sheet.append(["Bo", "C2"])
    book.save(tmp_path / "list.xlsx")
    assert [each.subject for each in good(list(read_list(tmp_path / "list.xlsx", DEFAULTS)))] == ["C2"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "name,city\nAsha,Pune\n",
            "line 1: found the columns name, city, expected one that is named `address`",
        ),
        ("1234\n5678\n", "line 1: found neither a header nor an address"),
        ('{"SuppressedDestinationSummaries": [', "found no valid JSON"),
        ("[" * 100_000, "found no valid JSON"),
        ("", "the file is empty"),
        ("%PDF-1.4", "found a PDF document"),
    ],
)
def test_a_file_that_is_no_list_is_refused(tmp_path: Path, content: str, message: str) -> None:
    """In one line."""
    with pytest.raises(OperationError) as refused:
        read(tmp_path, content)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "content", ["[1, {}, []]", '{"Reason": "BOUNCE"}', '{"EmailAddress": null}\nnull\n{]\n']
)
def test_json_that_names_nobody_is_named(tmp_path: Path, content: str) -> None:
    """It suppresses nobody."""
    found = read(tmp_path, content)
    assert found
    assert good(found) == []


def test_one_of_our_exports_is_read_exactly(tmp_path: Path) -> None:
    """A line that somebody has changed by half is no suppression of anybody."""
    entry, time = address_entry("a@x.example"), AT.isoformat()
    rows = [
        f"b@x.example,,manual,s,{time},{entry}",
        f"a@x.example,,whatever,s,{time},{entry}",
        f"a@x.example,,manual,s,yesterday,{entry}",
        f",,manual,s,{time},address#abc",
        f"a@x.example,,manual,s,{time},{entry}",
        f",,erased,s,{time},{entry}",
    ]
    found = read(tmp_path, "\n".join(["address,customer_id,reason,source,at,entry", *rows, ""]))
    assert [each.line for each in found if isinstance(each, BadRow)] == [2, 3, 4, 5]
    kept = Suppression(entry=entry, reason=NotSent.MANUAL, source="s", at=AT, subject="a@x.example")
    assert good(found) == [kept, kept.model_copy(update={"reason": NotSent.ERASED, "subject": None})]


@given(
    st.dictionaries(st.sampled_from(["address", "customer_id", "reason", "at", "source", "entry"]), st.text())
)
def test_any_row_is_refused_or_can_be_stored(row: dict[str, str]) -> None:
    """Lists are not to be trusted."""
    with suppress(UnreadableError):
        for each in suppressions_of(row, DEFAULTS):
            assert Suppression.model_validate_json(each.model_dump_json()) == each
