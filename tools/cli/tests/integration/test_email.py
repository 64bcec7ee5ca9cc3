"""`fondly email`: emails are looked at before they go out, and sent to oneself."""

import asyncio
import email
import email.policy
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest

from fondly.contracts import object_keys
from fondly.contracts.delivery import Outcome
from fondly.contracts.records import Pick, Product, Reason, ReasonKind, Recommendation, RecommendationSource
from fondly.mailer.use_cases.email_index import write_email_index
from fondly.mailer.use_cases.merge_email_index import merge_email_index
from fondly.runtime.storage import S3Objects
from fondly.stack.provision import Resources
from tests.support.email_index import email_index_of
from tests.support.mailbox import Faults, MailboxServer
from tests.support.runs import RUN
from tests.support.stores import InMemoryObjects
from tools.cli.tests.delivering import CUSTOMERS, FinishedRun, a_message
from understudy.ses import SesOptions, create_service
from understudy.testing import UnderstudyServer

if TYPE_CHECKING:
    from tools.cli.tests.conftest import Fondly

ALL = ["c-1", "c-2", "c-3", "c-4", "c-5"]


@pytest.fixture
def run(resources: Resources) -> FinishedRun:
    """The finished run, held for approval."""
    made = FinishedRun(resources)
    made.make()
    return made


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailboxServer]:
    """A mail server, to which the deployment hands emails over."""
    with MailboxServer() as server:
        monkeypatch.setenv("FONDLY_SENDER_TRANSPORT", "smtp")
        monkeypatch.setenv("FONDLY_SENDER_SMTP_HOST", server.host)
        monkeypatch.setenv("FONDLY_SENDER_SMTP_PORT", str(server.port))
        monkeypatch.setenv("FONDLY_SENDER_SMTP_SECURITY", "none")
        yield server


def customers(listed: list[dict[str, str]]) -> list[str]:
    """Whom a list is about."""
    return [each["customer_id"] for each in listed]


def test_emails_are_listed_in_the_order_in_which_they_go_out(fondly: "Fondly", run: FinishedRun) -> None:
    """As an inbox shows them, and with what has become of each."""
    run.dispatched("c-2", Outcome.REFUSED, reason="550 no such user")
    listed = fondly("email", "list", RUN, "--limit", "4", "--json").json
    assert customers(listed) == ALL[:4]
    assert (listed[0]["subject"], listed[0]["preheader"]) == ("For c-1", "A lamp and more")
    assert [each["dispatch"] and each["dispatch"]["outcome"] for each in listed[:2]] == [None, "refused"]
    text = fondly("email", "list", RUN).out
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "A lamp and more" in text


def test_who_is_held_out_is_listed_and_has_no_email(fondly: "Fondly", resources: Resources) -> None:
    """In their place, without an email to look at; they are never drawn for a page."""
    run = FinishedRun(resources)
    run.make(held_out="c-3")
    listed = fondly("email", "list", RUN, "--json").json
    assert [each["customer_id"] for each in listed if each["held_out"]] == ["c-3"]
    assert customers(listed) == ALL
    assert fondly("email", "list", RUN).out.count("held out, for comparison") == 1
    drawn = customers(fondly("email", "list", RUN, "--random", "--limit", "50", "--json").json)
    assert sorted(drawn) == [each for each in ALL if each != "c-3"]
    shown = fondly("email", "show", RUN, "c-3")
    assert (shown.code, "is held out" in shown.err) == (1, True)
    run.dispatched("c-3", Outcome.SUPPRESSED, reason="holdout")
    told = fondly("email", "list", RUN, "--outcome", "suppressed", "--json").json
    assert [(each["customer_id"], each["held_out"]) for each in told] == [("c-3", True)]


def test_emails_with_an_outcome_are_listed(fondly: "Fondly", run: FinishedRun) -> None:
    """Such as all that are in doubt."""
    run.dispatched("c-2", Outcome.IN_DOUBT, reason="its worker stopped")
    run.dispatched("c-3", Outcome.SENT, transport="ses")
    assert customers(fondly("email", "list", RUN, "--outcome", "in_doubt", "--json").json) == ["c-2"]
    none = fondly("email", "list", RUN, "--outcome", "waiting")
    assert (none.out, none.err) == ("", f"{RUN} has no such emails\n")
    assert fondly("email", "list", RUN, "--outcome", "lost").code == 2
    assert fondly("email", "list", RUN, "--outcome", "sent", "--random").code == 1


@pytest.mark.usefixtures("run")
def test_emails_are_found_by_what_they_say_and_those_to_read_by_their_risk(
    fondly: "Fondly", resources: Resources
) -> None:
    """By the index of the run, which says why each is to be read; a run without one says so."""
    assert "has no index of its emails" in fondly("email", "list", RUN, "--risk").err
    objects = InMemoryObjects()
    entries = [
        each._replace(
            row=each.row.model_copy(update={"customer_id": customer_id, "subject": f"For {customer_id}"})
        )
        for each, customer_id in zip(email_index_of(1, len(ALL)), ALL, strict=True)
    ]
    asyncio.run(write_email_index(objects, RUN, 1, entries))
    asyncio.run(merge_email_index(objects, RUN, [1]))
    for key, body in objects.stored.items():
        boto3.client("s3").put_object(Bucket=resources.buckets["data"], Key=key, Body=body)
    to_read = fondly("email", "list", RUN, "--risk", "--json").json
    assert sorted(each["row"]["customer_id"] for each in to_read) == ALL
    assert "high price" in fondly("email", "list", RUN, "--risk").out
    assert customers(fondly("email", "list", RUN, "--text", "FOR C-2", "--json").json) == ["c-2"]
    reason = entries[0].row.reasons[0]
    expected = [each.row.customer_id for each in entries if reason in each.row.reasons]
    assert customers(fondly("email", "list", RUN, "--reason", reason, "--json").json) == expected
    wrong = fondly("email", "list", RUN, "--reason", "luck")
    assert (wrong.code, "reason: found 'luck'" in wrong.err) == (1, True)
    assert fondly("email", "list", RUN, "--risk", "--text", "x").code == 1


@pytest.mark.usefixtures("run")
def test_emails_are_drawn_at_random_and_each_once(fondly: "Fondly") -> None:
    """The same ones again; no more than there are."""
    drawn = customers(fondly("email", "list", RUN, "--random", "--limit", "3", "--json").json)
    assert len(set(drawn)) == 3
    assert customers(fondly("email", "list", RUN, "--random", "--limit", "3", "--json").json) == drawn
    everybody = customers(fondly("email", "list", RUN, "--random", "--limit", "50", "--json").json)
    assert sorted(everybody) == ALL


def test_an_email_is_shown_as_text_as_html_and_as_it_is(fondly: "Fondly", run: FinishedRun) -> None:
    """With what has become of it."""
    run.dispatched("c-2", Outcome.SUPPRESSED, reason="hard_bounce")
    text = fondly("email", "show", RUN, "c-2").out
    assert "not sent, 2026-11-25 12:00 UTC: hard bounce" in text
    assert "A lamp for c-2." in text
    assert "<p>A lamp for c-2.</p>" in fondly("email", "show", RUN, "c-2", "--html").out
    assert fondly("email", "show", RUN, "c-2", "--json").json["subject"] == "For c-2"
    raw = fondly("email", "show", RUN, "c-1", "--raw").out
    assert raw.replace("\r\n", "\n") == a_message("c-1").decode().replace("\r\n", "\n")
    missing = fondly("email", "show", RUN, "c-9")
    assert (missing.code, missing.err) == (1, f"customer c-9 has no email in {RUN}\n")


def test_a_selection_is_written_as_a_page(fondly: "Fondly", run: FinishedRun, tmp_path: Path) -> None:
    """Of the emails that were drawn, and of no others; nothing is sent."""

    async def put_picks(clients: dict[str, object]) -> None:
        objects = S3Objects(clients["s3"], run.resources.buckets["data"])  # type: ignore[arg-type] # any client
        for part, names in CUSTOMERS.items():
            await objects.put_lines(object_keys.recommendations(RUN, part), map(a_recommendation, names))

    run.do(put_picks)
    answer = fondly("email", "sample", RUN, "--count", "2", "--out", str(tmp_path / "review"))
    assert answer.code == 0, answer.err
    page = Path(answer.out.strip())
    assert page.is_file()
    assert RUN in page.read_text()
    assert len(list((tmp_path / "review/emails").glob("*.eml"))) == 2
    assert answer.err == f"2 emails of {RUN}\n"


def a_recommendation(customer_id: str) -> Recommendation:
    """Return what a customer is recommended."""
    pick = Pick(
        product=Product(
            product_id="p", name="Lamp", category=("Home",), price=Decimal("12.50"), currency="EUR"
        ),
        reason=Reason(kind=ReasonKind.ASSORTMENT),
    )
    return Recommendation(customer_id=customer_id, source=RecommendationSource.POPULARITY, picks=(pick,))


def test_an_email_is_sent_to_oneself_as_a_test(
    fondly: "Fondly", run: FinishedRun, server: MailboxServer
) -> None:
    """It says so, unsubscribes nobody, goes to nobody else, and counts as an email to nobody."""
    run.dispatched("c-1", Outcome.SENT, transport="smtp")
    answer = fondly("email", "send", RUN, "c-2", "--to", "me@shop.example", "--to", "jo@shop.example")
    assert answer.code == 0, answer.err
    assert "me@shop.example: accepted" in answer.err
    assert len(server.mailbox.counts()) == 2
    assert [each.recipient for each in server.mailbox.messages] == ["me@shop.example", "jo@shop.example"]
    assert [each.defect for each in server.mailbox.messages] == ["", ""]
    content = server.mailbox.content(1)
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert (message["Subject"], message["To"]) == ("[Test] For c-2", "me@shop.example")
    assert b"c2lnbmF0dXJl" not in content
    assert b"customers.example" not in content
    assert run.delivery().decisions[1:] == ()
    assert fondly("email", "list", RUN, "--outcome", "sent", "--json").json[0]["customer_id"] == "c-1"
    assert fondly("email", "show", RUN, "c-2", "--json").json["dispatch"] is None


@pytest.mark.usefixtures("run")
def test_a_test_goes_out_by_ses_under_no_customers_name(
    fondly: "Fondly", monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What comes back of it is about nobody's email."""
    options = SesOptions(production=True, emails_per_s=100.0, folder=tmp_path)
    ses = create_service(options, region="eu-west-1", account_id="0" * 12)
    monkeypatch.setenv("FONDLY_SENDER_TRANSPORT", "ses")
    with UnderstudyServer([ses]) as understudy:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", understudy.url)
        answer = fondly("email", "send", RUN, "c-2", "--to", "me@shop.example")
        assert answer.code == 0, answer.err
    (kept,) = [json.loads(line) for line in (tmp_path / "emails.jsonl").read_text().splitlines()]
    assert "me@shop.example" in json.dumps(kept)
    assert "fondly_customer" not in json.dumps(kept)
    assert "c-2@customers.example" not in json.dumps(kept)


@pytest.mark.usefixtures("run")
def test_a_test_that_is_not_accepted_says_why(fondly: "Fondly", server: MailboxServer) -> None:
    """It is not tried again."""
    server.faults = Faults(later=1.0)
    answer = fondly("email", "send", RUN, "c-2", "--to", "me@shop.example", "--json")
    assert answer.code == 1
    assert [each["accepted"] for each in answer.json] == [False]
    assert "451" in answer.json[0]["said"]
    assert server.mailbox.messages == []


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize(
    ("transport", "words", "said"),
    [
        ("smtp", ("--to", "not an address"), "--to not an address is not an email address"),
        ("none", ("--to", "me@shop.example"), "the sender has no transport"),
        ("pigeon", ("--to", "me@shop.example"), "FONDLY_SENDER_TRANSPORT: Input should be 'none', 'smtp' or"),
    ],
)
def test_a_test_that_cannot_be_sent_is_refused(
    fondly: "Fondly", monkeypatch: pytest.MonkeyPatch, transport: str, words: tuple[str, ...], said: str
) -> None:
    """In one line."""
    monkeypatch.setenv("FONDLY_SENDER_TRANSPORT", transport)
    answer = fondly("email", "send", RUN, "c-2", *words)
    assert (answer.code, answer.out) == (1, "")
    assert said in answer.err
