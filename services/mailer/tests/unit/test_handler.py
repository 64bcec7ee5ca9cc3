import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from fondly.contracts import object_keys
from fondly.contracts.consent import Cap
from fondly.contracts.delivery import FinishedEmail
from fondly.contracts.errors import PermanentError, TransientError
from fondly.contracts.events import EmailFinished, RecommendationsReady, RunFinished, new_event
from fondly.contracts.experiments import Holdout
from fondly.contracts.records import Recommendation
from fondly.mailer.domain.copy.prompt import Style
from fondly.mailer.domain.copy.subjects import SubjectTest
from fondly.mailer.domain.language import DEFAULT_LOCALE, language
from fondly.mailer.domain.message.compose import Composer
from fondly.mailer.domain.message.content import ContentMaker
from fondly.mailer.domain.message.hosts import AllowedHosts, below
from fondly.mailer.domain.message.links import UnsubscribeEndpoint, UnsubscribeMail
from fondly.mailer.domain.message.mime import Sender
from fondly.mailer.domain.message.theme import Brand, Theme
from fondly.mailer.handler import MailerHandler
from fondly.mailer.ports import ModelReply
from fondly.mailer.use_cases.ask_consent import AskConsent, DrawHoldout
from fondly.mailer.use_cases.ask_once import AskOnce
from fondly.mailer.use_cases.email_records import EmailRecords
from fondly.mailer.use_cases.joint_calls import TOGETHER
from fondly.mailer.use_cases.mail_part import MailPart
from fondly.mailer.use_cases.read_facts import ReadFacts
from fondly.mailer.use_cases.render_anew import RenderAnew
from fondly.mailer.use_cases.write_copy import Copywriter
from fondly.runtime.queue.message import Message
from fondly.runtime.runs.revisions import Revisions
from fondly.runtime.runs.run import RunStatus, StageName
from fondly.runtime.runs.totals import total
from services.mailer.tests.fakes import LIE, InMemoryWriter
from tests.support.consent import InMemoryConsent
from tests.support.kept_answers import InMemoryKeptAnswers
from tests.support.runs import TABLE, Runs
from tests.support.stores import InMemoryAnnouncer, InMemoryItems, InMemoryObjects

RUN = "run-1"
MODEL = "global.anthropic.claude-haiku-5-5"
Recommend = Callable[..., Recommendation]
PARALLEL = 4
NOW = 1_795_000_000
CAP = Cap(emails=2, days=7)
PICTURES = 5
"""Each product has a picture on a host that is not the sender's, so emails have none of them."""
NOTHING = dict.fromkeys(
    (
        *("emails", "emails_template_copy", "emails_mixed_copy", "emails_failed", "emails_left_out"),
        *("emails_sorry", "emails_suppressed", "copy_facts", "copy_prompts", "copy_repairs"),
        *("copy_judgements", "copy_calls", "template_fields", "links_left_out"),
    ),
    0,
)
"""The counts of a part without customers."""
ASKED = {"copy_facts": 6, "copy_prompts": 6, "copy_calls": 3}
"""What five products for people of whom the same is known come to: a frame, the first one, the others."""


class World:
    """The handler over in-memory doubles."""

    def __init__(
        self,
        words: Mapping[str, object],
        subjects: SubjectTest | None = None,
        kept: InMemoryKeptAnswers | None = None,
        judge_id: str | None = None,
    ) -> None:
        self.objects = InMemoryObjects()
        self.records = InMemoryItems("run_id", "customer_id")
        self.announcer = InMemoryAnnouncer()
        self.runs = runs = Runs()
        self.ledger = runs.ledger
        self.revisions = Revisions(runs.dynamodb, TABLE)
        self.dispatches = InMemoryItems("run_id", "customer_id")
        self.model = InMemoryWriter(words)
        sender = Sender("Fondly Shop", "hello@shop.example")
        theme = Theme(Brand("Fondly Shop", "1 Example Street"))
        own = AllowedHosts(below(sender.domain))
        self.kept = kept or InMemoryKeptAnswers()
        ask_once = AskOnce(model=self.model, model_id=MODEL, kept=self.kept, parallel=PARALLEL)
        self.consent = InMemoryConsent()
        self.holdout = Holdout()
        """What is set; a change is that of a restart."""
        mail_part = MailPart(
            objects=self.objects,
            ask_consent=AskConsent(consent=self.consent, cap=CAP, draw=self._draw, now=lambda: NOW),
            records=EmailRecords(self.records),
            read_facts=ReadFacts(brand="Fondly Shop", locale="en_IN"),
            copywriter=Copywriter(
                ask_once=ask_once,
                judge=AskOnce(model=self.model, model_id=judge_id, kept=self.kept, parallel=PARALLEL)
                if judge_id
                else None,
                style=Style(brand="Fondly Shop", locale="en_IN"),
                subjects=subjects,
            ),
            composer=Composer(
                theme=theme,
                sender=sender,
                unsubscribe=UnsubscribeEndpoint("https://shop.example/u", b"key"),
                unsubscribe_mail=UnsubscribeMail(sender.address, b"key"),
                maker=ContentMaker(language(DEFAULT_LOCALE), links=own, pictures=own),
            ),
            parallel=PARALLEL,
        )
        self.handler = MailerHandler(
            stage=runs.stage(StageName.MAILER, self.announcer),
            mail_part=mail_part,
            render_anew=RenderAnew(
                mail_part=replace(mail_part, copywriter=mail_part.copywriter.alone(MODEL, judge_id or "")),
                revisions=self.revisions,
                ledger=self.ledger,
                locks=runs.locks,
                dispatches=self.dispatches,
            ),
            ledger=self.ledger,
            announcer=self.announcer,
        )

    async def _draw(self, run_id: str) -> Holdout:
        return await DrawHoldout(self.ledger, self.holdout).of(run_id)

    async def open(self, *, parts: int) -> None:
        """Open the run."""
        await self.ledger.open_run(RUN, source="s3://b/k")
        await self.ledger.set_parts(RUN, parts)

    async def message(
        self, recommendations: Sequence[Recommendation], *, part: int = 1, parts: int = 1
    ) -> Message:
        """Store a part and return the message about it."""
        key = object_keys.recommendations(RUN, part)
        await self.objects.put_lines(key, recommendations)
        data = RecommendationsReady(part=part, parts=parts, key=key, customers=len(recommendations))
        event = new_event(data, run_id=RUN, source="recommender")
        return Message("m", "r", event.model_dump_json(), receive_count=1, first_received_ms=0)

    async def counts(self) -> dict[str, int]:
        """The run's counts so far."""
        return total(await self.ledger.reports(RUN)).counts


@pytest.fixture
def world(make_answer: Callable[..., dict[str, object]]) -> World:
    """A mailer whose model writes copy that passes."""
    return World(make_answer(subject=["Something for you"]))


def unlike(recommend: Recommend, customer_id: str, number: int) -> Recommendation:
    """Recommendations of which the facts are those of no other customer."""
    kind = "".join("abcdefghij"[int(digit)] for digit in str(number))
    return recommend(customer_id, category=("Electronics", f"{kind} Cables"))


async def test_each_customer_gets_an_email_an_event_and_a_record(world: World, recommend: Recommend) -> None:
    """The email is stored under its key, and the last part ends the run with its totals."""
    await world.open(parts=1)
    customers = [f"C{number}" for number in range(60)]
    await world.handler(await world.message([recommend(customer) for customer in customers]))
    assert {object_keys.email(RUN, customer) for customer in customers} <= world.objects.stored.keys()
    finished = world.announcer.of(EmailFinished)
    assert sorted(event.customer_id for event in finished if isinstance(event, EmailFinished)) == sorted(
        customers
    )
    assert len(world.records.items) == 60
    record = world.records.items[RUN, "C7"]
    assert record["subject"] == "Something for you"
    assert record["copy_source"] == "ai"
    assert record["product_ids"] == ["P1", "P2", "P3", "P4", "P5"]
    (ended,) = world.announcer.of(RunFinished)
    assert isinstance(ended, RunFinished)
    assert ended.status == "finished"
    assert ended.counts == NOTHING | {
        "emails": 60,
        **ASKED,
        "links_left_out": 60 * PICTURES,
    }
    assert (await world.ledger.run(RUN)).status is RunStatus.FINISHED


async def test_the_variant_is_recorded_announced_and_handed_to_delivery(
    make_answer: Callable[..., dict[str, object]], recommend: Recommend
) -> None:
    """It is that of the email that was stored, also after the message has come back."""
    test = SubjectTest("november", {"plain": "{subject}", "named": "{customer.first_name}, {subject}"})
    world = World(make_answer(subject=["Something for you"]), test)
    await world.open(parts=1)
    customers = [recommend(f"C{number}") for number in range(20)]
    nameless = recommend("D", customer_name=None)
    message = await world.message([*customers, nameless])
    await world.handler(message)
    drawn = {item["customer_id"]: item["variant"] for item in world.records.items.values()}
    assert set(drawn.values()) == {"plain", "named", ""}
    assert drawn["D"] == ""
    for customer_id, variant in drawn.items():
        named = (
            "Subject: Ananya, something for you"
            in world.objects.stored[object_keys.email(RUN, customer_id)].decode()
        )
        assert named == (variant == "named")
    events = [each for each in world.announcer.of(EmailFinished) if isinstance(each, EmailFinished)]
    assert {each.customer_id: each.variant for each in events} == drawn
    lines = await world.objects.get_lines(object_keys.mailed(RUN, 1), FinishedEmail)
    assert {each.customer_id: each.variant for each in lines} == drawn
    counts = await world.counts()
    assert counts["emails_variant_plain"] + counts["emails_variant_named"] == 20


async def test_a_run_without_anybody_to_mail_is_finished(world: World) -> None:
    """Every part may be empty: nothing is asked, stored or announced but the end of the run."""
    await world.open(parts=2)
    for part in (1, 2):
        await world.handler(await world.message([], part=part, parts=2))
    [ended] = world.announcer.of(RunFinished)
    assert isinstance(ended, RunFinished)
    assert (ended.status, ended.counts) == ("finished", NOTHING)
    assert (world.model.calls, world.records.items, world.announcer.of(EmailFinished)) == (0, {}, [])


async def test_the_customers_language_and_time_zone_are_announced_and_recorded(
    world: World, recommend: Recommend
) -> None:
    """Whoever sends the email needs them; what the shop does not know is left out."""
    await world.open(parts=1)
    known = recommend("C1").model_copy(update={"language": "de-AT", "time_zone": "Europe/Vienna"})
    await world.handler(await world.message([known, recommend("C2")]))
    said = {each.customer_id: each for each in world.announcer.of(EmailFinished)}  # type: ignore[attr-defined] # narrowed by `of`
    record = world.records.items[RUN, "C1"]
    assert (said["C1"].language, said["C1"].time_zone) == ("de-AT", "Europe/Vienna")  # type: ignore[attr-defined] # an `EmailFinished`
    assert (record["language"], record["time_zone"]) == ("de-AT", "Europe/Vienna")
    assert (said["C2"].language, said["C2"].time_zone) == (None, None)  # type: ignore[attr-defined] # an `EmailFinished`


async def test_the_prompt_of_an_email_is_stored_with_its_answer(world: World, recommend: Recommend) -> None:
    """Once for the part, the frame's first, and it says whether this part has paid for it."""
    await world.open(parts=2)
    for part in (1, 2):
        await world.handler(await world.message([recommend(f"C{part}")], part=part, parts=2))
        keys = world.records.items[RUN, f"C{part}"]["prompt_keys"]
        stored = [*map(json.loads, world.objects.stored[object_keys.copy(RUN, part, keys[0])].splitlines())]
        assert [each["prompt_key"] for each in stored] == list(keys)
        assert {each["paid"] for each in stored} == {part == 1}
        assert [each["task"] for each in stored] == ["frame", *["product"] * 5]
        texts = json.loads(stored[1]["answers"][0])["products"]["1"]
        assert texts["subject"] == ["Something for you"]
    assert len([key for key in world.objects.stored if "/copy/" in key]) == 2


async def test_a_prompt_that_parts_share_is_on_the_bill_of_one(world: World, recommend: Recommend) -> None:
    """Whichever has paid; each knows how many prompts its emails come from."""
    await world.open(parts=2)
    for part in (1, 2):
        await world.handler(await world.message([recommend(f"C{part}")], part=part, parts=2))
    first, second = await world.ledger.reports(RUN)
    paid = ("copy_facts", "copy_prompts", "copy_calls")
    assert [first.counts[name] for name in paid] == [6, 6, 3]
    assert [second.counts[name] for name in paid] == [6, 0, 0]
    assert f"bedrock.input_tokens.{MODEL}" not in second.units


async def test_a_part_reports_what_it_used(world: World, recommend: Recommend) -> None:
    """Tokens by model, and requests by service."""
    await world.open(parts=2)
    await world.handler(await world.message([recommend(f"C{n}") for n in range(11)], parts=2))
    (report,) = await world.ledger.reports(RUN)
    assert report.units == {
        f"bedrock.input_tokens.{MODEL}": 3 * 1_000,
        f"bedrock.output_tokens.{MODEL}": 3 * 300,
        "s3.puts": 16,
        "dynamodb.writes": 11 + 6 * 3 + 4,
        "sns.publishes": 2,
        "sqs.requests": 2,
        "dynamodb.reads": 11 * 3 + 1,
    }
    assert world.announcer.of(RunFinished) == []


async def test_what_the_judge_refuses_is_not_said_and_each_model_is_on_the_bill(
    make_answer: Callable[..., dict[str, object]], recommend: Recommend
) -> None:
    """A delivery that is repeated finds all answers, the judge's too, and bills the same."""
    world = World(make_answer(closing=[LIE]), judge_id="judge")
    await world.open(parts=2)
    message = await world.message([recommend("C1")], parts=2)
    for _ in range(2):
        await world.handler(message)
        (report,) = await world.ledger.reports(RUN)
        told = {name: report.counts[name] for name in ("copy_facts", "copy_prompts", "copy_repairs")}
        assert told == {"copy_facts": 6, "copy_prompts": 6, "copy_repairs": 1}
        assert (report.counts["copy_judgements"], report.counts["copy_calls"]) == (7, 6)
        assert report.units[f"bedrock.input_tokens.{MODEL}"] == 4 * 1_000
        assert report.units["bedrock.input_tokens.judge"] == 2 * 1_000
    record = world.records.items[RUN, "C1"]
    assert (record["template_fields"], len(record["judge_keys"])) == (["closing"], 7)
    assert LIE.encode() not in world.objects.stored[object_keys.email(RUN, "C1")]


async def test_copy_that_stays_invalid_is_replaced_by_template_copy(
    world: World, recommend: Recommend
) -> None:
    """It is counted and announced as template copy; its prompts say why, and each was asked once more."""
    await world.open(parts=1)
    world.model.replies = [ModelReply(text="nonsense")]
    await world.handler(await world.message([recommend("C1")]))
    asked = {"copy_repairs": 6, "copy_calls": 3 + 6}
    assert await world.counts() == NOTHING | ASKED | asked | {
        "emails": 1,
        "emails_template_copy": 1,
        "template_fields": 9,
        "links_left_out": PICTURES,
    }
    assert world.announcer.of(EmailFinished) == [
        EmailFinished(customer_id="C1", key=object_keys.email(RUN, "C1"), template_copy=True)
    ]
    assert b"X-Fondly-Copy: template" in world.objects.stored[object_keys.email(RUN, "C1")]
    record = world.records.items[RUN, "C1"]
    assert (len(record["prompt_keys"]), len(record["repair_keys"])) == (6, 6)
    stored = world.objects.stored[object_keys.copy(RUN, 1, record["prompt_keys"][0])].splitlines()
    assert all(json.loads(each)["verdicts"] for each in stored)


async def test_one_customers_failure_does_not_stop_the_others(world: World, recommend: Recommend) -> None:
    """A customer without picks is counted as failed; the rest of the part is mailed and the run ends."""
    await world.open(parts=1)
    part = [recommend("C1"), recommend("C2", products=0), recommend("C3")]
    await world.handler(await world.message(part))
    assert await world.counts() == NOTHING | ASKED | {
        "emails": 2,
        "emails_failed": 1,
        "links_left_out": 2 * PICTURES,
    }
    assert object_keys.email(RUN, "C2") not in world.objects.stored
    assert len(world.announcer.of(RunFinished)) == 1


async def test_a_throttled_part_keeps_what_it_paid_for(world: World, recommend: Recommend) -> None:
    """On redelivery only questions without an answer cost a call, and all of them are on the bill."""
    await world.open(parts=1)
    customers = 75
    message = await world.message([unlike(recommend, f"C{n}", n) for n in range(customers)])
    world.model.throttled_from = 7
    with pytest.raises(TransientError):
        await world.handler(message)
    assert world.announcer.announced == []
    world.model.throttled_from, world.model.calls = None, 0
    await world.handler(message)
    products = customers + 4
    calls = 1 + -(-customers // TOGETHER) + 1
    assert PARALLEL <= calls - world.model.calls < 7
    counts = await world.counts()
    assert (counts["emails"], counts["copy_prompts"], counts["copy_calls"]) == (
        customers,
        1 + products,
        calls,
    )
    assert len(world.announcer.of(EmailFinished)) == customers


async def test_an_email_is_recorded_only_after_it_is_stored(
    world: World, recommend: Recommend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A recorded email is not made again: without its object, the customer would have none."""
    await world.open(parts=1)
    message = await world.message([recommend("C1"), recommend("C2")])
    put = world.objects.put

    async def put_but_one(key: str, body: bytes, *, content_type: str) -> None:
        await asyncio.sleep(0)
        if key == object_keys.email(RUN, "C1"):
            raise TransientError("connection reset")
        await put(key, body, content_type=content_type)

    monkeypatch.setattr(world.objects, "put", put_but_one)
    with pytest.raises(TransientError):
        await world.handler(message)
    assert list(world.records.items) == [(RUN, "C2")]
    monkeypatch.setattr(world.objects, "put", put)
    await world.handler(message)
    assert object_keys.email(RUN, "C1") in world.objects.stored


async def test_sellers_claims_are_counted_by_product_and_kind(world: World, recommend: Recommend) -> None:
    """Each product of the part once, however many emails it is in; the kinds that occur alone."""
    await world.open(parts=2)
    part = [recommend(f"C{number}", name="BEST Lamp with 2 Year Warranty") for number in range(3)]
    message = await world.message(part, parts=2)
    await world.handler(message)
    first = await world.counts()
    claims = {name: number for name, number in first.items() if name.startswith("seller_claims_")}
    assert claims == {"seller_claims_superlative": 1, "seller_claims_warranty": 1}
    await world.handler(message)
    assert await world.counts() == first


async def test_emails_that_can_go_to_nobody_are_counted(world: World, recommend: Recommend) -> None:
    """They are made, as every other, and whoever approves the run is told how many have no address."""
    await world.open(parts=1)
    addresses = {"C1": None, "C2": "not an address", "C3": "c3@example.org"}
    await world.handler(await world.message([recommend(one, email=to) for one, to in addresses.items()]))
    counts = await world.counts()
    assert (counts["emails"], counts["emails_without_address"]) == (3, 2)


async def test_a_redelivered_part_changes_nothing(world: World, recommend: Recommend) -> None:
    """Same counts, usage and event ids, and no further call."""
    await world.open(parts=2)
    message = await world.message([recommend(f"C{number}") for number in range(5)], parts=2)
    await world.handler(message)
    ids, reports, calls = set(world.announcer.ids), await world.ledger.reports(RUN), world.model.calls
    await world.handler(message)
    assert world.model.calls == calls
    assert set(world.announcer.ids) == ids
    again = await world.ledger.reports(RUN)
    assert [(report.counts, report.units) for report in again] == [
        (report.counts, report.units) for report in reports
    ]


async def test_emails_are_announced_with_the_same_ids_at_each_delivery(
    world: World, recommend: Recommend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Subscribers recognise the repetition, after a crash before the announced part counts as done."""
    await world.open(parts=2)
    message = await world.message([recommend(f"C{number}") for number in range(5)], parts=2)

    async def crash(run_id: str, stage: StageName, part: int) -> None:
        raise ConnectionError(run_id, stage, part)

    monkeypatch.setattr(world.ledger, "complete_part", crash)
    with pytest.raises(ConnectionError):
        await world.handler(message)
    first = list(world.announcer.ids)
    monkeypatch.undo()
    await world.handler(message)
    assert len(first) == len(set(first)) == 5
    assert sorted(world.announcer.ids) == sorted(2 * first)


async def test_nothing_more_is_paid_for_once_a_part_is_left(world: World, recommend: Recommend) -> None:
    """Calls that wait for the quota when the message is lost are not made: another worker has the part."""
    await world.open(parts=1)
    message = await world.message([unlike(recommend, f"C{n}", n) for n in range(20)])
    turn, ask = asyncio.Event(), world.model.ask

    async def wait_for_the_quota(*arguments: Any, **options: Any) -> ModelReply:  # noqa: ANN401 - as the model
        await turn.wait()
        return await ask(*arguments, **options)

    world.model.ask = wait_for_the_quota  # type: ignore[method-assign] # a quota that is used up
    handling = asyncio.create_task(world.handler(message))
    for _ in range(20):
        await asyncio.sleep(0)
    handling.cancel()
    await asyncio.wait({handling})
    turn.set()
    for _ in range(20):
        await asyncio.sleep(0)
    assert (world.model.calls, world.kept.locks) == (0, {})


async def test_redelivery_recovers_from_a_crash_before_the_runs_end_is_recorded(
    world: World, recommend: Recommend
) -> None:
    """The run's end is announced before it is recorded, so it is announced again, with the same id."""
    await world.open(parts=1)
    message = await world.message([recommend("C1")])
    finish = world.ledger.finish

    async def crash(run_id: str) -> None:
        assert run_id == RUN
        raise ConnectionError

    world.ledger.finish = crash  # type: ignore[method-assign] # a crash at the worst moment
    with pytest.raises(ConnectionError):
        await world.handler(message)
    world.ledger.finish = finish  # type: ignore[method-assign] # and the restart
    await world.handler(message)
    assert (await world.ledger.run(RUN)).status is RunStatus.FINISHED
    ids = [
        event_id
        for event_id, (_, data) in zip(world.announcer.ids, world.announcer.announced, strict=True)
        if isinstance(data, RunFinished)
    ]
    assert len(ids) == 2
    assert len(set(ids)) == 1


async def test_a_part_of_an_ended_run_is_ignored(world: World, recommend: Recommend) -> None:
    """A late part of a failed run makes no email."""
    await world.open(parts=1)
    await world.ledger.fail(RUN, "broken file")
    await world.handler(await world.message([recommend("C1")]))
    assert world.model.calls == 0
    assert world.announcer.announced == []


async def test_an_unexpected_event_is_a_permanent_error(world: World) -> None:
    """The reason names the expected event."""
    body = new_event(
        EmailFinished(customer_id="C1", key="k", template_copy=False), run_id=RUN, source="s"
    ).body
    with pytest.raises(PermanentError, match=r"expected fondly\.recommendations-ready\.v1"):
        await world.handler(Message("m", "r", body, 1, 0))


async def test_a_customer_listed_twice_in_a_part_gets_one_email(world: World, recommend: Recommend) -> None:
    """A record occurs once in a batch, as DynamoDB requires."""
    await world.open(parts=1)
    await world.handler(await world.message([recommend("C1"), recommend("C1")]))
    assert world.model.calls == 3
    assert (await world.counts())["emails"] == 1


async def test_a_killed_part_repeats_at_most_the_calls_in_flight(world: World, recommend: Recommend) -> None:
    """Answers are kept as they arrive, and the part ends with the same counts."""
    await world.open(parts=1)
    message = await world.message([unlike(recommend, f"C{n}", n) for n in range(100)])
    calls = 1 + -(-100 // TOGETHER) + 1
    world.model.hangs_at = 7
    killed = asyncio.create_task(world.handler(message))
    await world.model.hanging.wait()
    for _ in range(5):
        await asyncio.sleep(0)  # earlier answers are saved meanwhile
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.wait(others)
    assert killed.cancelled()
    world.model.hangs_at = None
    await world.handler(message)
    assert calls < world.model.calls <= calls + PARALLEL
    counts = await world.counts()
    assert (counts["emails"], counts["copy_calls"]) == (100, calls)


async def test_what_a_part_paid_is_counted_although_emails_are_lost(
    world: World, recommend: Recommend
) -> None:
    """Some were saved before the crash: the repeated part's totals have each call once."""
    await world.open(parts=1)
    message = await world.message([unlike(recommend, f"C{number}", number) for number in range(2 * PARALLEL)])
    put_all = world.records.put_all

    async def lose_all_but_some(items: Sequence[Mapping[str, Any]]) -> None:
        if world.records.items:
            raise TransientError("killed")
        await put_all(items)

    world.records.put_all = lose_all_but_some  # type: ignore[method-assign] # a crash
    with pytest.raises(TransientError):
        await world.handler(message)
    assert 0 < len(world.records.items) < 2 * PARALLEL
    world.records.put_all = put_all  # type: ignore[method-assign] # and afterwards
    calls = world.model.calls
    await world.handler(message)
    counts = await world.counts()
    assert (counts["emails"], counts["copy_prompts"]) == (2 * PARALLEL, 1 + 2 * PARALLEL + 4)
    assert counts["copy_calls"] == world.model.calls == calls
    (report,) = await world.ledger.reports(RUN)
    assert report.units[f"bedrock.input_tokens.{MODEL}"] == calls * 1_000


async def test_unsaved_emails_are_bounded_over_all_parts(world: World, recommend: Recommend) -> None:
    """While nothing can be recorded, no further email is made, however many parts are handled at once."""
    await world.open(parts=3)
    messages = [
        await world.message([recommend(f"C{part}-{n}") for n in range(9)], part=part, parts=3)
        for part in (1, 2, 3)
    ]
    put_all, saving = world.records.put_all, asyncio.Event()

    async def wait_and_put(items: Sequence[Mapping[str, Any]]) -> None:
        await saving.wait()
        await put_all(items)

    world.records.put_all = wait_and_put  # type: ignore[method-assign] # a slow table
    handling = [asyncio.create_task(world.handler(message)) for message in messages]
    for _ in range(400):
        await asyncio.sleep(0)
    assert sum(key.endswith(".eml") for key in world.objects.stored) == PARALLEL
    saving.set()
    await asyncio.gather(*handling)
    assert (await world.counts())["emails"] == 27
