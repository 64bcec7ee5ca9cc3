"""The mailer over in-memory doubles, with an answer of the test's for a model."""

import json
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from fondly.contracts import object_keys
from fondly.contracts.records import (
    AspectCount,
    OwnProduct,
    Pick,
    Product,
    ProductAspect,
    Quote,
    Reason,
    ReasonKind,
    Recommendation,
    RecommendationSource,
)
from fondly.mailer.domain.copy.prompt import Prompt
from fondly.mailer.domain.message.compose import Composer
from fondly.mailer.ports import ModelReply
from fondly.mailer.settings import MailerSettings
from fondly.mailer.use_cases.ask_consent import AskConsent
from fondly.mailer.use_cases.ask_once import AskOnce
from fondly.mailer.use_cases.email_records import EmailRecords
from fondly.mailer.use_cases.mail_part import MailPart
from fondly.mailer.use_cases.read_facts import ReadFacts
from fondly.mailer.use_cases.shape_emails import composer, style
from fondly.mailer.use_cases.write_copy import Copywriter
from fondly.runtime.quota.turns import Lock, WithdrawnError
from fondly.runtime.runs.stage import PartResult
from tests.support.consent import InMemoryConsent
from tests.support.kept_answers import InMemoryKeptAnswers
from tests.support.stores import InMemoryItems, InMemoryObjects
from understudy.engines.copywriter import write

RUN = "run-0123456789abcdef"
PART = object_keys.recommendations(RUN, 1)
RESOURCES = (
    "data_bucket",
    "runs_table",
    "run_finished_topic_arn",
    "mailer_queue_url",
    "emails_table",
    "copy_answers_table",
    "suppressions_table",
    "contacts_table",
    "dispatches_table",
    "email_finished_topic_arn",
)
SETTINGS = dict.fromkeys(RESOURCES, "x") | {
    "mailer_unsubscribe_url": "https://unsubscribe.example.com/u",
    "mailer_unsubscribe_key": "key",
    "mailer_link_hosts": "shop.example.com",
    "mailer_image_hosts": "images.example.com",
}
PRODUCT = Product(
    product_id="P1",
    name="Aria Over-Ear Headphones",
    category=("Electronics", "Headphones"),
    price=Decimal(2499),
    list_price=Decimal(5999),
    currency="INR",
    rating=Decimal("4.1"),
    rating_count=981,
    bullets=("Deep bass", "Soft ear cushions"),
    image_url="https://images.example.com/1.png",
    link="https://shop.example.com/p/1",
)
KETTLE = PRODUCT.model_copy(
    update={"product_id": "P2", "name": "Pine Electric Kettle", "category": ("Home", "Kettles")}
)
OWN = "Vanta Radio"
SAID = "The sound is clear in every room."
QUOTE = "The cushions stay soft the whole evening."


@dataclass
class AnsweringModel:
    """Answers every request for copy, also for repairs, with the same."""

    copy: str = "{}"
    asked: list[str] = field(default_factory=list)

    async def ask(self, prompt: Prompt, *, lock: Lock | None = None) -> ModelReply:
        """Return the answer to the task that the request names."""
        if lock and not await lock():
            raise WithdrawnError
        assert prompt.system
        assert prompt.schema
        assert prompt.max_chars
        self.asked.append(prompt.text)
        return ModelReply(text=self.copy)


@dataclass
class Understudy:
    """understudy as the mailer's model."""

    asked: list[str] = field(default_factory=list)

    async def ask(self, prompt: Prompt, *, lock: Lock | None = None) -> ModelReply:  # noqa: ARG002 - the port's
        """Return its answer."""
        self.asked.append(prompt.text)
        return ModelReply(text=write([prompt.text], schema=json.loads(prompt.schema)))


@dataclass(frozen=True)
class Mailed:
    """What came of one customer."""

    result: PartResult
    messages: list[bytes]
    asked: list[str]


def recommended(
    product: Product = PRODUCT,
    *,
    customer_id: str = "C1",
    name: str | None = "Asha Rao",
    email: str | None = "asha@customers.example",
    own: str = OWN,
    aspect: str = "sound quality",
    said: str = SAID,
    quote: str = QUOTE,
) -> Recommendation:
    """Two picks for a customer who liked a product of theirs and blames another."""
    reason = Reason(kind=ReasonKind.LIKED, product_id="P9", product_name=own, review_id="R1")
    praised = (AspectCount(aspect=aspect, praised=9),)
    return Recommendation(
        customer_id=customer_id,
        name=name,
        email=email,
        source=RecommendationSource.PERSONALIZE,
        picks=(
            Pick(product=product, reason=reason, praised=praised, quotes=(Quote(text=quote),)),
            Pick(product=KETTLE, reason=Reason(kind=ReasonKind.POPULAR, rank=3, out_of=90)),
        ),
        praised=(ProductAspect(product_id="P9", product_name=own, aspect=aspect),),
        blamed=(ProductAspect(product_id="P8", product_name=own, aspect=aspect),),
        owned=(
            OwnProduct(product_id="P9", product_name=own, polarity=0.9, said=said),
            OwnProduct(product_id="P8", product_name=own, polarity=-0.9),
        ),
    )


async def mailed(
    recommendation: Recommendation, model: AnsweringModel | Understudy | None = None, **settings: str
) -> Mailed:
    """Mail a part with one customer, judged by understudy."""
    chosen, composing = _composing(tuple(settings.items()))
    objects, answering = InMemoryObjects(), model or AnsweringModel()
    kept, judging = InMemoryKeptAnswers(), Understudy()
    ask_once = AskOnce(model=answering, model_id="model", kept=kept, parallel=2)
    judge = AskOnce(model=judging, model_id="judge", kept=kept, parallel=2)
    mail_part = MailPart(
        objects=objects,
        ask_consent=AskConsent(consent=InMemoryConsent(), cap=chosen.cap),
        records=EmailRecords(InMemoryItems("run_id", "customer_id")),
        read_facts=ReadFacts(brand=chosen.mailer_brand_name, locale=chosen.mailer_locale),
        copywriter=Copywriter(ask_once=ask_once, judge=judge, style=style(chosen)),
        composer=composing,
        parallel=2,
    )
    await objects.put_lines(PART, [recommendation])
    result = await mail_part.run(RUN, 1, key=PART)
    messages = [body for key, body in objects.stored.items() if key.endswith(".eml")]
    return Mailed(result, messages, [*answering.asked, *judging.asked])


@cache
def _composing(settings: tuple[tuple[str, str], ...]) -> tuple[MailerSettings, Composer]:
    """A theme takes longer to load than an email to make."""
    chosen = MailerSettings.model_validate(SETTINGS | dict(settings))
    return chosen, composer(chosen)
