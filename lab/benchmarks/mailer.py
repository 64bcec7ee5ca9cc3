"""How many emails a CPU second the mailer makes from facts to bytes, with the model's answers at hand.

Beside it is the standard library's `EmailMessage`, which builds the same messages from finished HTML and
text in the same run. The answers are those of understudy's copywriter and judge, kept beforehand.
Exits with 1 when it makes fewer emails a CPU second than the limit.
"""

import argparse
import asyncio
import gc
import json
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

from rich.console import Console
from rich.table import Table

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
from fondly.mailer.use_cases.check_reply import check
from fondly.mailer.use_cases.write_copy import Copywriter
from fondly.runtime.batches import batches
from fondly.runtime.kept_answers import Answer
from fondly.runtime.process import collect_garbage_seldom
from fondly.runtime.quota.turns import Lock
from harness.customers import recommendations, shop_products
from understudy.engines.copywriter import write

RUN, MODEL = "run-benchmark", "model"
STYLE = Style(brand="Fondly Shop", locale="en_IN")
SENDER = mime.Sender("Fondly Shop", "hello@shop.example.com")
BRAND = Brand("Fondly Shop", "1 Example Street, Bengaluru 560001, India")
DATE = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
ENDPOINT = UnsubscribeEndpoint("https://shop.example.com/unsubscribe", b"key")
MIN_EMAILS_PER_S = 1_200
CUSTOMERS_PER_PART = 140
Made = tuple[mime.Envelope, str, str]
"""An envelope, the text and the HTML."""


@dataclass
class Clock:
    """CPU seconds by step."""

    spent: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Add what the block takes to a step."""
        started = time.process_time_ns()
        yield
        self.spent[name] += time.process_time_ns() - started

    @property
    def total_ns(self) -> int:
        """All steps."""
        return sum(self.spent.values())


class Understudy:
    """Answers as understudy's Bedrock does, without HTTP."""

    async def ask(self, prompt: Prompt, *, lock: Lock | None = None) -> ModelReply:
        """Write what is asked for."""
        if lock:
            await lock()
        return ModelReply(text=write([prompt.text], schema=json.loads(prompt.schema)))


class Kept(dict[str, Answer]):
    """Answers in memory; nobody else asks."""

    async def find(self, keys: Sequence[str]) -> dict[str, Answer]:
        """Return those that are kept."""
        return {key: self[key] for key in keys if key in self}

    async def lock(self, keys: Sequence[str], *, payer: str) -> set[str]:
        """Lock all."""
        del payer
        return set(keys)

    async def keep(self, results: Mapping[str, str], *, payer: str) -> None:
        """Keep answers."""
        self.update({key: Answer(result, payer) for key, result in results.items()})


class Mailer:
    """The path of emails through the mailer's own functions."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.checked = 0
        """Questions whose answers were checked: those of each part."""
        ask_once = AskOnce(model=Understudy(), model_id=MODEL, kept=Kept(), parallel=1)
        self._copywriter = Copywriter(ask_once=ask_once, judge=ask_once, style=STYLE)
        words, hosts = language(STYLE.locale), AllowedHosts(["shop.example.com"])
        self._maker = ContentMaker(words, links=hosts, pictures=hosts)
        self._theme = Theme(BRAND, words.messages)

    async def have_answered(self, recommendations: Sequence[Recommendation]) -> int:
        """Have everything written and judged before anything is measured; count the questions."""
        copy = await self._copywriter.prepare(map(self._facts, recommendations), payer="before")
        for cached in gc.get_objects():  # what was looked up there belongs to the emails
            if isinstance(cached, type(check)) and cached.cache_info().maxsize:
                cached.cache_clear()
        return len(copy.wordings)

    async def part(self, recommendations: Sequence[Recommendation]) -> AsyncIterator[Made]:
        """Make the emails of a part; yield what each message is made of."""
        step = self.clock.step
        with step("facts"):
            everybody = [self._facts(each) for each in recommendations]
        with step("questions and checks"):
            copy = await self._copywriter.prepare(everybody, payer="part")
        self.checked += len(copy.wordings)
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


def main() -> int:
    """Measure, print the table and return the exit code."""
    options = _options()
    customers = list(recommendations(shop_products(options.products), customers=options.customers))
    mailer = Mailer()
    questions = asyncio.run(mailer.have_answered(customers))
    gc.collect()
    collect_garbage_seldom()  # as services do
    library_ns = asyncio.run(_run(mailer, customers))
    per_s = len(customers) * 1e9 / mailer.clock.total_ns
    Console().print(_table(mailer, len(customers), questions, library_ns))
    if per_s < MIN_EMAILS_PER_S:
        Console(stderr=True).print(f"{per_s:,.0f} emails a CPU second, at least {MIN_EMAILS_PER_S:,}")
    return int(per_s < MIN_EMAILS_PER_S)


async def _run(mailer: Mailer, customers: Sequence[Recommendation]) -> int:
    """Make all emails; return the CPU nanoseconds of `EmailMessage` for the same messages."""
    library = Clock()
    for part in batches(customers, CUSTOMERS_PER_PART):
        async for envelope, text, html in mailer.part(part):
            with library.step("EmailMessage"):
                _with_library(envelope, text, html)
    return library.total_ns


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


def _table(mailer: Mailer, emails: int, questions: int, library_ns: int) -> Table:
    ours, checking = mailer.clock.total_ns, mailer.clock.spent["questions and checks"]
    title = f"{emails:,} emails of {questions:,} questions, {emails * 1e9 / ours:,.0f} a CPU second"
    table = Table("", "CPU µs an email", title=title)
    for name, spent in mailer.clock.spent.items():
        table.add_row(name, f"{spent / emails / 1e3:,.1f}")
    table.add_row("all", f"{ours / emails / 1e3:,.1f}")
    checked = f"{mailer.checked / emails:.2f} questions an email, by parts: checking each"
    table.add_row(checked, f"{checking / mailer.checked / 1e3:,.0f}")
    table.add_row("EmailMessage alone", f"{library_ns / emails / 1e3:,.1f} ({library_ns / ours:.2f} of ours)")
    return table


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=3_000)
    parser.add_argument("--products", type=int, default=300)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
