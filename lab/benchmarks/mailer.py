"""The mailer makes emails from facts to bytes, with the model's answers at hand, and checked.

Beside it is the standard library's `EmailMessage`, which builds the same messages from finished HTML and
text, and bare assembly: the mailer's own, without looking up facts and checks. The answers are those of
understudy's copywriter and judge, kept beforehand. What new answers take `million.py` tells.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

from fondly.contracts.records import Recommendation
from fondly.mailer.domain.copy.assembly import Assembled
from fondly.mailer.domain.copy.prompt import Prompt, Style
from fondly.mailer.domain.facts.email import EmailFacts, email_facts
from fondly.mailer.domain.language import language
from fondly.mailer.domain.message import mime
from fondly.mailer.domain.message.content import ContentMaker, Links
from fondly.mailer.domain.message.hosts import AllowedHosts
from fondly.mailer.domain.message.links import UnsubscribeEndpoint
from fondly.mailer.domain.message.theme import Brand, Theme
from fondly.mailer.ports import ModelReply
from fondly.mailer.use_cases.ask_once import AskOnce
from fondly.mailer.use_cases.write_copy import Copywriter
from fondly.runtime.batches import batches
from fondly.runtime.process import collect_garbage_seldom
from fondly.runtime.quota.turns import Lock
from harness.contender import Found, Work
from harness.customers import recommendations, shop_products
from tests.support.kept_answers import InMemoryKeptAnswers
from understudy.engines.copywriter import write

RUN, MODEL = "run-benchmark", "model"
STYLE = Style(brand="Fondly Shop", locale="en_IN")
SENDER = mime.Sender("Fondly Shop", "hello@shop.example.com")
BRAND = Brand("Fondly Shop", "1 Example Street, Bengaluru 560001, India")
DATE = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
ENDPOINT = UnsubscribeEndpoint("https://shop.example.com/unsubscribe", b"key")
PRODUCTS = 300
BEFORE = ("facts", "questions and checks")
"""What bare assembly does without."""
CUSTOMERS_PER_PART = 140
Made = tuple[mime.Envelope, str, str]
"""An envelope, the text and the HTML."""


@dataclass
class Clock:
    """CPU seconds by step."""

    spent_s: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Add what the block takes to a step."""
        started = time.process_time()
        yield
        self.spent_s[name] = self.spent_s.get(name, 0.0) + time.process_time() - started


class Understudy:
    """Answers as understudy's Bedrock does, without HTTP."""

    async def ask(self, prompt: Prompt, *, lock: Lock | None = None) -> ModelReply:
        """Write what is asked for."""
        if lock:
            await lock()
        return ModelReply(text=write([prompt.text], schema=json.loads(prompt.schema)))


class Mailer:
    """The path of emails through the mailer's own functions."""

    def __init__(self) -> None:
        self.clock = Clock()
        ask_once = AskOnce(model=Understudy(), model_id=MODEL, kept=InMemoryKeptAnswers(), parallel=1)
        self._copywriter = Copywriter(ask_once=ask_once, judge=ask_once, style=STYLE)
        words, hosts = language(STYLE.locale), AllowedHosts(["shop.example.com"])
        self._maker = ContentMaker(words, links=hosts, pictures=hosts)
        self._theme = Theme(BRAND, words.messages)

    async def have_answered(self, recommendations: Sequence[Recommendation]) -> None:
        """Have everything written and judged before anything is measured."""
        await self._copywriter.prepare(map(self._facts, recommendations), payer="before")

    async def part(self, recommendations: Sequence[Recommendation]) -> AsyncIterator[Made]:
        """Make the emails of a part; yield what each message is made of."""
        step = self.clock.step
        with step("facts"):
            everybody = [self._facts(each) for each in recommendations]
        with step("questions and checks"):
            copy = await self._copywriter.prepare(everybody, payer="part")
        for facts in everybody:
            with step("assembling"):
                written = self._copywriter.write(facts, copy, seed=f"{RUN}\n{facts.customer_id}")
            yield self._composed(facts, written.assembled)

    def _facts(self, recommendation: Recommendation) -> EmailFacts:
        return email_facts(recommendation, brand=STYLE.brand, locale=STYLE.locale)

    def _composed(self, facts: EmailFacts, written: Assembled) -> Made:
        step, uris = self.clock.step, (ENDPOINT.link(facts.customer_id), f"mailto:{SENDER.address}")
        with step("content"):
            content = self._maker.content(facts, written.copy, Links(RUN, uris[0]))
        with step("HTML"):
            html = self._theme.html(content)
        with step("text"):
            text = self._theme.text(content)
        with step("MIME"):
            envelope = mime.Envelope(
                sender=SENDER,
                run_id=RUN,
                customer_id=facts.customer_id,
                address=facts.address,
                subject=content.copy.subject,
                copy_source=written.source,
                unsubscribe_uris=uris,
                date=DATE,
            )
            mime.message(envelope, text=text, html=html)
        return envelope, text, html


def prepare(customers: str) -> Work:
    """Return a round: so many customers' emails; beside them, what assembling and `EmailMessage` take."""
    made = list(recommendations(shop_products(PRODUCTS), customers=int(customers)))
    mailer = Mailer()
    asyncio.run(mailer.have_answered(made))
    collect_garbage_seldom()  # as services do
    return lambda: asyncio.run(_round(mailer, made))


async def _round(mailer: Mailer, customers: Sequence[Recommendation]) -> Found:
    mailer.clock, library = Clock(), Clock()
    made = [each for part in batches(customers, CUSTOMERS_PER_PART) async for each in mailer.part(part)]
    with library.step("EmailMessage"):
        for each in made:
            _with_library(*each)
    steps = mailer.clock.spent_s
    bare_s = sum(spent for name, spent in steps.items() if name not in BEFORE)
    beside = {"bare assembly": bare_s, **library.spent_s}
    return {"units": len(made), "cpu_s": sum(steps.values()), "beside": beside, "steps": steps}


def _with_library(envelope: mime.Envelope, text: str, html: str) -> bytes:
    email = EmailMessage(policy=SMTP)
    email["From"] = f"{envelope.sender.name} <{envelope.sender.address}>"
    email["To"] = envelope.address
    email["Subject"] = envelope.subject
    email["Date"] = envelope.date
    email["List-Unsubscribe"] = ", ".join(f"<{uri}>" for uri in envelope.unsubscribe_uris)
    email.set_content(text, cte="quoted-printable")
    email.add_alternative(html, subtype="html", cte="quoted-printable")
    return email.as_bytes()
