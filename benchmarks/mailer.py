"""How many emails a CPU second the mailer makes from facts to bytes, with the model's answers at hand.

Beside it is the standard library's `EmailMessage`, which builds the same messages from finished HTML and
text in the same run. The answers are those of understudy's copywriter, computed beforehand.
Exits with 1 when it makes fewer emails a CPU second than the limit.
"""

import argparse
import gc
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

from rich.console import Console
from rich.table import Table

from encore.contracts.records import Product, Recommendation
from encore.mailer.domain.copy.feature_answers import read_features
from encore.mailer.domain.copy.prompt import Prompt, Style, copy_prompt, features_prompt
from encore.mailer.domain.facts.email import EmailFacts, email_facts
from encore.mailer.domain.facts.features import accept
from encore.mailer.domain.language import language
from encore.mailer.domain.message import mime
from encore.mailer.domain.message.content import ContentMaker, Links
from encore.mailer.domain.message.hosts import AllowedHosts
from encore.mailer.domain.message.links import UnsubscribeEndpoint
from encore.mailer.domain.message.theme import Brand, Theme
from encore.mailer.domain.words.lists import WordLists
from encore.mailer.ports import ModelReply
from encore.mailer.use_cases.ask_once import PaidReply
from encore.mailer.use_cases.write_copy import Wordings, WrittenCopy, combined, judge_reply
from harness.customers import recommendations, shop_products
from understudy.engines.copywriter import write

RUN, MODEL = "run-benchmark", "model"
STYLE = Style(brand="Encore Shop", locale="en_IN")
SENDER = mime.Sender("Encore Shop", "hello@shop.example.com")
BRAND = Brand("Encore Shop", "1 Example Street, Bengaluru 560001, India")
DATE = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
ENDPOINT = UnsubscribeEndpoint("https://shop.example.com/unsubscribe", b"key")
MIN_EMAILS_PER_S = 1_200
Features = Mapping[str, Sequence[str]]


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


class Mailer:
    """The path of one email through the mailer's own functions."""

    def __init__(self, features: Features, answers: Mapping[str, str]) -> None:
        self.clock = Clock()
        self.wordings: dict[str, Wordings] = {}
        self._features, self._answers = features, answers
        words, hosts = language(STYLE.locale), AllowedHosts(["shop.example.com"])
        self._maker = ContentMaker(words, links=hosts, pictures=hosts)
        self._theme = Theme(BRAND, words.messages)

    def email(self, recommendation: Recommendation) -> tuple[mime.Envelope, str, str]:
        """Make an email; return what its message is made of."""
        step = self.clock.step
        with step("facts"):
            facts = email_facts(
                recommendation, brand=STYLE.brand, locale=STYLE.locale, features=self._features
            )
        with step("prompt"):
            prompt = copy_prompt(facts, STYLE)
            key = prompt.key(MODEL)
        with step("judging"):
            wordings = self._wordings(key, prompt, facts)
        with step("combining"):
            written = combined(wordings, facts, f"{RUN}\n{facts.customer_id}", is_first=False)
        return self._composed(facts, written)

    def _composed(self, facts: EmailFacts, written: WrittenCopy) -> tuple[mime.Envelope, str, str]:
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

    def _wordings(self, key: str, prompt: Prompt, facts: EmailFacts) -> Wordings:
        if key not in self.wordings:
            paid = PaidReply(ModelReply(text=self._answers[key]), payer="")
            judged = judge_reply(paid, facts.for_anybody())
            self.wordings[key] = Wordings(prompt, key, MODEL, judged, (paid,))
        return self.wordings[key]


def main() -> int:
    """Measure, print the table and return the exit code."""
    options = _options()
    products = shop_products(options.products)
    customers = list(
        recommendations(products, customers=options.customers, per_facts=options.customers_per_facts)
    )
    features = {each.product_id: _features_of(each) for each in products}
    mailer = Mailer(features, _answers(customers, features))
    gc.collect()
    gc.freeze()  # what was prepared here is no part of a service's heap, and collections would go through it
    library_ns = _run(mailer, customers)
    per_s = len(customers) * 1e9 / mailer.clock.total_ns
    Console().print(_table(mailer, len(customers), library_ns))
    if per_s < MIN_EMAILS_PER_S:
        Console(stderr=True).print(f"{per_s:,.0f} emails a CPU second, at least {MIN_EMAILS_PER_S:,}")
    return int(per_s < MIN_EMAILS_PER_S)


def _run(mailer: Mailer, customers: Sequence[Recommendation]) -> int:
    """Make all emails; return the CPU nanoseconds of `EmailMessage` for the same messages."""
    library = Clock()
    for customer in customers:
        envelope, text, html = mailer.email(customer)
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


def _features_of(product: Product) -> tuple[str, ...]:
    prompt = features_prompt(product, language=STYLE.language)
    proposed = read_features(write([prompt.text], schema=json.loads(prompt.schema)))
    return accept(proposed, product, WordLists.load(STYLE.language))[0]


def _answers(customers: Sequence[Recommendation], features: Features) -> dict[str, str]:
    """Return understudy's answer to each distinct prompt, by its key."""
    answers: dict[str, str] = {}
    for each in customers:
        prompt = copy_prompt(
            email_facts(each, brand=STYLE.brand, locale=STYLE.locale, features=features), STYLE
        )
        if (key := prompt.key(MODEL)) not in answers:
            answers[key] = write([prompt.text], schema=json.loads(prompt.schema))
    return answers


def _table(mailer: Mailer, emails: int, library_ns: int) -> Table:
    ours, texts = mailer.clock.total_ns, len(mailer.wordings)
    title = f"{emails:,} emails of {texts:,} distinct facts, {emails * 1e9 / ours:,.0f} a CPU second"
    table = Table("", "CPU µs an email", title=title)
    for name, spent in mailer.clock.spent.items():
        table.add_row(name, f"{spent / emails / 1e3:,.1f}")
    table.add_row("all", f"{ours / emails / 1e3:,.1f}")
    table.add_row("judging, of each distinct facts", f"{mailer.clock.spent['judging'] / texts / 1e3:,.0f}")
    table.add_row("EmailMessage alone", f"{library_ns / emails / 1e3:,.1f} ({library_ns / ours:.2f} of ours)")
    return table


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=3_000)
    parser.add_argument("--products", type=int, default=300)
    parser.add_argument("--customers-per-facts", type=int, default=4, help="as in the sample")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
