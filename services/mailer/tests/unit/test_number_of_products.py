"""An email has as many products as its recommendation, from one to twelve."""

from collections.abc import Callable

import pytest

from fondly.contracts import object_keys
from fondly.contracts.records import Reason, ReasonKind, Recommendation
from fondly.mailer.domain.copy.frame_prompt import frame_question
from fondly.mailer.domain.copy.product_prompt import product_question
from fondly.mailer.domain.copy.prompt import Style
from fondly.mailer.domain.facts.email import EmailFacts
from services.mailer.tests.unit.test_handler import RUN, World
from tests.support.verdict import body

MakeFacts = Callable[..., EmailFacts]
STYLE = Style(brand="Fondly Shop", locale="en_IN")
MOST = 12


def test_the_number_of_products_makes_no_other_question(make_facts: MakeFacts) -> None:
    """A frame differs only between one product and several; the texts on a product never do."""
    everything = [make_facts(products=number) for number in range(1, MOST + 1)]
    frames = [frame_question(facts, STYLE).prompt for facts in everything]
    assert len({prompt.text for prompt in frames}) == 2
    assert len({prompt.system for prompt in frames}) == 1
    assert len({product_question(facts.products[0], STYLE).prompt.text for facts in everything}) == 1


@pytest.mark.parametrize("number", range(1, MOST + 1))
async def test_an_email_shows_all_that_is_recommended(
    recommend: Callable[..., Recommendation], make_answer: Callable[..., dict[str, object]], number: int
) -> None:
    """From the stored part to the finished message: each product once, in its order, with its own line."""
    lines = {
        str(each): [f"{{{each}.name}} number {chr(96 + each)} is one for you."]
        for each in range(1, number + 1)
    }
    world = World(make_answer(subject=["For you"], intro=["We chose with care."], lines=lines))
    await world.open(parts=1)
    recommendation = recommend("C1", products=number, reasons=[Reason(kind=ReasonKind.FEATURED)])
    await world.handler(await world.message([recommendation]))
    raw = world.objects.stored[object_keys.email(RUN, "C1")]
    text = body(raw, "plain")
    places = [text.index(f"\n{each}. ") for each in range(1, number + 1)]
    assert places == sorted(places)
    assert f"\n{number + 1}. " not in text
    assert text.count("is one for you.") == number
    counts = await world.counts()
    assert (counts["emails"], counts["template_fields"], counts["emails_template_copy"]) == (1, 0, 0)
