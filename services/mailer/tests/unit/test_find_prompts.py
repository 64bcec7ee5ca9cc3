"""The prompts that a job is asked are those that the parts would ask themselves."""

from collections.abc import Callable, Sequence

import pytest

from fondly.contracts import object_keys
from fondly.contracts.consent import Cap
from fondly.contracts.experiments import Holdout
from fondly.contracts.records import OwnProduct, Reason, ReasonKind, Recommendation
from fondly.mailer.domain.copy.job import JobTask
from fondly.mailer.domain.copy.prompt import Style
from fondly.mailer.domain.message.compose import Composer
from fondly.mailer.domain.message.mime import Sender
from fondly.mailer.domain.message.theme import Brand, Theme
from fondly.mailer.use_cases.ask_consent import AskConsent
from fondly.mailer.use_cases.ask_once import AskOnce
from fondly.mailer.use_cases.find_prompts import FindPrompts
from fondly.mailer.use_cases.know_features import KnowFeatures
from fondly.mailer.use_cases.mail_part import MailPart
from fondly.mailer.use_cases.read_facts import ReadFacts
from fondly.mailer.use_cases.write_copy import Copywriter
from services.mailer.tests.fakes import MODEL, InMemoryEmailRecords, InMemoryFeatureRecords, InMemoryWriter
from tests.support.consent import InMemoryConsent
from tests.support.kept_answers import InMemoryKeptAnswers
from tests.support.stores import InMemoryObjects

RUN = "run-1"
STYLE = Style(brand="Fondly Shop", locale="en_IN")
PRODUCTS = 5
Recommend = Callable[..., Recommendation]


class World:
    """A run of two parts, whose model writes the same words for everybody."""

    def __init__(self, answer: Callable[..., dict[str, object]], *, leave_out_unhappy: bool = False) -> None:
        self.objects, self.kept = InMemoryObjects(), InMemoryKeptAnswers()
        self.model = InMemoryWriter(answer())
        self.ask_once = AskOnce(model=self.model, model_id=MODEL, kept=self.kept, parallel=2)
        self.features = KnowFeatures(ask_once=self.ask_once, records=InMemoryFeatureRecords(), language="en")
        self.consent = InMemoryConsent()
        self.holdout = Holdout()
        self.ask_consent = AskConsent(consent=self.consent, cap=Cap(), draw=self._draw)
        self.copywriter = Copywriter(ask_once=self.ask_once, style=STYLE)
        self.read_facts = ReadFacts(
            brand=STYLE.brand, locale=STYLE.locale, leave_out_unhappy=leave_out_unhappy
        )
        self.find = FindPrompts(
            objects=self.objects,
            ask_consent=self.ask_consent,
            features=self.features,
            copywriter=self.copywriter,
            read_facts=self.read_facts,
        )

    async def _draw(self, run_id: str) -> Holdout:
        assert run_id == RUN
        return self.holdout

    async def store(self, *parts: Sequence[Recommendation]) -> None:
        """Store the recommendations of the run."""
        for part, recommendations in enumerate(parts, start=1):
            await self.objects.put_lines(object_keys.recommendations(RUN, part), recommendations)

    async def keys(self, task: JobTask, *, parts: int = 2) -> set[str]:
        """The keys of the prompts of a task."""
        groups = [group async for group in self.find(RUN, task, parts=parts)]
        assert len(groups) == parts
        return {prompt.key(MODEL) for group in groups for prompt in group}

    async def mail(self, part: int) -> None:
        """Mail a part."""
        theme = Theme(Brand("Fondly Shop", "1 Example Street"))
        mail_part = MailPart(
            objects=self.objects,
            ask_consent=self.ask_consent,
            records=InMemoryEmailRecords(),
            features=self.features,
            read_facts=self.read_facts,
            copywriter=self.copywriter,
            composer=Composer(theme, Sender("Fondly Shop", "hello@shop.example"), None),
            parallel=2,
        )
        await mail_part.run(RUN, part, key=object_keys.recommendations(RUN, part))


async def test_each_product_is_asked_about_once(
    recommend: Recommend, make_answer: Callable[..., dict[str, object]]
) -> None:
    """Though both parts recommend all five; finding the prompts asks the model nothing."""
    world = World(make_answer)
    await world.store([recommend("C1"), recommend("C2")], [recommend("C3")])
    assert len(await world.keys(JobTask.FEATURES)) == PRODUCTS
    assert world.model.calls == 0


async def test_prompts_for_copy_are_those_that_mailing_asks(
    recommend: Recommend, make_answer: Callable[..., dict[str, object]]
) -> None:
    """Once the job has answered them, a part asks the model only for repairs."""
    world = World(make_answer)
    await world.store([recommend("C1"), recommend("C2", products=3)], [recommend("C3")])
    features, copies = await world.keys(JobTask.FEATURES), await world.keys(JobTask.COPY)
    assert world.kept.answers.keys() == features
    for part in (1, 2):
        await world.mail(part)
    repaired = [text for [message] in world.model.conversations if '"refused"' in (text := message.text)]
    assert copies < world.kept.answers.keys()
    assert len(copies) == 1 + PRODUCTS
    assert len(world.kept.answers) == len(features) + len(copies) + len(set(repaired))


async def test_customers_without_an_email_are_asked_about_nothing(
    recommend: Recommend, make_answer: Callable[..., dict[str, object]]
) -> None:
    """One who has nothing recommended, and an unhappy one where these are left alone."""
    unhappy = recommend("C2", reasons=[Reason(kind=ReasonKind.POPULAR)] * PRODUCTS).model_copy(
        update={
            "owned": (OwnProduct(product_id="o", product_name="Lamp", category=("Home",), polarity=-0.9),)
        }
    )
    for leave_out, prompts in ((False, 1 + PRODUCTS), (True, 0)):
        world = World(make_answer, leave_out_unhappy=leave_out)
        await world.store([recommend("C1", products=0), unhappy])
        assert len(await world.keys(JobTask.COPY, parts=1)) == prompts


@pytest.mark.parametrize("task", [JobTask.FEATURES, JobTask.COPY])
async def test_what_a_run_needs_is_the_same_whenever_it_is_found(
    recommend: Recommend, make_answer: Callable[..., dict[str, object]], task: JobTask
) -> None:
    """A job that was started but not recorded must be found again by an equal request."""
    first, second = World(make_answer), World(make_answer)
    for world in (first, second):
        await world.store([recommend("C1")], [recommend("C2", products=2)])
    assert await first.keys(task) == await second.keys(task)
