"""`fondly run strike`: what it takes, what it asks the mailer for, and what it does to approvals."""

import json
from typing import TYPE_CHECKING

import pytest

from fondly.contracts import object_keys
from fondly.contracts.email_index import EmailIndexSummary, WordingCount, customer_digest
from fondly.runtime.runs.delivery import Act, DeliveryStatus
from fondly.runtime.runs.revisions import Revisions
from fondly.runtime.storage import S3Objects
from fondly.stack.provision import Resources
from tests.support.runs import RUN
from tools.cli.tests.delivering import FinishedRun
from tools.cli.tests.integration.test_run_approval import in_thread

if TYPE_CHECKING:
    from tools.cli.tests.conftest import Bodies, Fondly

CLOSING = WordingCount(digest="c" * 16, count=30, field="closing", text="See you soon!", parts=(2,))
RARE = WordingCount(digest="a" * 16, count=1, field="subject", text="You said it leaks", parts=(1,))

REFUSED = {
    (): "nothing to strike",
    ("--wording", "f" * 16): "has wording",
    ("--email", "nobody"): "has no email",
    ("--product", "p", "--with", "text"): "a text takes a wording's place alone",
}


@pytest.fixture
def run(resources: Resources) -> FinishedRun:
    """A finished run with an index, whose delivery is held."""
    found = FinishedRun(resources)
    found.make()

    async def index(clients: dict[str, object]) -> None:
        objects = S3Objects(clients["s3"], resources.buckets["data"])  # type: ignore[arg-type] # a client
        summary = EmailIndexSummary(run_id=RUN, parts={1: 3, 2: 2}, facets={})
        await objects.put_lines(object_keys.email_index_summary(RUN), [summary])
        await objects.put_lines(object_keys.email_wordings(RUN), [CLOSING])
        await objects.put_lines(object_keys.email_wordings(RUN, 1), [RARE])

    found.do(index)
    return found


def rendered(run: FinishedRun) -> None:
    """Let the mailer be through with everything."""

    async def through(clients: dict[str, object]) -> None:
        revisions = Revisions(clients["dynamodb"], run.resources.tables["runs"])  # type: ignore[arg-type] # a client
        found = await revisions.find(RUN)
        for part in found.pending:
            await revisions.pass_part(RUN, part, found.number)
        await revisions.merged(RUN, found.number)

    run.do(through)


def test_a_wording_is_struck_and_its_parts_are_asked_for(
    fondly: "Fondly", run: FinishedRun, bodies: "Bodies"
) -> None:
    """Who, what and why are kept; nothing is approved before all are through, and then as ever."""
    answer = fondly(
        "run", "strike", RUN, "--wording", CLOSING.digest, "--by", "ines", "--why", "bland", "--yes"
    )
    assert answer.code == 0, answer.err
    assert "revision 1: 1 part being rendered anew" in answer.err
    events = [json.loads(body) for body in bodies("mailer")]
    assert [(each["type"], each["data"]) for each in events] == [
        ("fondly.render-part.v1", {"part": 2, "revision": 1})
    ]
    refused = fondly("run", "approve", RUN, "--yes")
    assert (refused.code, f"1 of 2 parts of {RUN} are being rendered anew" in refused.err) == (1, True)
    assert "1 messages sent" in fondly("run", "retry", RUN).err
    rendered(run)
    shown = fondly("run", "revisions", RUN, "--json").json["revisions"]
    assert [(each["by"], each["why"], each["strikes"][0]["text"]) for each in shown] == [
        ("ines", "bland", "See you soon!")
    ]
    assert fondly("run", "approve", RUN, "--yes").code == 0
    noted = fondly("audit", "--json").json
    assert [each["details"] for each in noted if each["act"] == "strike"] == [
        {"1": "the closing “See you soon!”"}
    ]


def test_an_approval_is_taken_back_and_a_rare_wording_is_not_kept_in_words(
    fondly: "Fondly", run: FinishedRun
) -> None:
    """It may take up what a customer said; of a customer the digest is kept."""
    assert fondly("run", "approve", RUN, "--at", "23:59 UTC", "--yes").code == 0
    assert fondly("run", "strike", RUN, "--wording", RARE.digest, "--yes").code == 0
    assert run.delivery().status is DeliveryStatus.HELD
    assert fondly("run", "strike", RUN, "--email", "c-1", "--product", "p", "--yes").code == 0
    kept = fondly("run", "revisions", RUN, "--json").out
    assert ("leaks" in kept, "c-1" in kept, customer_digest("c-1") in kept) == (False, False, True)


def test_what_cannot_be_struck_is_refused(fondly: "Fondly", run: FinishedRun) -> None:
    """In one line, and nothing is held for it."""
    version = run.delivery().version
    for options, why in REFUSED.items():
        answer = fondly("run", "strike", RUN, *options, "--yes")
        assert (answer.code, why in answer.err, run.delivery().version) == (1, True, version)


def test_whoever_approves_what_has_changed_hears_what(
    fondly: "Fondly", run: FinishedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the yes; nothing is approved then."""

    def act(_question: str) -> str:
        assert fondly("run", "strike", RUN, "--wording", CLOSING.digest, "--by", "jo", "--yes").code == 0
        rendered(run)
        run.deliveries(lambda each: each.decide(RUN, Act.HOLD, by="al", note="wait"))
        return "approve"

    monkeypatch.setattr("fondly.cli.interrupts.ask", in_thread(act))
    answer = fondly("run", "approve", RUN, "--by", "ines")
    assert (answer.code, "is not what you were shown: al decided `hold` at" in answer.err) == (1, True)
    assert "(wait); jo struck the closing “See you soon!”. Look again" in answer.err
    assert run.delivery().status is DeliveryStatus.HELD


def test_two_people_approve_one_after_the_other(fondly: "Fondly", resources: Resources) -> None:
    """The command says which approval it is; the same person is refused the second time."""
    run = FinishedRun(resources)
    run.make(delivery=None)
    run.deliveries(lambda each: each.open(RUN, status=DeliveryStatus.HELD, by="a setting", approvers=2))
    first = fondly("run", "approve", RUN, "--by", "ines", "--yes")
    assert (first.code, "two people have to approve" in first.err) == (0, True)
    assert run.delivery().status is DeliveryStatus.HELD
    again = fondly("run", "approve", RUN, "--by", "ines", "--yes")
    assert (again.code, "expected another person" in again.err) == (1, True)
    second = fondly("run", "approve", RUN, "--by", "jo", "--yes")
    assert (second.code, "ines has approved first" in second.err) == (0, True)
    assert run.delivery().status is DeliveryStatus.APPROVED
