"""`fondly suppress` against an emulator."""

import asyncio
import csv
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aiobotocore.session import get_session

from fondly.contracts.consent import Suppression, address_entry, customer_entry
from fondly.contracts.delivery import NotSent
from fondly.contracts.tokens import UNSUBSCRIBE, sign
from fondly.operations.suppressions import lists
from fondly.runtime.aws import CONFIG
from fondly.runtime.consent import DynamoDBConsent

if TYPE_CHECKING:
    from fondly.stack.provision import Resources
    from tools.cli.tests.conftest import Answer, Fondly

AT = datetime(2026, 11, 1, 8, tzinfo=UTC)


def stored(resources: "Resources") -> dict[str, Suppression]:
    """Every suppression, by its address, customer id or entry."""

    async def read() -> list[Suppression]:
        async with get_session().create_client("dynamodb", config=CONFIG) as dynamodb:
            return [each async for each in _consent(dynamodb, resources).all()]

    return {each.subject or each.entry: each for each in asyncio.run(read())}


def put(resources: "Resources", *suppressions: Suppression) -> None:
    """Store suppressions."""

    async def write() -> None:
        async with get_session().create_client("dynamodb", config=CONFIG) as dynamodb:
            await _consent(dynamodb, resources).suppress(suppressions)

    asyncio.run(write())


def _consent(dynamodb: Any, resources: "Resources") -> DynamoDBConsent:  # noqa: ANN401 - a client
    tables = resources.tables
    return DynamoDBConsent(dynamodb, suppressions=tables["suppressions"], contacts=tables["contacts"])


def imported(
    fondly: "Fondly", folder: Path, text: str | bytes, *words: str, name: str = "list.csv"
) -> "Answer":
    """Import a file with this text."""
    file = folder / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return fondly("suppress", "import", str(file), *words)


def test_a_person_adds_shows_and_removes(fondly: "Fondly", resources: "Resources") -> None:
    """Addresses and customers, with who said so and why; the first reason stays."""
    added = fondly("suppress", "add", "Asha@Shop.example", "C1", "--by", "Ines", "--reason", "complaint")
    assert (added.code, added.err) == (0, "2 suppressed\n")
    found = stored(resources)
    assert found["C1"].entry == customer_entry("C1")
    asha = found["Asha@Shop.example"]
    assert (asha.entry, asha.reason, asha.source) == (
        address_entry("asha@shop.example"),
        NotSent.COMPLAINT,
        "Ines",
    )
    again = fondly("suppress", "add", "asha@shop.example", "--json")
    assert [each["reason"] for each in again.json] == ["complaint"]
    assert again.err == "0 suppressed; 1 had been before, and keep their reasons\n"
    shown = fondly("suppress", "list", "ASHA@shop.example", "C2")
    assert "complaint" in shown.out
    assert shown.err == "1 suppressed: 1 complaint\n"
    removed = fondly("suppress", "remove", "asha@shop.example", answer="remove\n")
    assert removed.code == 0
    assert "1 removed\nSES may keep an address on its own list" in removed.err
    assert list(stored(resources)) == ["C1"]


def test_nobody_is_written_to_again_by_mistake(fondly: "Fondly", resources: "Resources") -> None:
    """Removing asks, and says of whom; whoever is not suppressed cannot be removed."""
    fondly("suppress", "add", "C1")
    refused = fondly("suppress", "remove", "C1", answer="yes\n")
    assert (refused.code, refused.err.splitlines()[-1]) == (
        1,
        "Write to them again? Type remove to go on: nothing removed",
    )
    assert list(stored(resources)) == ["C1"]
    assert fondly("suppress", "remove", "C2", "--yes").err == "none of them is suppressed\n"
    assert fondly("suppress", "remove", "C1", "--yes").code == 0
    assert stored(resources) == {}


def test_a_customer_id_may_look_like_an_address(fondly: "Fondly", resources: "Resources") -> None:
    """Shops that number nobody use addresses for ids."""
    fondly("suppress", "add", "--customer", "asha@shop.example")
    assert stored(resources)["asha@shop.example"].entry == customer_entry("asha@shop.example")
    assert fondly("suppress", "list", "asha@shop.example").err == "0 suppressed\n"


def test_a_request_by_email_is_entered_by_its_token(
    fondly: "Fondly", resources: "Resources", monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its subject names the customer; nobody can unsubscribe another without the key."""
    token, forged = (sign(key, UNSUBSCRIBE, "C1") for key in (b"secret", b"guess"))
    assert fondly("suppress", "add", "--token", token).code == 2
    monkeypatch.setenv("FONDLY_MAILER_UNSUBSCRIBE_KEY", "secret")
    refused = fondly("suppress", "add", "--token", token, forged)
    assert (refused.code, refused.err) == (
        1,
        f"found {forged[:40]!r}, expected a token that the key has signed\n",
    )
    assert stored(resources) == {}
    assert fondly("suppress", "add", "--token", token).code == 0
    assert stored(resources)["C1"].reason is NotSent.UNSUBSCRIBED


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("add", "asha@"), "found 'asha@', expected an email address\n"),
        (("add", "C1", "--reason", "frequency"), "found 'frequency', expected one of complaint, erased,"),
        (("import",), "give a file, or --ses"),
    ],
)
def test_what_cannot_be_stored_changes_nothing(
    fondly: "Fondly", resources: "Resources", words: Sequence[str], message: str
) -> None:
    """It is said what was found and what is expected."""
    answer = fondly("suppress", *words)
    assert answer.code in {1, 2}
    assert message in " ".join(answer.err.replace("│", "").split()) + "\n"
    assert stored(resources) == {}


def test_bad_rows_are_named_by_line_and_the_others_stored(
    fondly: "Fondly", resources: "Resources", tmp_path: Path
) -> None:
    """The exit code says that there were some; all of them are in a file, if one is wished."""
    rows = [
        "asha@shop.example,spam",
        "asha@,spam",
        ",spam",
        "a b@x.example,",
        '"bo@shop.example,x',
        "c@x.example,y",
    ]
    text = "\n".join(["email,reason", *rows, ""])
    rejects = tmp_path / "rejects.txt"
    answer = imported(fondly, tmp_path, text, "--rejects", str(rejects), "--json")
    assert answer.code == 1
    told = answer.err.splitlines()
    assert told[:3] == [
        "line 3: found 'asha@', expected an email address",
        "line 4: found nothing, expected an address or a customer id",
        "line 5: found 'a b@x.example', expected an email address",
    ]
    assert told[3].startswith("line 6: found ")
    assert answer.json == {"entries": 2, "new": 2, "bad_rows": 4, "first_bad_rows": told[:4]}
    assert rejects.read_text().splitlines() == told[:4]
    assert sorted(stored(resources)) == ["asha@shop.example", "c@x.example"]


def test_an_export_is_imported_as_it_was(fondly: "Fondly", resources: "Resources", tmp_path: Path) -> None:
    """Reasons, sources, times, and those whose names were erased; only its owner may read it."""
    erased = address_entry("gone@shop.example")
    before = (
        Suppression(entry=erased, reason=NotSent.ERASED, source="fondly customer forget", at=AT),
        Suppression(
            entry=address_entry("a@x.example"),
            reason=NotSent.UNSUBSCRIBED,
            source='page, "live"',
            at=AT,
            subject="A@x.example",
        ),
        Suppression(
            entry=customer_entry(" C,1"),
            reason=NotSent.MANUAL,
            source="Ines",
            at=datetime.now(UTC),
            subject="C,1",
        ),
    )
    before = (*before[:2], before[2].model_copy(update={"entry": customer_entry("C,1")}))
    put(resources, *before)
    file = tmp_path / "all.csv"
    assert fondly("suppress", "export", str(file)).err == "3 written\n"
    assert file.stat().st_mode & 0o777 == 0o600
    for each in before:
        assert fondly("suppress", "remove", each.subject or "nobody", "--yes").code == (
            0 if each.subject else 1
        )
    assert fondly("suppress", "import", str(file)).err == "3 on the list; 2 suppressed that were not before\n"
    assert sorted(stored(resources).values(), key=lambda each: each.entry) == sorted(
        before, key=lambda each: each.entry
    )
    assert next(csv.reader(fondly("suppress", "export").out.splitlines())) == [
        *("address", "customer_id", "reason", "source", "at", "entry")
    ]


def test_a_dry_run_stores_nothing(fondly: "Fondly", resources: "Resources", tmp_path: Path) -> None:
    """It says how many would be new."""
    fondly("suppress", "add", "asha@shop.example")
    answer = imported(fondly, tmp_path, "email\nasha@shop.example\nbo@shop.example\n", "--dry-run")
    assert answer.err == "2 on the list; 1 would be suppressed that were not before\n"
    assert list(stored(resources)) == ["asha@shop.example"]


def test_a_long_list_is_taken_some_at_a_time(
    fondly: "Fondly", resources: "Resources", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that stands on it twice counts as one that is new; a repetition changes nothing."""
    monkeypatch.setattr(lists, "AT_A_TIME", 30)
    text = "email\n" + "".join(f"p{number % 70}@shop.example\n" for number in range(100))
    assert imported(fondly, tmp_path, text).err == "100 on the list; 70 suppressed that were not before\n"
    before = stored(resources)
    assert imported(fondly, tmp_path, text).err == "100 on the list; 0 suppressed that were not before\n"
    assert stored(resources) == before


def test_the_latest_are_listed_first(fondly: "Fondly", resources: "Resources") -> None:
    """As many as are wished, of all reasons or of one, with how many there are of each."""
    put(
        resources,
        *(
            Suppression(
                entry=customer_entry(f"C{day}"),
                reason=NotSent.MANUAL if day % 2 else NotSent.IMPORTED,
                source="s",
                at=AT.replace(day=day),
                subject=f"C{day}",
            )
            for day in range(1, 8)
        ),
        Suppression(entry=customer_entry("gone"), reason=NotSent.ERASED, source="s", at=AT),
    )
    answer = fondly("suppress", "list", "--limit", "2", "--json")
    assert [each["subject"] for each in answer.json] == ["C7", "C6"]
    assert answer.err == "8 suppressed: 4 manual, 3 imported, 1 erased\n"
    answer = fondly("suppress", "list", "--reason", "imported")
    assert [line.split()[0] for line in answer.out.splitlines()] == ["who", "C6", "C4", "C2"]
    assert "customer#" in fondly("suppress", "list").out


def test_an_emulator_has_no_list_of_an_account(fondly: "Fondly") -> None:
    """In one line."""
    answer = fondly("suppress", "import", "--ses")
    assert answer.code == 1
    assert answer.err == "no suppression list here: only SES itself keeps one, emulators do not\n"


def test_the_accounts_own_list_is_imported(
    fondly: "Fondly", resources: "Resources", monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page by page; the account's other programs have written to people too."""

    class Account:
        async def list_suppressed_destinations(self, **request: object) -> dict[str, object]:
            assert request["PageSize"] == 1_000
            first = "NextToken" not in request
            reason, address = ("BOUNCE", "asha@shop.example") if first else ("COMPLAINT", "bo@shop.example")
            summary = {"EmailAddress": address, "Reason": reason, "LastUpdateTime": AT}
            more = {"NextToken": "t"} if first else {}
            return {"SuppressedDestinationSummaries": [summary], **more}

    @asynccontextmanager
    async def open_account(_service: str, _region: str) -> AsyncIterator[Account]:
        yield Account()

    monkeypatch.setattr(lists, "open_client", open_account)
    assert fondly("suppress", "import", "--ses").err == "2 on the list; 2 suppressed that were not before\n"
    found = stored(resources)
    assert [found[who].reason for who in ("asha@shop.example", "bo@shop.example")] == [
        "hard_bounce",
        "complaint",
    ]
    assert {(each.source, each.at) for each in found.values()} == {("SES account-level suppression list", AT)}
