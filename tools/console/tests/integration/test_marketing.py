"""What marketers see of a run, and decide: each page says what is stored, and lets nothing else happen."""

import re
from http import HTTPStatus

import pytest

from fondly.console.roles import Role
from fondly.contracts import object_keys
from fondly.contracts.delivery import Dispatch, Outcome
from fondly.contracts.email_index import EmailIndexRow
from fondly.operations.delivery import approval, views
from fondly.operations.delivery.approving import Approving
from fondly.operations.delivery.deployed import NO_TRANSPORT
from fondly.operations.emails.judging import judgements
from fondly.operations.runs.comparing import compare
from fondly.runtime.runs.delivery import Act, DeliveryStatus
from fondly.runtime.runs.kept_tallies import KeptTallies, PartTally
from fondly.runtime.runs.revisions import Revisions
from fondly.runtime.storage import DynamoDBItems
from tests.support.runs import RUN
from tests.support.tally import counts_of
from tools.console.tests.conftest import Asking
from tools.console.tests.finished_run import AT, CLOSING, GREETED, WORDING, key_of, put_run, who

BASE = f"/runs/{RUN}"
PAGES = (
    *("/", "/runs", "/runs?status=finished", BASE, f"{BASE}/emails", f"{BASE}/emails?refused=greeting"),
    *(f"{BASE}/emails/{key_of(1)}?part=1", f"{BASE}/emails/{key_of(2)}?view=plain", f"{BASE}/read"),
    *(f"{BASE}/emails/{key_of(1)}/prompts?part=1", f"{BASE}/wordings", f"{BASE}/delivery"),
    *(
        f"{BASE}/compare/{RUN}",
        f"{BASE}/compare/{RUN}/emails",
        f"{BASE}/compare/{RUN}/emails?key={key_of(1)}",
    ),
)
ROLES = (
    (Role.VIEWER, "/delivery/pause", HTTPStatus.FORBIDDEN),
    (Role.READER, "/delivery/pause", HTTPStatus.CONFLICT),
    (Role.READER, "/delivery/approve", HTTPStatus.FORBIDDEN),
    (Role.OPERATOR, "/delivery/approve", HTTPStatus.FORBIDDEN),
    (Role.READER, "/read/fine", HTTPStatus.FORBIDDEN),
    (Role.READER, "/strikes", HTTPStatus.FORBIDDEN),
    (Role.READER, f"/emails/{key_of(1)}/test", HTTPStatus.FORBIDDEN),
    (Role.VIEWER, "/emails", HTTPStatus.FORBIDDEN),
)
ADDRESS = re.compile(r'(?:href|src|action|hx-get|connect)="([^"]*)"')


@pytest.fixture
async def run(console: Asking) -> Asking:
    """A console on an environment with a finished run."""
    await put_run(console.environment)
    return console


async def test_pages_show_hostile_texts_as_texts_and_name_nobody_in_addresses(run: Asking) -> None:
    """Names, reviews, subjects and file names may be anything; addresses are in logs of load balancers."""
    for path in PAGES:
        asked = await run.get(path)
        assert asked.status == HTTPStatus.OK, (path, asked.text)
        assert "<script>alert" not in asked.text
        assert 'onerror="' not in asked.text
        for address in ADDRESS.findall(asked.text):
            assert not re.search(rf"CUST-|{GREETED}|shop\.example", address), (path, address)
    overview = (await run.get(BASE)).text
    assert "Praised: hum &lt;img" in overview
    assert "</span> of 2 texts scored" in overview


async def test_an_email_runs_no_script_follows_no_link_and_loads_nothing(run: Asking) -> None:
    """Its own answer says so, whatever is in it; a picture of the shop's is a placeholder."""
    asked = await run.get(f"{BASE}/emails/{key_of(1)}/frame?part=1&dark")
    policy = asked.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "default-src 'none'; img-src data:;" in policy
    assert "shop.example/lamp.png" not in asked.text
    assert 'src="data:image/svg+xml' in asked.text
    assert (await run.get(f"{BASE}/emails/{'0' * 20}")).status == HTTPStatus.NOT_FOUND


async def test_emails_are_found_by_facets_and_by_what_is_searched_for(run: Asking) -> None:
    """Of three, one has a refused greeting; a search is posted, and finds names."""
    asked = await run.get(f"{BASE}/emails?refused=greeting")
    assert "1 of 3 emails" in asked.text
    assert key_of(3) in asked.text
    assert key_of(1) not in asked.text
    found = await run.post(f"{BASE}/emails", {"q": GREETED.lower()})
    assert all(key_of(each) in found.text for each in (1, 2, 3))
    assert "No email is like that" in (await run.post(f"{BASE}/emails", {"q": "nothing"})).text
    assert "no email has such a reason" in (await run.get(f"{BASE}/emails?reason=magic")).text


async def test_emails_are_found_by_what_has_become_of_them(
    run: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With counts of the kept tally; looking goes on where it ended, and names nobody in an address."""
    monkeypatch.setattr(views, "LOOKED", 2)
    environment = run.environment
    found = [
        Dispatch(run_id=RUN, customer_id=who(1), outcome=Outcome.SENT, bounced="hard", bounced_at=AT, at=AT),
        Dispatch(run_id=RUN, customer_id=who(2), outcome=Outcome.SENT, at=AT),
        Dispatch(run_id=RUN, customer_id=who(3), outcome=Outcome.REFUSED, reason="550 <b>no</b>", at=AT),
    ]
    tallies = KeptTallies(environment.dynamodb, environment.table_name("runs"))
    await tallies.replace(RUN, 1, PartTally(), counts=counts_of(*found), is_open=False)
    await DynamoDBItems(environment.dynamodb, environment.table_name("dispatches")).put_all(
        [each.model_dump(mode="json", exclude_none=True) for each in found]
    )
    listed = (await run.get(f"{BASE}/emails")).text
    counts = dict(re.findall(r'\?outcome=(\w+)" *><span>[^<]*</span> <small>(\d)', listed))
    assert counts == {"sent": "2", "refused": "1", "bounced": "1"}
    bounced = (await run.get(f"{BASE}/emails?outcome=bounced")).text
    assert (key_of(1) in bounced, "1 of 3 emails" in bounced) == (True, True)
    refused = (await run.get(f"{BASE}/emails?outcome=refused")).text
    assert key_of(3) not in refused
    (after,) = re.findall(r'name="next" value="([^"]+)"', refused)
    further = (await run.post(f"{BASE}/emails", {"outcome": "refused", "next": after})).text
    assert (key_of(3) in further, "550 &lt;b&gt;no" in further) == (True, True)
    assert not any("CUST" in each for each in ADDRESS.findall(refused + further))
    assert "no email has such an outcome" in (await run.get(f"{BASE}/emails?outcome=lost")).text


async def test_what_was_judged_is_kept_and_the_next_is_shown(run: Asking) -> None:
    """Each email is drawn once, with why; once all are read the page says what they came to."""
    first = await run.get(f"{BASE}/read")
    assert "1 of 3" in first.text
    for _ in range(3):
        shown = (await run.get(f"{BASE}/read")).text
        (key,) = set(re.findall(r'name="key" value="(\w+)"', shown))
        kept = await run.post(f"{BASE}/read/fine", {"of": "0", "key": key})
        assert kept.status == HTTPStatus.SEE_OTHER
    assert [each.by for each in await judgements(run.environment, RUN)] == ["Ann"] * 3
    assert "All 3 are read: 3 fine" in (await run.get(f"{BASE}/read")).text
    assert "3 fine; by Ann" in (await run.get(BASE)).text
    foreign = await run.post(f"{BASE}/read/fine", {"of": "0", "key": "0" * 20})
    assert foreign.status == HTTPStatus.NOT_FOUND


async def test_a_struck_wording_makes_a_revision(run: Asking) -> None:
    """From where it was read, which goes on with the next email."""
    fields = {"wording": WORDING.digest, "of": "0", "key": key_of(1)}
    asked = await run.post(f"{BASE}/strikes", fields)
    assert (asked.status, asked.headers["location"]) == (HTTPStatus.SEE_OTHER, f"{BASE}/read?of=0")
    found = await Revisions(run.environment.dynamodb, run.environment.table_name("runs")).find(RUN)
    assert [each.wording for each in found.strikes] == [WORDING.digest]
    assert "being rendered anew" in (await run.get(f"{BASE}/wordings")).text
    refused = await run.post(f"{BASE}/delivery/approve", {})
    assert refused.status == HTTPStatus.CONFLICT
    unknown = await run.post(f"{BASE}/strikes", {"wording": "0" * 16})
    assert unknown.status == HTTPStatus.CONFLICT


async def test_wordings_that_many_emails_have_are_listed_once(console: Asking) -> None:
    """With how many emails have it."""
    await put_run(console.environment, emails=21)
    shown = (await console.get(f"{BASE}/wordings")).text
    assert shown.count(f'<p class="said">{CLOSING}</p>') == 1
    assert "Strike in 21 emails" in shown


async def test_an_approval_takes_its_word_and_what_was_shown(run: Asking) -> None:
    """A second tab, which shows what was before, is told the difference and decides nothing.

    Pausing takes no more than to read, for whoever sees that something is wrong.
    """
    terms = {"at": "09:00 Europe/Berlin", "per_hour": "5,000"}
    confirm = await run.post(f"{BASE}/delivery/approve", terms)
    assert "at most 5,000 an hour" in confirm.text
    (seen,) = re.findall(r'name="seen" value="([^"]+)"', confirm.text)
    mistyped = await run.post(f"{BASE}/delivery/approve", {**terms, "seen": seen, "word": "aprove"})
    assert "nothing is decided" in mistyped.text
    yes = {**terms, "seen": seen, "word": "approve"}
    assert (await run.post(f"{BASE}/delivery/approve", yes)).status == HTTPStatus.SEE_OTHER
    approving = await Approving.of(run.environment, RUN)
    delivery = (await approving.current()).delivery
    assert (delivery.status, delivery.per_hour) == (DeliveryStatus.APPROVED, 5_000)
    assert (delivery.decisions[-1].act, delivery.decisions[-1].by) == (Act.APPROVE, "Ann")
    again = await run.post(f"{BASE}/delivery/approve", yes)
    assert again.status == HTTPStatus.PRECONDITION_FAILED
    assert "decided `approve`" in again.text
    assert len((await approving.current()).delivery.decisions) == len(delivery.decisions)
    await run.as_(Role.READER).post(f"{BASE}/delivery/pause")
    assert (await approving.current()).delivery.status is DeliveryStatus.PAUSED


async def test_seeds_are_addresses_never_a_file_of_the_console_s(run: Asking) -> None:
    """And what cannot be is told, with what was typed still there."""
    asked = await run.post(f"{BASE}/delivery/sample", {"sample": "2", "seeds": "/etc/hostname"})
    assert asked.status == HTTPStatus.CONFLICT
    assert "is not an email address" in asked.text
    assert 'value="/etc/hostname"' in asked.text
    good = await run.post(f"{BASE}/delivery/sample", {"sample": "2", "seeds": "a@x.example b@x.example"})
    assert "2 of 3 emails go to a@x.example, b@x.example in turn" in good.text


async def test_a_run_without_a_delivery_says_why(console: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what to do about it, as the command line does."""
    monkeypatch.setenv("FONDLY_SENDER_TRANSPORT", "none")
    await put_run(console.environment, delivery=False)
    assert NO_TRANSPORT in (await console.get(f"{BASE}/delivery")).text


async def test_a_role_decides_what_it_may(run: Asking) -> None:
    """A held delivery cannot be paused, but a reader may ask."""
    for role, place, status in ROLES:
        asked = await run.as_(role).post(f"{BASE}{place}", {"word": "approve"})
        assert asked.status == status, (role, place)


async def test_the_second_of_two_approvers_is_another(run: Asking) -> None:
    """What the first approved is told to the second."""
    approving = await Approving.of(run.environment, RUN)
    await approving.deliveries.change(RUN, lambda found: found.model_copy(update={"approvers": 2}))
    for name, status in (("Ann", DeliveryStatus.HELD), ("Bob", DeliveryStatus.APPROVED)):
        run.as_(Role.APPROVER, name=name)
        fields = {"word": "approve", "seen": approval.seen(await approving.current())}
        assert (await run.post(f"{BASE}/delivery/approve", fields)).status == HTTPStatus.SEE_OTHER
        assert (await approving.current()).delivery.status is status


async def test_a_run_beside_itself_has_nothing_new(run: Asking) -> None:
    """Whatever it has is the same."""
    ledger = await run.environment.ledger()
    found = await ledger.run(RUN)
    compared = await compare(run.environment, ledger, found, found)
    assert {each.share for each in (*compared.counts, *compared.facets)} == {0}
    assert (compared.new_categories, compared.gone_categories) == ([], [])


async def test_emails_of_two_runs_stand_side_by_side(run: Asking) -> None:
    """Of a customer whose email has other words; another's is in one run only, and a third's is the same."""
    environment, other = run.environment, "run-00000000000000ff"
    await put_run(environment, run_id=other)
    objects, key = await environment.objects(), object_keys.email_index(other, 1)
    rows = await objects.get_lines(key, EmailIndexRow)
    await objects.put_lines(key, [rows[0].model_copy(update={"subject": "Another"}), rows[1]])
    shown = (await run.get(f"{BASE}/compare/{other}/emails")).text
    told = re.findall(r"<dt>([^<]*)</dt><dd>(\d)</dd>", shown)
    assert [int(number) for _, number in told] == [1, 1, 0, 1]
    assert "All customers of this run" in shown
    assert (await run.get(f"{BASE}/compare/{other}/emails?next=99999-0")).status == HTTPStatus.OK
    (both,) = re.findall(r'href="([^"]*key=[^"]*)"', shown)
    beside = (await run.get(both.replace("&amp;", "&"))).text
    frames = [f"/runs/{each}/emails/{key_of(1)}/frame?part=1" for each in (RUN, other)]
    assert re.findall(r'<iframe[^>]*src="([^"]*)"', beside) == frames
    gone = await run.get(f"{BASE}/compare/{other}/emails?key={key_of(3)}")
    assert gone.text.count("<iframe") == 1
    assert "This run has no email for them" in gone.text
