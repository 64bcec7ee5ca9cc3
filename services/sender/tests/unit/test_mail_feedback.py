"""What mails bring about: by the queue as SES passes them on, and by a mailbox that is emptied."""

import json
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from fondly.contracts.consent import address_entry, customer_entry
from fondly.contracts.delivery import NotSent, Outcome
from fondly.contracts.errors import PermanentError
from fondly.contracts.events import EmailBounced, EmailSent
from fondly.runtime.metrics import Metric
from fondly.sender.domain.mail_reports import MailReport
from fondly.sender.domain.returned_mail import Unread
from fondly.sender.feedback.handler import MAIL, mail_unread
from fondly.sender.feedback.ports import MailName
from fondly.sender.use_cases.empty_mailbox import LEFT, READ, EmptyMailbox, watch
from services.sender.tests.fakes_of_feedback import RUN, dispatch
from services.sender.tests.mails import ADDRESS, bounce, complaint, email_header, to_unsubscribe, token
from services.sender.tests.unit.test_feedback import Feedback, emitted, emitted_in
from services.sender.tests.unit.test_returned_mail import is_signed

ENTRY = address_entry(ADDRESS)


def received(mail: bytes) -> str:
    """The notification of SES about a mail that it has received."""
    return json.dumps(
        {
            "notificationType": "Received",
            "mail": {"messageId": "o3vrnil0e2ic28tr"},
            "receipt": {"action": {"type": "SNS", "encoding": "BASE64"}},
            "content": b64encode(mail).decode(),
        }
    )


@pytest.fixture
def feedback() -> Feedback:
    """The handler on doubles, with one customer, to whom one email was sent."""
    return Feedback(most_soft=1)


async def test_whoever_writes_to_the_address_of_an_email_is_left_alone(feedback: Feedback) -> None:
    """As by a link; the entry says that it was by mail."""
    await feedback.receive(received(to_unsubscribe(f"unsubscribe {token()}")))
    assert feedback.reasons == {customer_entry("K-7"): NotSent.UNSUBSCRIBED, ENTRY: NotSent.UNSUBSCRIBED}
    assert {each.source for each in feedback.consent.entries.values()} == {MAIL}


async def test_a_bounce_by_mail_is_a_bounce(feedback: Feedback) -> None:
    """The email was handed over by SMTP, so it has no name of SES's. Twice is once."""
    feedback.delivered.dispatches[RUN, "K-7"] = dispatch("K-7", provider_id="4F0ABC", transport="smtp")
    await feedback.receive(received(bounce()))
    assert feedback.reasons == {ENTRY: NotSent.HARD_BOUNCE}
    assert feedback.delivered.dispatches[RUN, "K-7"].bounced == "hard"
    [first, second] = feedback.announcer.of(EmailBounced)
    assert (first, len(set(feedback.announcer.ids))) == (second, 1)


async def test_a_soft_bounce_by_mail_counts_once(feedback: Feedback) -> None:
    """As one that SES reports, and one about the email's size counts against nobody."""
    await feedback.receive(received(bounce("5.3.4")))
    assert feedback.reasons == {}
    await feedback.receive(received(bounce("4.4.7")))
    assert feedback.reasons == {ENTRY: NotSent.SOFT_BOUNCES}
    assert feedback.consent.contacts["K-7"].soft_bounces == 1


async def test_a_complaint_by_mail_leaves_the_customer_alone(feedback: Feedback) -> None:
    """Also where the provider has blacked out whose it is, and where nothing is known of the email."""
    feedback.delivered.dispatches.clear()
    await feedback.receive(received(complaint(email=email_header(to="redacted@provider.example"))))
    assert feedback.reasons == {customer_entry("K-7"): NotSent.COMPLAINT, ENTRY: NotSent.COMPLAINT}


async def test_complaints_by_mail_count_with_their_run(feedback: Feedback) -> None:
    """Once for each email."""
    await feedback.receive(received(complaint()))
    assert feedback.delivered.deliveries[RUN].complaints == 1
    assert feedback.delivered.dispatches[RUN, "K-7"].bounced == "complaint"


async def test_a_report_silences_nobody_but_its_own_customer(feedback: Feedback) -> None:
    """Whoever has an email has a token, and can write any report with it: about themselves alone."""
    victim = "somebody.else@example.com"
    await feedback.receive(received(bounce(recipient=victim, email=email_header(to=victim))))
    assert feedback.reasons == {}
    await feedback.receive(received(bounce(email=email_header(run_id="run-of-others"))))
    assert feedback.reasons == {ENTRY: NotSent.HARD_BOUNCE}
    assert set(feedback.delivered.dispatches) == {(RUN, "K-7")}


async def test_a_report_about_an_email_that_was_never_sent_marks_nothing(feedback: Feedback) -> None:
    """Its run is not proved."""
    refused = dispatch("K-7", outcome=Outcome.SUPPRESSED, provider_id="", reason="frequency")
    feedback.delivered.dispatches[RUN, "K-7"] = refused
    await feedback.receive(received(bounce()))
    assert feedback.delivered.dispatches[RUN, "K-7"] == refused
    assert feedback.announcer.announced == []


async def test_a_report_proves_that_an_email_in_doubt_was_sent(feedback: Feedback) -> None:
    """What no server accepted cannot come back."""
    feedback.delivered.dispatches[RUN, "K-7"] = dispatch("K-7", outcome=Outcome.IN_DOUBT, provider_id="")
    await feedback.receive(received(bounce()))
    assert feedback.delivered.dispatches[RUN, "K-7"].outcome is Outcome.SENT
    [event] = feedback.announcer.of(EmailSent)
    assert event.cause == "K-7"


@pytest.mark.parametrize(
    ("mail", "forged"),
    [
        (to_unsubscribe(f"unsubscribe {token(key=b'another key')}"), 1),
        (bounce(email=email_header(signed=token(key=b"another key"))), 1),
        (to_unsubscribe("Where is my kettle?"), 0),
        (b"\0" * 300, 0),
    ],
)
async def test_other_mails_are_counted_and_wake_nobody(
    feedback: Feedback, mail: bytes, forged: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Anybody can write to an address: that must not fill the dead letters."""
    await feedback.handle(feedback.message(received(mail)))
    assert feedback.reasons == {}
    written = "".join(capsys.readouterr())
    assert "asha" not in written.lower()
    assert "kettle" not in written
    assert emitted_in(written, Metric.FEEDBACK_FORGED) == forged
    assert emitted_in(written, Metric.MAIL_UNREAD) == 1


async def test_a_report_in_the_queue_needs_its_token_too(
    feedback: Feedback, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever may write to the queue proves nothing by it. What is malformed is a fault of ours."""
    forged = MailReport(kind="hard", report_id="r", token="a.b", addresses=(ADDRESS,))
    await feedback.receive(forged.message)
    assert feedback.reasons == {}
    assert emitted(capsys, Metric.FEEDBACK_FORGED) == 2
    with pytest.raises(PermanentError, match="not a report by mail"):
        await feedback.receive('{"mail_report":{"kind":"hard"}}')


@dataclass
class InMemoryMailbox:
    """A folder; as a context manager it opens itself."""

    mails: dict[MailName, bytes]
    folders: dict[str, list[bytes]] = field(default_factory=dict)
    reads: Counter[MailName] = field(default_factory=Counter)
    is_down: bool = False
    keeps: bytes | None = None
    """A mail that cannot be moved."""

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["InMemoryMailbox"]:
        """Open the folder."""
        if self.is_down:
            raise OSError("nobody listens, says asha@example.com")
        yield self

    async def waiting(self) -> list[MailName]:
        """Name the mails."""
        return list(self.mails)

    async def read(self, name: MailName) -> bytes | None:
        """Read a mail."""
        self.reads[name] += 1
        return self.mails.get(name)

    async def move(self, name: MailName, folder: str) -> None:
        """Move a mail."""
        if self.mails[name] == self.keeps:
            raise OSError("no such folder")
        self.folders.setdefault(folder, []).append(self.mails.pop(name))


class Emptied:
    """A mailbox with mails, and the queue that it is emptied into."""

    def __init__(self, *mails: bytes) -> None:
        self.mailbox = InMemoryMailbox({(1, uid): mail for uid, mail in enumerate(mails, start=1)})
        self.sent: list[str] = []
        self.fails: set[str] = set()
        self.empty = EmptyMailbox(self.mailbox, is_signed, self.send, mail_unread)

    async def send(self, body: str) -> None:
        """Send a message, unless the queue is down for it."""
        if any(each in body for each in self.fails):
            raise OSError("the queue does not answer")
        self.sent.append(body)


async def test_a_mailbox_is_emptied_into_the_queue(feedback: Feedback) -> None:
    """Each mail is put away by what was made of it, and the messages do what SES's do."""
    mails = (to_unsubscribe(f"unsubscribe {token()}"), bounce(), complaint(), to_unsubscribe("A question"))
    emptied = Emptied(*mails)
    assert await emptied.empty.run() == 4
    assert emptied.mailbox.folders == {READ: list(mails[:3]), LEFT: [mails[3]]}
    for body in emptied.sent:
        await feedback.receive(body)
    assert feedback.reasons == {customer_entry("K-7"): NotSent.UNSUBSCRIBED, ENTRY: NotSent.UNSUBSCRIBED}
    assert feedback.delivered.dispatches[RUN, "K-7"].bounced == "complaint"


async def test_a_mail_is_put_away_only_once_it_is_in_the_queue() -> None:
    """It stays, and does not stop the others; the next look takes it."""
    unsubscribes = to_unsubscribe(f"unsubscribe {token()}")
    emptied = Emptied(unsubscribes, bounce())
    emptied.fails = {"List-Unsubscribe=Mail"}
    with pytest.raises(OSError, match="does not answer"):
        await emptied.empty.run()
    assert list(emptied.mailbox.mails.values()) == [unsubscribes]
    assert len(emptied.sent) == 1
    emptied.fails = set()
    assert await emptied.empty.run() == 1
    assert emptied.mailbox.mails == {}
    assert len(emptied.sent) == 2


async def test_a_mail_that_cannot_be_put_away_is_read_once() -> None:
    """Otherwise each look would act on it again, for ever."""
    stays, other = bounce(), to_unsubscribe(f"unsubscribe {token()}")
    emptied = Emptied(stays, other)
    emptied.mailbox.keeps = stays
    with pytest.raises(OSError, match="no such folder"):
        await emptied.empty.run()
    assert await emptied.empty.run() == 0
    assert emptied.mailbox.reads == Counter({(1, 1): 1, (1, 2): 1})
    assert len(emptied.sent) == 2


async def test_a_mail_that_another_process_has_taken_is_no_failure() -> None:
    """Two tasks may look at once."""
    emptied = Emptied(bounce())

    async def gone(_: MailName) -> bytes | None:
        return None

    emptied.mailbox.read = gone  # type: ignore[method-assign,assignment] # as where somebody else was faster
    assert await emptied.empty.run() == 0
    assert emptied.sent == []


async def test_a_mail_server_that_is_down_stops_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """It is looked at again and again; each failure is counted, and no address is logged."""
    emptied = Emptied(bounce())
    emptied.mailbox.is_down = True
    looks = iter(range(3))

    async def wait() -> bool:
        look = next(looks)
        emptied.mailbox.is_down = look == 0
        return look < 2

    await watch(emptied.empty, wait)
    assert len(emptied.sent) == 1
    written = "".join(capsys.readouterr())
    assert emitted_in(written, Metric.MAILBOX_FAILURES) == 2
    assert "asha" not in written


@pytest.mark.parametrize("why", Unread)
def test_what_is_left_is_counted(why: Unread, capsys: pytest.CaptureFixture[str]) -> None:
    """Forged ones apart."""
    mail_unread(why)
    assert emitted(capsys, Metric.FEEDBACK_FORGED) == int(why is Unread.FORGED)
