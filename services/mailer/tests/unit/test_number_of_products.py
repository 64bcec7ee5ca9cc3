"""An email has as many products as its recommendation, from one to twelve."""

import json
from collections.abc import Callable
from hashlib import sha256

import pytest

from encore.contracts import object_keys
from encore.contracts.records import Recommendation
from encore.mailer.domain.copy.fields import TEXTS
from encore.mailer.domain.copy.gate import judge
from encore.mailer.domain.copy.prompt import CHARS_PER_TOKEN, Style, copy_prompt, repair_prompt
from encore.mailer.domain.copy.style import MAX_CHARS
from encore.mailer.domain.facts.email import EmailFacts
from services.mailer.tests.unit.test_handler import RUN, World
from tests.support.verdict import body

MakeFacts = Callable[..., EmailFacts]
STYLE = Style(brand="Encore Shop", locale="en_IN")
MOST = 12
QUESTION_FOR_FIVE = "728a8458ba90b82714433c819761ab7495f52bd80b007ab2c8914c93f71928a3"
"""The digest of the facts and the schema that five products were asked with before there was a choice."""


def test_five_products_are_asked_about_as_ever(facts: EmailFacts) -> None:
    """So that kept answers stay valid; a change here makes every shop pay for its copy again."""
    prompt = copy_prompt(facts, STYLE)
    assert sha256(f"{prompt.text}{prompt.schema}".encode()).hexdigest() == QUESTION_FOR_FIVE


def test_all_numbers_but_one_share_the_system_text(make_facts: MakeFacts) -> None:
    """It is cached for all of them; that of a single product says so, in its version too."""
    prompts = [copy_prompt(make_facts(products=number), STYLE) for number in range(1, MOST + 1)]
    assert len({prompt.system for prompt in prompts[1:]}) == 1
    assert len({prompt.version for prompt in prompts[1:]}) == 1
    assert "has a single one" in prompts[0].system
    assert prompts[0].version != prompts[1].version


@pytest.mark.parametrize("number", range(1, MOST + 1))
def test_a_prompt_asks_for_a_line_on_each_product(make_facts: MakeFacts, number: int) -> None:
    """And leaves room for the longest: the answer may have more tokens with every product."""
    prompt = copy_prompt(make_facts(products=number), STYLE)
    lines = json.loads(prompt.schema)["properties"]["lines"]["required"]
    assert lines == [str(each) for each in range(1, number + 1)]
    chars = sum(MAX_CHARS[name] for name in TEXTS) + number * MAX_CHARS["line"]
    assert prompt.max_tokens > STYLE.wordings * chars // CHARS_PER_TOKEN


def test_a_repair_for_a_single_product_keeps_its_rule(make_facts: MakeFacts) -> None:
    """Else the second answer would speak of several again."""
    facts = make_facts(products=1)
    repair = repair_prompt(facts, STYLE, fields=["intro"], refused=[])
    assert repair.system == copy_prompt(facts, STYLE).system


@pytest.mark.parametrize("number", range(2, MOST + 1))
def test_slots_of_every_product_are_judged_alike(make_facts: MakeFacts, number: int) -> None:
    """Those with two digits too: features state themselves, and figures need their frames."""
    facts = make_facts(products=number, list_price="1099")
    assert judge("subject", f"{{{number}.name}}, now {{{number}.price}}", facts) == []
    assert judge("subject", f"{{{number}.name}} beats {{{number}.price}}", facts)
    assert judge(f"lines.{number}", f"Take a look at {{{number}.name}}.", facts) == []
    assert judge("subject", f"{{{number + 1}.name}}", facts)


@pytest.mark.parametrize("text", ["A short list for you.", "These are for you.", "Something, and more."])
def test_copy_for_one_product_does_not_speak_of_several(make_facts: MakeFacts, text: str) -> None:
    """In an intro; the line on a product may: earbuds are several."""
    for number in range(2, MOST + 1):
        assert judge("intro", text, make_facts(products=number)) == []
    rules = {each.rule for each in judge("intro", text, make_facts(products=1))}
    assert rules == {"the email has one product"}
    assert judge("lines.1", "These are for you.", make_facts(products=1)) == []


@pytest.mark.parametrize("number", range(1, MOST + 1))
async def test_an_email_shows_all_that_is_recommended(
    recommend: Callable[..., Recommendation], make_answer: Callable[..., dict[str, object]], number: int
) -> None:
    """From the stored part to the finished message: each product once, in its order, with its own line."""
    lines = {str(each): [f"See if {{{each}.name}} is one for you."] for each in range(1, number + 1)}
    world = World(make_answer(subject=["For you"], intro=["We chose with care."], lines=lines))
    await world.open(parts=1)
    recommendation = recommend("C1", products=number)
    await world.handler(await world.message([recommendation]))
    raw = world.objects.stored[object_keys.email(RUN, "C1")]
    text = body(raw, "plain")
    places = [text.index(f"\n{each}. ") for each in range(1, number + 1)]
    assert places == sorted(places)
    assert f"\n{number + 1}. " not in text
    assert text.count("is one for you.") == number
    counts = await world.counts()
    assert (counts["emails"], counts["house_fields"], counts["emails_template_copy"]) == (1, 0, 0)
