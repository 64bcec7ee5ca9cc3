"""What comes back is acted on: requests, bounces, complaints; doing it twice changes nothing."""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from fondly.contracts.click_links import Click, ClickLinks
from fondly.contracts.consent import Contact, Frequency, Suppression, address_entry, customer_entry
from fondly.contracts.delivery import NotSent, Outcome
from fondly.contracts.errors import PermanentError, TransientError
from fondly.contracts.events import EmailBounced, EmailSent
from fondly.contracts.object_keys import CLICKS
from fondly.contracts.records import CustomerEvent, EventKind
from fondly.contracts.tokens import TEST_TOKEN, UNSUBSCRIBE, sign
from fondly.runtime.metrics import Metric
from fondly.runtime.queue.message import Message
from fondly.runtime.runs.delivery import Act, DeliveryStatus
from fondly.sender.domain.clicks import message_of
from fondly.sender.domain.requests import Preferences, Request
from fondly.sender.feedback.handler import FeedbackHandler, Signatures
from fondly.sender.use_cases.believe_report import BelieveReport
from fondly.sender.use_cases.find_dispatch import RECORDED_AFTER, FindDispatch
from fondly.sender.use_cases.keep_preferences import KeepPreferences
from fondly.sender.use_cases.take_bounce import TakeBounce, after_soft_bounce
from fondly.sender.use_cases.take_click import TakeClick
from fondly.sender.use_cases.take_complaint import BY, ComplaintLimit, TakeComplaint
from fondly.sender.use_cases.unsubscribe import Unsubscribe
from services.sender.tests.fakes_of_feedback import (
    RUN,
    SENT_AT,
    InMemoryAddresses,
    InMemoryDelivered,
    InMemoryDeliveries,
    InMemorySuppressions,
    delivery,
    dispatch,
)
from services.sender.tests.unit.test_notifications import read, sample
from tests.support.stores import InMemoryAnnouncer, InMemoryObjects

KEY, OLD_KEY = b"a key", b"the key of last year"
ADDRESS = "asha.rao@example.com"
SECONDS_PER_DAY = 86_400


class Feedback:
    """The handler on doubles, with one customer, to whom one email was sent."""

    def __init__(self, *, at_least: int = 3, most_soft: int = 3) -> None:
        self.now = SENT_AT + timedelta(days=1)
        self.consent = InMemorySuppressions()
        self.delivered = InMemoryDelivered({(RUN, "K-7"): dispatch("K-7")}, {RUN: delivery()})
        self.announcer = InMemoryAnnouncer()
        self.objects = InMemoryObjects()
        addresses = InMemoryAddresses({"K-7": ADDRESS})
        unsubscribe = Unsubscribe(self.consent, addresses, lambda: self.now)
        find_dispatch = FindDispatch(self.delivered, self.announcer, lambda: self.now)
        self.handle = FeedbackHandler(
            signatures=Signatures((KEY, OLD_KEY)),
            unsubscribe=unsubscribe,
            keep_preferences=KeepPreferences(self.consent),
            believe_report=BelieveReport(addresses),
            find_dispatch=find_dispatch,
            take_bounce=TakeBounce(
                self.consent, find_dispatch, self.delivered, self.announcer, most_soft=most_soft
            ),
            take_complaint=TakeComplaint(
                suppressions=self.consent,
                unsubscribe=unsubscribe,
                find_dispatch=find_dispatch,
                delivered=self.delivered,
                deliveries=InMemoryDeliveries(self.delivered),
                announcer=self.announcer,
                limit=ComplaintLimit(0.001, at_least),
            ),
            take_click=TakeClick(suppressions=self.consent, clicked=self.delivered, objects=self.objects),
        )

    async def receive(self, body: str, *, sent_ms: int = 1_000) -> None:
        """Handle a message, twice as queues may."""
        for _ in range(2):
            await self.handle(self.message(body, sent_ms=sent_ms))

    def message(self, body: str, *, sent_ms: int = 1_000) -> Message:
        """A message of the queue."""
        return Message("id", "receipt", body, 1, 0, sent_ms)

    @property
    def reasons(self) -> dict[str, NotSent]:
        """Why whom must not be written to, by entry."""
        return {entry: each.reason for entry, each in self.consent.entries.items()}


def clicked(product_id: str = "P1", *, key: bytes = OLD_KEY, customer_id: str = "K-7") -> str:
    """A message about a click, by a link that an earlier key has signed."""
    return message_of(ClickLinks((key,)).query(Click(RUN, customer_id, product_id), "https://shop.example/p"))


async def test_a_click_is_noted_with_its_email_and_told_as_what_a_customer_does() -> None:
    """The first one is; each product of a day is told once, however often its message comes."""
    feedback = Feedback()
    at_ms = int((SENT_AT + timedelta(hours=2)).timestamp() * 1_000)
    await feedback.receive(clicked(), sent_ms=at_ms)
    await feedback.receive(clicked("P2"), sent_ms=at_ms + 60_000)
    marked = feedback.delivered.dispatches[RUN, "K-7"]
    assert marked.clicked_at == (SENT_AT + timedelta(hours=2)).replace(microsecond=0)
    assert not feedback.reasons
    stored = {key: body for key, body in feedback.objects.stored.items() if key.startswith(CLICKS)}
    assert len(stored) == 2
    told = [CustomerEvent.model_validate_json(body) for body in stored.values()]
    assert {(one.customer_id, one.product_id, one.run_id, one.kind) for one in told} == {
        ("K-7", product_id, RUN, EventKind.CLICKED) for product_id in ("P1", "P2")
    }


async def test_clicks_of_the_same_time_are_told_in_few_files() -> None:
    """None has more than five hundred."""
    feedback = Feedback()
    await asyncio.gather(*(feedback.handle(feedback.message(clicked(f"P{n}"))) for n in range(501)))
    stored = [body for key, body in feedback.objects.stored.items() if key.startswith(CLICKS)]
    assert sorted(len(body.splitlines()) for body in stored) == [1, 500]


async def test_a_forged_click_is_dropped_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    """It marks nothing, and nobody is told: a stranger must not be able to fill the dead letters."""
    feedback = Feedback()
    for body in (clicked(key=b"another key"), message_of(""), message_of("c=test&r=x&p=y")):
        await feedback.receive(body)
    assert emitted(capsys, Metric.FEEDBACK_FORGED) == 6
    assert feedback.delivered.dispatches[RUN, "K-7"].clicked_at is None
    assert not feedback.objects.stored


async def test_a_click_of_who_was_forgotten_leaves_nothing() -> None:
    """They still have the email; who has only unsubscribed may click."""
    feedback = Feedback()
    entry = customer_entry("K-7")
    for reason, told in ((NotSent.UNSUBSCRIBED, 1), (NotSent.ERASED, 0)):
        feedback.objects.stored.clear()
        feedback.consent.entries[entry] = Suppression(entry=entry, reason=reason, source="test", at=SENT_AT)
        await feedback.receive(clicked())
        assert len(feedback.objects.stored) == told


async def test_a_click_in_an_email_that_is_gone_is_told_all_the_same() -> None:
    """Its dispatch has expired, the shop and its recommendations have not."""
    feedback = Feedback()
    await feedback.receive(clicked(customer_id="K-8"))
    assert (RUN, "K-8") not in feedback.delivered.dispatches
    assert len(feedback.objects.stored) == 1


def emitted(capsys: pytest.CaptureFixture[str], metric: Metric) -> int:
    """What a metric's values, written since the last look, add up to."""
    return emitted_in("".join(capsys.readouterr()), metric)


def emitted_in(written: str, metric: Metric) -> int:
    """What a metric's values in a log add up to."""
    return sum(int(found) for found in re.findall(rf"\b{metric}[\"']?[=:] ?(\d+)", written))


@pytest.fixture
def feedback() -> Feedback:
    """The handler on doubles."""
    return Feedback()


def token(key: bytes = KEY, customer_id: str = "K-7", purpose: str = UNSUBSCRIBE) -> str:
    """A signed token."""
    return sign(key, purpose, customer_id)


@pytest.mark.parametrize("key", [KEY, OLD_KEY])
async def test_unsubscribing_suppresses_the_customer_and_their_address(
    feedback: Feedback, key: bytes
) -> None:
    """By a link of last year too; whoever has the address under another id is left alone as well."""
    await feedback.receive(Request(token(key)).message)
    assert feedback.reasons == {
        customer_entry("K-7"): NotSent.UNSUBSCRIBED,
        address_entry("Asha.Rao@Example.com "): NotSent.UNSUBSCRIBED,
    }


async def test_somebody_who_is_not_known_any_more_is_suppressed_all_the_same(feedback: Feedback) -> None:
    """Their link still works; there is no address to suppress."""
    await feedback.receive(Request(token(customer_id="gone")).message)
    assert feedback.reasons == {customer_entry("gone"): NotSent.UNSUBSCRIBED}


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "K-7",
        token(b"another key"),
        token(purpose="view-online:"),
        f"{token()}x",
        json.dumps({"eventType": "Bounce"}),
    ],
)
async def test_a_forged_request_is_dropped_and_counted(
    feedback: Feedback, forged: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It changes nothing, whatever its form says; what is logged says nothing of it."""
    await feedback.receive(Request(forged).message)
    await feedback.receive(f"{quote(forged, safe='')}\nfrequency=daily&{'x' * 20_000}")
    assert feedback.reasons == {}
    written = "".join(capsys.readouterr())
    assert len(re.findall(r"feedback_forged[^_]*what", written)) == 4
    assert not forged or forged not in written


async def test_a_click_in_a_test_email_changes_nothing(feedback: Feedback) -> None:
    """It is no failure either."""
    await feedback.receive(Request(TEST_TOKEN).message)
    assert feedback.reasons == {}


async def test_preferences_are_kept_and_the_latest_count(feedback: Feedback) -> None:
    """Queues keep no order."""
    weekly = Preferences(Frequency.WEEKLY, ("Toys",))
    await feedback.receive(Request(token(), weekly).message, sent_ms=2_000)
    await feedback.receive(Request(token(), Preferences()).message, sent_ms=1_000)
    contact = feedback.consent.contacts["K-7"]
    assert (contact.frequency, contact.topics_off, contact.version) == (Frequency.WEEKLY, ("Toys",), 1)
    assert feedback.reasons == {}


async def test_of_who_has_been_forgotten_no_preferences_are_kept(feedback: Feedback) -> None:
    """Links in their old emails still work, and must not bring them back."""
    entry = customer_entry("K-7")
    erased = Suppression(
        entry=entry, reason=NotSent.ERASED, source="x", at=datetime(2026, 11, 26, tzinfo=UTC)
    )
    await feedback.consent.suppress([erased])
    await feedback.receive(Request(token(), Preferences(Frequency.WEEKLY)).message)
    assert feedback.consent.contacts == {}
    assert feedback.consent.entries == {entry: erased}


async def test_preferences_that_there_are_not_are_a_dead_letter(feedback: Feedback) -> None:
    """Nothing is guessed."""
    with pytest.raises(PermanentError, match="not a request: a form without a frequency that there is"):
        await feedback.receive(f"{token()}\nfrequency=daily")
    assert feedback.consent.contacts == {}


async def test_a_hard_bounce_suppresses_the_address_alone(feedback: Feedback) -> None:
    """The customer may have another one some day. The email is marked; its event is always the same."""
    await feedback.receive(sample("event-bounce"))
    assert feedback.reasons == {address_entry(ADDRESS): NotSent.HARD_BOUNCE}
    marked = feedback.delivered.dispatches[RUN, "K-7"]
    assert (marked.bounced, marked.outcome) == ("hard", Outcome.SENT)
    event = EmailBounced(
        customer_id="K-7", kind="hard", feedback_id="0100017d2f3c4a5b-1a2b3c4d-0000", variant="B"
    )
    assert feedback.announcer.announced == [(RUN, event)] * 2
    assert len(set(feedback.announcer.ids)) == 1


async def test_soft_bounces_in_a_row_suppress_the_address(feedback: Feedback) -> None:
    """Each email counts once; the third in a row is one too many."""
    first = int(SENT_AT.timestamp())
    for day in range(3):
        assert feedback.reasons == {}
        at = SENT_AT + timedelta(days=day)
        times = tuple(first + earlier * SECONDS_PER_DAY - 2 for earlier in range(day, -1, -1))
        contact = feedback.consent.contacts.get("K-7", Contact(customer_id="K-7"))
        feedback.consent.contacts["K-7"] = contact.model_copy(update={"times": times})
        feedback.delivered.dispatches[RUN, "K-7"] = dispatch("K-7", at=at)
        await feedback.receive(sample("event-bounce", bounceType="Transient"))
        assert feedback.consent.contacts["K-7"].soft_bounces == day + 1
    assert feedback.reasons == {address_entry(ADDRESS): NotSent.SOFT_BOUNCES}


async def test_a_bounce_of_the_emails_size_counts_against_nobody() -> None:
    """The event says that it bounced."""
    feedback = Feedback(most_soft=1)
    await feedback.receive(sample("event-bounce", bounceType="Transient", bounceSubType="MessageTooLarge"))
    assert feedback.reasons == {}
    assert feedback.consent.contacts == {}
    assert feedback.delivered.dispatches[RUN, "K-7"].bounced == "soft"


def test_an_email_that_arrived_ends_a_row() -> None:
    """The emails at 100 and 300 bounced, and that at 200 did not."""
    contact = Contact(customer_id="K-7", times=(298, 198, 98), soft_bounces=1, soft_bounced_at=100)
    after = after_soft_bounce(contact, 300)
    assert (after.soft_bounces, after.soft_bounced_at) == (1, 300)
    assert after_soft_bounce(after, 300) is after
    assert after_soft_bounce(after, 100) is after


async def test_a_complaint_suppresses_both_and_alone_pauses_nothing(feedback: Feedback) -> None:
    """One email, although its share is all; it counts once however often it is reported."""
    await feedback.receive(sample("event-complaint"))
    assert feedback.reasons == {
        address_entry(ADDRESS): NotSent.COMPLAINT,
        customer_entry("K-7"): NotSent.COMPLAINT,
    }
    assert feedback.delivered.dispatches[RUN, "K-7"].bounced == "complaint"
    found = feedback.delivered.deliveries[RUN]
    assert (found.complaints, found.status) == (1, DeliveryStatus.APPROVED)


async def test_too_many_complaints_pause_the_delivery_once() -> None:
    """After somebody has resumed it, those that there were are excused."""
    feedback = Feedback(at_least=2)
    sent = {(RUN, f"K-{number}"): dispatch(f"K-{number}") for number in range(1_999)}
    feedback.delivered.dispatches.update(sent)
    feedback.delivered.deliveries[RUN] = delivery(complaints=1)
    await feedback.receive(sample("event-complaint"))
    assert feedback.delivered.decided == [(Act.PAUSE, BY, "2 complaints about 1999 emails, more than 0.10%")]
    paused = feedback.delivered.deliveries[RUN]
    assert (paused.status, paused.excused) == (DeliveryStatus.PAUSED, 2)
    resumed = paused.model_copy(update={"status": DeliveryStatus.APPROVED, "complaints": 2})
    feedback.delivered.deliveries[RUN] = resumed
    feedback.delivered.dispatches[RUN, "K-7"] = dispatch("K-7")
    await feedback.receive(sample("event-complaint"))
    assert len(feedback.delivered.decided) == 1


async def test_a_share_within_the_limit_pauses_nothing() -> None:
    """Two of two thousand are one in a thousand."""
    feedback = Feedback(at_least=2)
    sent = {(RUN, f"K-{number}"): dispatch(f"K-{number}") for number in range(2_000)}
    feedback.delivered.dispatches.update(sent)
    feedback.delivered.deliveries[RUN] = delivery(complaints=1)
    await feedback.receive(sample("event-complaint"))
    assert feedback.delivered.deliveries[RUN].complaints == 2
    assert feedback.delivered.decided == []


@pytest.mark.parametrize("status", [DeliveryStatus.DONE, DeliveryStatus.REJECTED, DeliveryStatus.HELD])
async def test_what_goes_out_no_more_is_not_paused(status: DeliveryStatus) -> None:
    """There is nothing to stop."""
    feedback = Feedback(at_least=1)
    feedback.delivered.deliveries[RUN] = delivery(status=status)
    await feedback.receive(sample("event-complaint"))
    assert feedback.delivered.decided == []


async def test_readers_who_like_an_email_complain_of_nothing(feedback: Feedback) -> None:
    """`not-spam` suppresses nobody."""
    await feedback.receive(sample("notification-complaint"))
    assert feedback.reasons == {}


@pytest.mark.parametrize("name", ["event-bounce", "event-complaint"])
async def test_a_notification_of_another_email_suppresses_its_address_only(
    feedback: Feedback, name: str
) -> None:
    """A test, a sample to seeds, or what others send through the account: no customer had it."""
    feedback.delivered.dispatches[RUN, "K-7"] = dispatch("K-7", provider_id="another")
    await feedback.receive(sample(name))
    assert set(feedback.reasons) == {address_entry(ADDRESS)}
    assert feedback.delivered.dispatches[RUN, "K-7"].bounced == ""
    assert feedback.announcer.announced == []


async def test_a_notification_that_comes_before_the_record_waits_for_it(feedback: Feedback) -> None:
    """The address is suppressed at once. A record that never comes is waited for no longer."""
    feedback.delivered.dispatches[RUN, "K-7"] = dispatch("K-7", outcome=Outcome.SENDING, provider_id="")
    feedback.now = SENT_AT + RECORDED_AFTER / 2
    with pytest.raises(TransientError):
        await feedback.receive(sample("event-bounce"))
    assert set(feedback.reasons) == {address_entry(ADDRESS)}
    feedback.now = SENT_AT + RECORDED_AFTER
    await feedback.receive(sample("event-bounce"))
    assert feedback.delivered.dispatches[RUN, "K-7"].bounced == "hard"


async def test_an_email_in_doubt_that_bounces_was_sent(feedback: Feedback) -> None:
    """Its worker died before it could record its name."""
    feedback.delivered.dispatches[RUN, "K-7"] = dispatch("K-7", outcome=Outcome.IN_DOUBT, provider_id="")
    await feedback.receive(sample("event-bounce"))
    assert feedback.delivered.dispatches[RUN, "K-7"].bounced == "hard"


@pytest.mark.parametrize("name", ["event-send", "event-bounce", "event-complaint"])
async def test_what_proves_that_an_email_was_sent_is_told_once(feedback: Feedback, name: str) -> None:
    """Nobody knew; from now on it counts as sent, by the name that the provider gives."""
    feedback.now = SENT_AT
    feedback.delivered.dispatches[RUN, "K-7"] = dispatch(
        "K-7", outcome=Outcome.IN_DOUBT, provider_id="", transport="ses", reason="its worker stopped"
    )
    await feedback.receive(sample(name))
    found = feedback.delivered.dispatches[RUN, "K-7"]
    provider_id = dispatch("K-7").provider_id
    assert (found.outcome, found.reason, found.provider_id) == (Outcome.SENT, "", provider_id)
    told = [event for _, event in feedback.announcer.announced if isinstance(event, EmailSent)]
    assert told == [EmailSent(customer_id="K-7", transport="ses", provider_id=provider_id, variant="B")]


async def test_that_an_email_was_accepted_changes_nothing_of_one_that_is_known(feedback: Feedback) -> None:
    """Nearly always, the sender has recorded it."""
    feedback.delivered.dispatches[RUN, "K-7"] = dispatch("K-7")
    await feedback.receive(sample("event-send"))
    assert feedback.delivered.dispatches == {(RUN, "K-7"): dispatch("K-7")}
    assert feedback.announcer.announced == []


async def test_a_malformed_notification_is_a_dead_letter(feedback: Feedback) -> None:
    """It changes nothing."""
    with pytest.raises(PermanentError, match="not a notification of Amazon SES"):
        await feedback.receive('{"eventType": "Bounce"}')
    assert feedback.reasons == {}


async def test_no_address_and_no_token_is_logged(
    feedback: Feedback, capsys: pytest.CaptureFixture[str]
) -> None:
    """Customer ids are; that is what operators have to go by."""
    for body in (Request(token()).message, sample("event-bounce"), sample("event-complaint")):
        await feedback.receive(body)
    written = "".join(capsys.readouterr())
    assert "K-7" in written
    assert "example.com" not in written.lower()
    assert token() not in written


async def test_a_complaint_about_a_run_without_a_delivery_still_leaves_the_customer_alone() -> None:
    """Its items have expired: nothing is paused, and nothing fails."""
    feedback = Feedback(at_least=1)
    feedback.delivered.deliveries.clear()
    await feedback.receive(sample("event-complaint"))
    assert feedback.reasons[customer_entry("K-7")] is NotSent.COMPLAINT
    assert feedback.delivered.decided == []


async def test_a_complaint_that_ses_held_back_is_noted_and_counts_with_no_run(feedback: Feedback) -> None:
    """It is about an earlier email: the customer is left alone, and the delivery goes on."""
    await feedback.receive(sample("event-complaint", complaintSubType="OnAccountSuppressionList"))
    assert feedback.reasons[customer_entry("K-7")] is NotSent.COMPLAINT
    assert feedback.delivered.dispatches[RUN, "K-7"].bounced == "complaint"
    assert feedback.delivered.deliveries[RUN].complaints == 0


async def test_what_a_notification_proves_is_known_at_once(feedback: Feedback) -> None:
    """Whoever found the email in doubt goes on as with one that was sent."""
    doubted = dispatch("K-7").model_copy(
        update={"outcome": Outcome.IN_DOUBT, "reason": "killed", "provider_id": ""}
    )
    feedback.delivered.dispatches[RUN, "K-7"] = doubted
    find = FindDispatch(feedback.delivered, feedback.announcer, lambda: feedback.now)
    notification = read(sample("event-bounce"))
    assert notification is not None
    found = await find.run(notification)
    assert found is not None
    assert (found.outcome, found.reason) == (Outcome.SENT, "")
    assert found.provider_id == notification.provider_id
