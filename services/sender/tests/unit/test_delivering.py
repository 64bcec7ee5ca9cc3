"""What becomes of the emails of a run that has finished."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta

import pytest

from fondly.contracts import object_keys
from fondly.contracts.consent import Cap, Contact, Frequency, Suppression, address_entry, customer_entry
from fondly.contracts.delivery import Dispatch, NotSent, Outcome
from fondly.contracts.errors import PermanentError
from fondly.contracts.events import EmailSent, EmailSuppressed
from fondly.runtime.runs.deliveries import DecisionError
from fondly.runtime.runs.delivery import Act, DeliveryStatus
from fondly.runtime.runs.run import StageName
from fondly.sender.domain.judging import Rules
from fondly.sender.ports import (
    Accepted,
    DeferredError,
    InDoubtError,
    Outgoing,
    QuotaSpentError,
    RefusedError,
)
from services.sender.tests.fakes import NOON, World, accept_all
from tests.support.runs import RUN


def suppressed(customer_id: str, reason: NotSent = NotSent.UNSUBSCRIBED) -> Suppression:
    """Return a suppression of a customer."""
    return Suppression(entry=customer_entry(customer_id), reason=reason, source="test", at=NOON)


async def test_every_email_of_an_approved_run_goes_out_once() -> None:
    """The delivery is done then, and says so by an event for each customer."""
    world = World(3, 2)
    await world.open()
    await world.run()
    assert world.transport.times == Counter([f"c{number}" for number in range(1, 6)])
    assert (await world.deliveries.get(RUN)).status is DeliveryStatus.DONE
    assert (await world.runs.ledger.run(RUN)).stage(StageName.SENDER).done == {1, 2}
    assert {event.cause for event in world.announcer.of(EmailSent)} == set(world.transport.times)
    reports = await world.runs.ledger.reports(RUN)
    assert sum(report.counts["emails_sent"] for report in reports) == 5
    assert sum(report.units["ses.emails"] for report in reports) == 5


@pytest.mark.parametrize("status", [DeliveryStatus.HELD])
async def test_a_held_run_sends_nothing_whatever_is_redelivered(status: DeliveryStatus) -> None:
    """Polls and parts that come all the same change nothing."""
    world = World(3)
    delivery = await world.open(status)
    for _ in range(3):
        await world.release.run(RUN, delivery.attempt)
        await world.deliver.run(RUN, 1, holder="m")
    assert not world.transport.accepted
    assert not world.dispatches.items
    assert not world.polls.parts
    assert not world.polls.polls


async def test_an_approval_is_recorded_and_releases_the_run() -> None:
    """Who decided, and when, stays with the delivery."""
    world = World(2)
    await world.open(DeliveryStatus.HELD)
    approved = await world.deliveries.decide(RUN, Act.APPROVE, by="ada", note="looks good")
    await world.run()
    assert len(world.transport.accepted) == 2
    assert [(each.act, each.by) for each in approved.decisions] == [
        (Act.HOLD, "somebody"),
        (Act.APPROVE, "ada"),
    ]


async def test_a_rejected_run_sends_nothing_and_cannot_be_approved() -> None:
    """The message says what was expected."""
    world = World(2)
    await world.open(DeliveryStatus.HELD)
    await world.deliveries.decide(RUN, Act.REJECT, by="ada", note="wrong prices")
    with pytest.raises(DecisionError, match="is rejected: expected approved or held or sample for `approve`"):
        await world.deliveries.decide(RUN, Act.APPROVE, by="bob")
    await world.run()
    assert not world.transport.accepted
    assert (await world.deliveries.get(RUN)).reason == "wrong prices"


async def test_a_sample_goes_to_its_customers_only_and_the_rest_follows() -> None:
    """After the approval, those of the sample get no second email."""
    world = World(2, 2, 2)
    await world.open(DeliveryStatus.HELD)
    await world.deliveries.decide(RUN, Act.SAMPLE, by="ada", changes={"sample": 3})
    await world.run()
    assert world.transport.times == Counter(["c1", "c2", "c3"])
    await world.run()
    assert len(world.transport.accepted) == 3
    await world.deliveries.decide(RUN, Act.APPROVE, by="ada")
    await world.run()
    assert world.transport.times == Counter([f"c{number}" for number in range(1, 7)])


async def test_a_sample_for_seeds_reaches_no_customer_and_counts_for_nobody() -> None:
    """Each seed gets copies in turn, marked as tests; the customers get theirs later."""
    world = World(4)
    await world.open(DeliveryStatus.HELD)
    seeds = ("a@shop.example", "b@shop.example")
    await world.deliveries.decide(RUN, Act.SAMPLE, by="ada", changes={"sample": 3, "seeds": seeds})
    await world.run()
    await world.deliver.run(RUN, 1, holder="again")
    assert Counter(email.address for email in world.transport.accepted) == {seeds[0]: 2, seeds[1]: 1}
    assert all(b"c1@mail.example" not in email.content for email in world.transport.accepted)
    assert not world.contacts
    assert not world.announcer.of(EmailSent)
    await world.deliveries.decide(RUN, Act.APPROVE, by="ada")
    await world.run()
    assert Counter(email.address.split("@")[1] for email in world.transport.accepted)["mail.example"] == 4


async def test_another_sample_goes_to_its_seeds_whoever_had_one_before() -> None:
    """A colleague looks at the same emails; nobody gets one of them twice while a sample is repeated."""
    world = World(4)
    await world.open(DeliveryStatus.HELD)
    for seed in ("a@shop.example", "b@shop.example"):
        await world.deliveries.decide(RUN, Act.SAMPLE, by="ada", changes={"sample": 2, "seeds": (seed,)})
        await world.run()
        await world.deliveries.decide(RUN, Act.PAUSE, by="ada")
        await world.deliveries.decide(RUN, Act.RESUME, by="ada")
        await world.run()
    assert [email.address for email in world.transport.accepted] == ["a@shop.example"] * 2 + [
        "b@shop.example"
    ] * 2


async def test_seeds_get_copies_of_emails_to_customers_without_an_address() -> None:
    """What is looked at is the email, whoever it is for."""
    world = World(3)
    world.parts[0][1] = world.parts[0][1].model_copy(update={"address": None})
    await world.open(DeliveryStatus.HELD)
    seeds = ("a@shop.example", "b@shop.example")
    await world.deliveries.decide(RUN, Act.SAMPLE, by="ada", changes={"sample": 3, "seeds": seeds})
    await world.run()
    assert sorted(email.address for email in world.transport.accepted) == [seeds[0], seeds[0], seeds[1]]
    await world.deliveries.decide(RUN, Act.APPROVE, by="ada")
    await world.run()
    assert world.dispatches.items[RUN, "c2"].reason == NotSent.NO_ADDRESS


async def test_a_pause_stops_a_part_in_the_middle_and_a_resumption_goes_on() -> None:
    """What has gone out before stays; the rest follows, once."""
    world = World(250)
    await world.open()

    def pausing(email: Outgoing) -> None:
        if email.customer_id == "c10":
            world.transport.answer = lambda _: None
            pause.append(
                asyncio.ensure_future(world.deliveries.decide(RUN, Act.PAUSE, by="ada", note="look"))
            )

    pause: list[asyncio.Future[object]] = []
    world.transport.answer = pausing
    await world.run()
    assert 10 <= len(world.transport.accepted) <= 100
    assert (await world.deliveries.get(RUN)).reason == "look"
    await world.deliveries.decide(RUN, Act.RESUME, by="ada")
    await world.run()
    assert set(world.transport.times.values()) == {1}
    assert len(world.transport.accepted) == 250


async def test_nothing_goes_out_before_the_start() -> None:
    """The next poll comes no later than SQS can delay it."""
    world = World(2)
    await world.open(DeliveryStatus.HELD)
    await world.deliveries.decide(RUN, Act.APPROVE, by="a", changes={"starts_at": NOON + timedelta(hours=2)})
    await world.run()
    await world.deliver.run(RUN, 1, holder="m")
    assert not world.transport.accepted
    assert world.polls.polls[-1][1] == 900
    world.time = NOON + timedelta(hours=2)
    await world.run()
    assert len(world.transport.accepted) == 2


async def test_customers_wait_until_their_own_quiet_hours_are_over() -> None:
    """At noon of Greenwich it is night in Auckland."""
    world = World(2, rules=Rules(quiet=(time(21), time(8))), time_zone="Pacific/Auckland")
    await world.open()
    await world.run()
    assert not world.transport.accepted
    due = (await world.deliveries.get(RUN)).due[1]
    assert datetime.fromtimestamp(due, UTC) == datetime(2026, 11, 26, 19, 0, 1, tzinfo=UTC)
    world.time = datetime(2026, 11, 26, 19, 0, 1, tzinfo=UTC)
    await world.run()
    assert len(world.transport.accepted) == 2
    assert (await world.deliveries.get(RUN)).status is DeliveryStatus.DONE


@pytest.mark.parametrize("reason", [NotSent.UNSUBSCRIBED, NotSent.HARD_BOUNCE, NotSent.ERASED])
async def test_whoever_is_suppressed_gets_nothing(reason: NotSent) -> None:
    """Everybody else does, and the event says why."""
    world = World(3)
    world.consent.suppressions["c2"] = suppressed("c2", reason)
    await world.open()
    await world.run()
    assert set(world.transport.times) == {"c1", "c3"}
    [event] = world.announcer.of(EmailSuppressed)
    assert event == EmailSuppressed(customer_id="c2", reason=reason)
    assert (await world.deliveries.get(RUN)).status is DeliveryStatus.DONE


async def test_a_customer_who_wants_one_a_week_gets_no_second_one() -> None:
    """The time of an earlier run's email counts."""
    world = World(2)
    earlier = int((NOON - timedelta(days=3)).timestamp())
    world.contacts["c1"] = Contact(customer_id="c1", times=(earlier,), frequency=Frequency.WEEKLY, version=1)
    await world.open()
    await world.run()
    assert set(world.transport.times) == {"c2"}
    assert world.dispatches.items[RUN, "c1"].reason == NotSent.FREQUENCY
    assert world.contacts["c2"].times == (int(NOON.timestamp()),)


def hold_out(world: World, *customers: str) -> None:
    """Let the mailer have drawn these customers: it has made nothing for them."""
    for part in world.parts:
        for number, email in enumerate(part):
            if email.customer_id in customers:
                part[number] = email.model_copy(update={"key": "", "held_out": True})
                del world.objects.stored[email.key]


async def test_a_holdout_gets_no_email_and_is_counted_apart() -> None:
    """As the run's list has it, whatever is set now; each is recorded and announced, so that they count."""
    world = World(4)
    hold_out(world, "c1", "c3")
    await world.open()
    await world.run()
    (report,) = await world.runs.ledger.reports(RUN)
    assert (report.counts["emails_held_out"], report.counts["emails_sent"]) == (2, 2)
    assert set(world.transport.times) == {"c2", "c4"}
    assert world.dispatches.items[RUN, "c1"].reason == NotSent.HOLDOUT
    announced = [event for _, event in world.announcer.announced if isinstance(event, EmailSuppressed)]
    assert announced == [EmailSuppressed(customer_id=one, reason=NotSent.HOLDOUT) for one in ("c1", "c3")]


async def test_who_unsubscribes_leaves_the_holdout() -> None:
    """Nobody could have written to them: those who unsubscribe from emails leave their group, too."""
    world = World(2)
    hold_out(world, "c1")
    world.consent.suppressions["c1"] = suppressed("c1", NotSent.UNSUBSCRIBED)
    await world.open()
    await world.run()
    assert world.dispatches.items[RUN, "c1"].reason == NotSent.UNSUBSCRIBED


@pytest.mark.parametrize("seeds", [(), ("ada@shop.example",)])
async def test_a_sample_has_as_many_emails_whoever_is_held_out(seeds: tuple[str, ...]) -> None:
    """Of customers who are held out there is nothing to look at."""
    world = World(3, 3)
    hold_out(world, "c1", "c3")
    await world.open(DeliveryStatus.HELD)
    await world.deliveries.decide(RUN, Act.SAMPLE, by="ada", changes={"sample": 3, "seeds": seeds})
    await world.run()
    assert set(world.transport.times) == {"c2", "c4", "c5"}
    assert not {"c1", "c3"} & {customer for _, customer in world.dispatches.items}
    assert (await world.deliveries.get(RUN)).sample_parts == {1: 1, 2: 2}


async def test_no_address_and_no_message_are_reasons() -> None:
    """Neither holds up the others."""
    world = World(3)
    world.parts[0][0] = world.parts[0][0].model_copy(update={"address": None})
    del world.objects.stored[object_keys.email(RUN, "c2")]
    await world.open()
    await world.run()
    reasons = {key[1]: each.reason for key, each in world.dispatches.items.items()}
    assert reasons == {"c1": NotSent.NO_ADDRESS, "c2": NotSent.GONE, "c3": ""}
    assert (await world.deliveries.get(RUN)).status is DeliveryStatus.DONE


async def test_a_trial_reaches_the_mail_server_without_any_address() -> None:
    """The addresses are of a domain that can never exist."""
    world = World(1, rules=Rules(without_address=True))
    nobody = "c1@customers.invalid"
    world.parts[0][0] = world.parts[0][0].model_copy(update={"address": None, "placeholder": nobody})
    await world.open()
    await world.run()
    assert [email.address for email in world.transport.accepted] == [nobody]


async def test_what_is_deferred_is_tried_again_and_given_up_at_last() -> None:
    """Each try waits for longer; the last one's reason is kept."""
    world = World(1, rules=Rules(tries=3, retry_s=100))
    await world.open()

    def later(_: Outgoing) -> None:
        tried.append(world.time)
        raise DeferredError("451 greylisted")

    tried: list[datetime] = []
    world.transport.answer = later
    for _ in range(20):
        await world.run()
        world.time += timedelta(seconds=60)
    assert len(tried) == 3
    assert tried[1] - tried[0] >= timedelta(seconds=100)
    assert tried[2] - tried[1] >= timedelta(seconds=200)
    [dispatch] = world.dispatches.items.values()
    assert (dispatch.outcome, dispatch.reason) == (
        Outcome.REFUSED,
        "not accepted in 3 tries: 451 greylisted",
    )
    assert world.contacts["c1"].times == (int(NOON.timestamp()),)
    assert (await world.deliveries.get(RUN)).status is DeliveryStatus.DONE


def later(_: Outgoing) -> None:
    """Accept nothing for now."""
    raise DeferredError("451 greylisted")


async def test_who_unsubscribes_between_two_tries_gets_no_second_try() -> None:
    """An email that waits is judged again, like one that has never been tried."""
    world = World(1, rules=Rules(retry_s=100))
    await world.open()
    world.transport.answer = later
    await world.run()
    world.transport.answer = accept_all
    world.consent.suppressions["c1"] = suppressed("c1")
    world.time += timedelta(seconds=200)
    await world.run()
    assert not world.transport.accepted
    assert world.dispatches.items[RUN, "c1"].reason == NotSent.UNSUBSCRIBED


async def test_another_try_of_an_email_is_not_another_email() -> None:
    """Its first try has used the customer's cap up, and would keep it from ever going out."""
    world = World(1, rules=Rules(retry_s=100, cap=Cap(emails=1)))
    await world.open()
    world.transport.answer = later
    await world.run()
    world.transport.answer = accept_all
    world.time += timedelta(seconds=200)
    await world.run()
    assert world.transport.times == {"c1": 1}


async def test_a_part_that_waits_again_before_its_release_is_recorded_stays_due() -> None:
    """A fast worker has tried it by then; forgotten, it would never be released again."""
    world = World(1, rules=Rules(retry_s=100))
    delivery = await world.open()
    world.transport.answer = later

    async def tried_at_once(run_id: str, parts: Iterable[int], *, release: int) -> None:
        assert release == delivery.release
        for part in parts:
            await world.deliver.run(run_id, part, holder="m")

    world.polls.send_parts = tried_at_once  # type: ignore[method-assign]
    await world.release.run(RUN, delivery.attempt)
    assert set((await world.deliveries.get(RUN)).due) == {1}


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (RefusedError("550 no such user"), Outcome.REFUSED),
        (InDoubtError("connection lost"), Outcome.IN_DOUBT),
    ],
)
async def test_what_is_refused_or_in_doubt_is_never_tried_again(error: Exception, outcome: Outcome) -> None:
    """The reason stands in the record."""
    world = World(2)
    await world.open()

    def fail(email: Outgoing) -> None:
        if email.customer_id == "c1":
            raise error

    world.transport.answer = fail
    await world.run()
    await world.deliver.run(RUN, 1, holder="again")
    first = world.dispatches.items[RUN, "c1"]
    assert (first.outcome, first.reason) == (outcome, str(error))
    assert world.transport.times == Counter(["c2"])
    assert (await world.deliveries.get(RUN)).status is DeliveryStatus.DONE


async def test_an_address_that_does_not_exist_is_never_written_to_again() -> None:
    """By SMTP the server says so at once, and nobody reports it later. Other refusals say nothing of it."""
    world = World(2)
    await world.open()

    def refuse(email: Outgoing) -> None:
        is_first = email.customer_id == "c1"
        raise RefusedError("550 5.1.1 no such user" if is_first else "552 too large", bad_address=is_first)

    world.transport.answer = refuse
    await world.run()
    [dead] = world.dead.entries.values()
    assert (dead.entry, dead.reason) == (address_entry("c1@mail.example"), NotSent.HARD_BOUNCE)
    assert dead.at == NOON


async def test_a_spent_quota_costs_no_try() -> None:
    """The part comes again later, and the others of it do not ask meanwhile."""
    world = World(5, rules=Rules(tries=1))
    await world.open()

    def spent(_: Outgoing) -> None:
        raise QuotaSpentError("Daily message quota exceeded.")

    world.transport.answer = spent
    await world.run()
    assert all(each.outcome is Outcome.WAITING for each in world.dispatches.items.values())
    assert {each.tries for each in world.dispatches.items.values()} == {0}
    world.transport.answer = lambda _: None
    world.time += timedelta(hours=5)
    await world.run()
    assert len(world.transport.accepted) == 5


class DiedError(BaseException):
    """The process is gone: nothing in it can catch this."""


async def test_an_email_whose_worker_died_after_acceptance_is_in_doubt_and_listed() -> None:
    """Nobody gets two: the window between acceptance and record is the only one in which an email is lost."""
    world = World(3)
    await world.open()
    accept = world.transport.send

    async def accept_then_die(email: Outgoing) -> Accepted:
        accepted = await accept(email)
        if email.customer_id == "c2":
            raise DiedError
        return accepted

    world.transport.send = accept_then_die  # type: ignore[method-assign] # as a provider that answers nobody
    with pytest.raises(DiedError):
        await world.run()
    world.transport.send = accept  # type: ignore[method-assign]
    await world.deliver.run(RUN, 1, holder="again")
    await world.run()
    assert max(world.transport.times.values()) == 1
    listed = {
        each.customer_id for each in world.dispatches.items.values() if each.outcome is Outcome.IN_DOUBT
    }
    assert "c2" in listed
    assert listed | set(world.transport.times) == {"c1", "c2", "c3"}
    assert (await world.deliveries.get(RUN)).status is DeliveryStatus.DONE


@pytest.mark.parametrize("is_late", [True, False])
async def test_an_email_in_doubt_that_was_recorded_late_is_told_as_sent(*, is_late: bool) -> None:
    """A worker was taken for dead while its record was on the way; without one there is nothing to tell."""
    world = World(3)
    await world.open()
    reserved = Dispatch(
        run_id=RUN,
        customer_id="c2",
        outcome=Outcome.SENDING,
        at=world.time,
        transport="fake",
        reserved_by="dead",
    )
    world.dispatches.items[RUN, "c2"] = reserved
    await world.run()
    [(part, doubted, delay_s)] = world.polls.doubts
    assert (part, doubted, delay_s) == (1, ("c2",), 900)
    assert world.announcer.of(EmailSuppressed) == [EmailSuppressed(customer_id="c2", reason="in_doubt")]
    late = reserved.model_copy(update={"outcome": Outcome.SENT, "provider_id": "id-9"})
    if is_late:
        await world.dispatches.record([late])
    world.announcer.announced.clear()
    for _ in range(2):
        await world.resolve_doubts.run(RUN, part, doubted, holder="again")
    event = EmailSent(customer_id="c2", transport="fake", provider_id="id-9")
    assert world.announcer.announced == ([(RUN, event)] * 2 if is_late else [])
    [report] = [each for each in await world.runs.ledger.reports(RUN) if each.stage is StageName.SENDER]
    wanted = {"emails_sent": 3} if is_late else {"emails_sent": 2, "emails_in_doubt": 1}
    assert report.counts == wanted
    assert (await world.deliveries.tally(RUN)).outcomes == world.outcomes()
    assert world.transport.times == Counter(["c1", "c3"])


async def test_an_email_in_doubt_that_was_surely_not_accepted_is_tried_again() -> None:
    """Its delivery was done; what has been accepted meanwhile, or was clicked in, is not sent again."""
    world = World(4)
    await world.open()
    world.transport.answer = lambda email: _lose(email, "c2", "c3", "c4")
    await world.run()
    assert (await world.deliveries.get(RUN)).status is DeliveryStatus.DONE
    world.transport.answer = accept_all
    for customer_id, known in (("c3", {"outcome": Outcome.SENT}), ("c4", {"clicked_at": NOON})):
        found = world.dispatches.items[RUN, customer_id]
        world.dispatches.items[RUN, customer_id] = found.model_copy(update=known)
    for _ in range(2):
        await world.resolve_doubts.refute(RUN, 1, ["c2", "c3", "c4"], holder="m")
    assert (await world.deliveries.get(RUN)).status is DeliveryStatus.APPROVED
    clicked = world.dispatches.items[RUN, "c4"]
    world.dispatches.items[RUN, "c4"] = clicked.model_copy(
        update={"clicked_at": None}
    )  # nobody counts it here
    world.time += timedelta(hours=1)
    await world.run()
    assert world.transport.times == Counter(["c1", "c2"])
    assert world.outcomes() == {"sent": 3, "in_doubt": 1}
    assert (await world.deliveries.get(RUN)).status is DeliveryStatus.DONE
    tally = await world.deliveries.tally(RUN)
    assert (tally.outcomes, tally.doubts) == (world.outcomes(), {"refuted": 1})


def _lose(email: Outgoing, *customer_ids: str) -> None:
    if email.customer_id in customer_ids:
        raise InDoubtError("connection lost")


async def test_a_part_that_is_not_done_tells_of_late_records_by_itself() -> None:
    """Its next pass finds the email sent; a look before that says nothing."""
    world = World(2)
    await world.open(DeliveryStatus.HELD)
    sent = Dispatch(run_id=RUN, customer_id="c1", outcome=Outcome.SENT, at=world.time, transport="fake")
    world.dispatches.items[RUN, "c1"] = sent
    await world.resolve_doubts.run(RUN, 1, ["c1"], holder="again")
    assert world.announcer.announced == []


async def test_two_workers_with_the_same_part_send_each_email_once() -> None:
    """A message may be delivered twice at the same time."""
    world = World(40)
    await world.open()
    await asyncio.gather(*(world.deliver.run(RUN, 1, holder=f"m{number}") for number in range(3)))
    await world.run()
    assert set(world.transport.times.values()) == {1}
    assert len(world.transport.accepted) == 40


async def test_an_email_that_waited_long_for_its_turn_is_looked_at_again() -> None:
    """Somebody may have unsubscribed, or paused the delivery, while it waited for the rate limit."""
    world = World(3)
    await world.open()
    accept = world.transport.send

    async def slowly(email: Outgoing) -> Accepted:
        world.time += timedelta(minutes=5)
        world.consent.suppressions["c3"] = suppressed("c3")
        return await accept(email)

    world.transport.send = slowly  # type: ignore[method-assign] # as a provider that takes its time
    world.parallel = 1
    await world.run()
    world.time += timedelta(minutes=1)
    await world.run()
    assert set(world.transport.times) == {"c1", "c2"}
    assert world.dispatches.items[RUN, "c3"].reason == NotSent.UNSUBSCRIBED


async def test_emails_that_waited_long_are_looked_at_together() -> None:
    """A provider that is slow costs no calls of their own for each of them."""
    world = World(100)
    await world.open()
    accept, look_up, looks = world.transport.send, world.consent.contacts, list[int]()

    async def slowly(email: Outgoing) -> Accepted:
        world.time += timedelta(seconds=1)
        return await accept(email)

    async def contacts(customer_ids: Sequence[str]) -> dict[str, Contact]:
        looks.append(len(customer_ids))
        await asyncio.sleep(0)
        return await look_up(customer_ids)

    world.transport.send = slowly  # type: ignore[method-assign] # as a provider that takes its time
    world.consent.contacts = contacts  # type: ignore[method-assign] # counts
    world.parallel = 20
    await world.run()
    assert set(world.transport.times.values()) == {1}
    assert len(world.transport.accepted) == 100
    assert sum(looks) > 160, "all but the first had waited"
    assert len(looks) < 25


async def test_a_run_of_an_earlier_release_is_said_to_be_one() -> None:
    """It must not pass for a delivery of nothing."""
    world = World(1)
    await world.open()
    del world.objects.stored[object_keys.mailed(RUN, 1)]
    with pytest.raises(PermanentError, match=r"part-00001\.jsonl is missing: a release made the run"):
        await world.deliver.run(RUN, 1, holder="m")


async def test_polls_from_before_a_decision_are_left_over() -> None:
    """Of several chains of polls only the latest goes on."""
    world = World(1)
    await world.open(DeliveryStatus.HELD)
    await world.deliveries.decide(RUN, Act.APPROVE, by="a")
    await world.deliveries.decide(RUN, Act.PAUSE, by="a")
    latest = await world.deliveries.decide(RUN, Act.RESUME, by="a")
    await world.release.run(RUN, latest.attempt - 1)
    assert not world.polls.parts
    assert not world.polls.polls
    await world.release.run(RUN, latest.attempt)
    assert world.polls.parts == [1]
    assert world.polls.polls == [(latest.attempt + 1, 60)]


async def test_a_poll_may_overtake_the_record_of_its_number() -> None:
    """It goes on, and the one that sent it, whose record comes late, does not turn the count back."""
    world = World(1)
    first = (await world.open()).attempt
    send = world.polls.send

    async def arrives_at_once(run_id: str, attempt: int, *, delay_s: int | None = None) -> None:
        await send(run_id, attempt, delay_s=delay_s)
        if attempt == first + 1:
            await world.release.run(run_id, attempt)

    world.polls.send = arrives_at_once  # type: ignore[method-assign]
    await world.release.run(RUN, first)
    assert world.polls.parts == [1]
    assert [attempt for attempt, _ in world.polls.polls] == [first + 1, first + 2]
    assert (await world.deliveries.get(RUN)).attempt == first + 2
