from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.mailer.domain.copy.checks import problems
from fondly.mailer.domain.copy.sense import strict
from fondly.mailer.domain.copy.wording import Evidence, Ground, Problem, Wording

SOURCES = {
    "name": "Pavanik Chai Electric Kettle CR2032, 1.5 L",
    "kind": "kettle",
    "b1": "Boils a full kettle in about five minutes",
    "b2": "1.5 L with a wide mouth that a hand can clean",
    "b3": "Two plugs, 0.9 m of cord, up to 25 kg",
    "a1": "praised: cord length (12 of 14 who mention it)",
    "r1": "5 stars: The cord is long enough and the outside stays cool. Bought it from Ravi for my son.",
    "reason": "Popular in kettles",
}
SLOTS = {
    "customer.first_name": "Meera",
    "1.name": "Pavanik Chai",
    "1.price": "₹899",
    "1.was_price": "₹1,800",
    "1.saving": "₹901",
    "1.discount": "50%",
    "1.rating": "4.3",
    "1.rating_count": "1,234",
    "1.own": "Sahaj teapot",
    "2.name": "Another",
}
GROUND = Ground("en", "Encore", SOURCES, SLOTS)
CUSTOMER = {"s1": "Tea stays hot until the evening, says my late father."}

TRUE = [
    ("line", "A wide mouth lets your hand in, so rinsing takes a moment.", "b2:wide mouth that a hand"),
    ("line", "1.5 litres: a pot for the table and a cup for the cook.", "b2:1.5 L"),
    ("line", "A full kettle in about five minutes, so put the biscuits out first.", "b1:about five minutes"),
    ("line", "Ninety centimetres of cord and two plugs, and 900 mm to spare.", "b3:Two plugs, 0.9 m"),
    ("line", "Reviewers praise the cord, and the CR2032 sits in its base.", "a1:praised: cord length"),
    ("line", "{1.name} for the first cup of the day.", ""),
    ("line", "Reviewers praise the cord; it leaves your hands free at 7:15.", "a1:cord length"),
    ("subject", "{customer.first_name}, put the kettle on", ""),
    ("subject", "{1.name}, now {1.price}", ""),
    ("preheader", "Popular in kettles, and rated {1.rating} on average.", "reason:Popular"),
    ("preheader", "{1.rating_count} ratings, and a mouth that is wide.", ""),
    ("intro", "You liked your kettle, so we looked for things to go with it.", ""),
    ("closing", "Warm wishes from all of us", ""),
    ("quote", "The cord is long enough and the outside stays cool.", ""),
]
FALSE = [
    ("line", "A kettle for the cost of a coffee.", "costs"),
    ("preheader", "You will not find it for less.", "costs"),
    ("subject", "A kettle at half price", "sales"),
    ("preheader", "Take 50% off today.", "sales"),
    ("line", "A free cup comes as a present.", "gifts"),
    ("subject", "Last chance for tea", "haste"),
    ("closing", "It will be on your doorstep tomorrow.", "delivery"),
    ("line", "It comes with a warranty of years.", "guarantee"),
    ("line", "It never breaks.", "guarantee"),
    ("line", "Tea that relieves a headache.", "health"),
    ("line", "A safe kettle for the house.", "safety"),
    ("line", "Kind to the planet.", "environment"),
    ("line", "As a busy mother, you know what tea is.", "who the readers are"),
    ("line", "Your daughter would like it.", "families"),
    ("subject", "You told us that you like tea", "customer wrote"),
    ("line", "Everyone in the office loves it.", "others think"),
    ("line", "Five stars from every cook.", "stars"),
    ("line", "It boils faster than a pan.", "comparison"),
    ("line", "The finest kettle you can have.", "superlatives"),
    ("line", "A kettle that has won an award.", "awards"),
    ("line", "Our team's favourite kettle.", "vouches"),
    ("closing", "Please confirm your card.", "ask for data"),
    ("line", "Tea is ready in seconds.", "no unit"),
    ("line", "La tetera para todos los dias.", "English"),
    ("line", "Better rated than most.", "rated higher"),
    ("line", "You would not get it from Kettlorama.", "name nobody"),
    ("line", "It holds three litres.", "figure"),
    ("line", "It has four plugs.", "figure"),
    ("line", "A cord of forty-eight centimetres.", "figure"),
    ("line", "Runs on a CR2016 for the light.", "figure"),
    ("line", "The kettle XII is here.", "figure"),
    ("line", "Now {1.price}.", "card"),
    ("subject", "Save {1.price} on tea", "figure's slot"),
    ("subject", "{1.rating_count} people own it", "figure's slot"),
    ("line", "{2.name} goes with it.", "product 1"),
    ("line", "It has {1.lid}.", "slots that are listed"),
    ("line", "It goes with your {1.own}.", "customer's own product"),
    ("line", "Tea with{1.name}.", "apart"),
    ("line", "Tea 💯", "plain punctuation"),
    ("line", "Tea for ₹99.", "plain punctuation"),
    ("line", "Visit kettle.example soon.", "links"),
    ("line", "…", "say something"),
    ("subject", "Tea " * 16, "at most 60"),
    ("line", "it boils water.", "capital"),
    ("line", "It boils water", "end mark"),
    ("line", "It boils (water.", "brackets"),
    ("line", "It boils boils water.", "twice"),
    ("line", "Line: it boils water.", "label"),
    ("line", "An kettle and a iron.", "vowel"),
    ("line", "Sabka dil garam rakhta subah tak.", "language"),
    ("quote", "The lid falls off all day.", "review"),
    ("quote", "Bought it from Ravi for my son.", "quote persuades"),
    ("quote", "The cord", "4 to 20"),
]
GERMAN_TRUE = [
    ("line", "Ein Druck auf den Knopf, und der Deckel ist offen.", "b1:Deckel öffnet auf Knopfdruck"),
    ("line", "1,7 Liter: genug für die Kanne und eine Tasse extra.", "b2:1,7 l"),
    ("line", "Neunzig Zentimeter Kabel, und Ruhe in der Küche.", "b3:0,9 m"),
    ("subject", "Tee, bevor der Toast fertig ist", ""),
    ("closing", "Herzliche Grüße aus dem Laden", ""),
]
GERMAN_FALSE = [
    ("line", "Für einen Appel und ein Ei zu haben.", "kostet"),
    ("subject", "Nur noch heute", "Eile"),
    ("line", "Hält ein Leben lang.", "Garantie"),
    ("line", "Gut für Ihre Haut.", "Gesundheit"),
    ("line", "Der schönste Kocher für die Küche.", "Superlative"),
    ("line", "Kunden schwärmen von ihm.", "andere denken"),
    ("line", "Er fasst zwei Liter.", "figure"),
    ("line", "It is for the kitchen.", "Deutsch"),
    ("closing", "Bestätigen Sie Ihre Bankverbindung.", "Daten"),
]
GERMAN = Ground("de", "Lindenau", {"b1": "Deckel öffnet auf Knopfdruck", "b2": "1,7 l", "b3": "0,9 m"}, SLOTS)


def found(field: str, text: str, cited: str = "", ground: Ground = GROUND) -> list[Problem]:
    """The problems of a text that cites one place, written `id:quote`."""
    source, _, quote = cited.partition(":")
    return problems(field, Wording(text, (Evidence(source, quote),) if cited else ()), ground)


def rules(problems_found: list[Problem]) -> str:
    """Their rules, to look for words in."""
    return " | ".join(problem.rule for problem in problems_found)


@pytest.mark.parametrize(("field", "text", "cited"), TRUE)
def test_what_the_facts_prove_or_nobody_needs_to_prove_passes(field: str, text: str, cited: str) -> None:
    """Scenes, properties with their evidence, and figures as the catalogue has them."""
    assert found(field, text, cited) == []


@pytest.mark.parametrize(("field", "text", "says"), FALSE)
def test_what_copy_never_says_is_refused_with_a_sentence_for_the_writer(
    field: str, text: str, says: str
) -> None:
    """Whatever is cited for it."""
    assert says in rules(found(field, text))


@pytest.mark.parametrize(("field", "text", "cited"), GERMAN_TRUE)
def test_german_copy_passes(field: str, text: str, cited: str) -> None:
    """With nouns in capitals, decimal commas and compound numbers."""
    assert found(field, text, cited, GERMAN) == []


@pytest.mark.parametrize(("field", "text", "says"), GERMAN_FALSE)
def test_german_copy_is_refused_in_german(field: str, text: str, says: str) -> None:
    """The writer of a language reads its rules in it."""
    assert says in rules(found(field, text, ground=GERMAN))


@pytest.mark.parametrize("cited", ["b9:wide mouth", "b2:a narrow mouth", "b2: ", "b2:Encore", "kind:"])
def test_evidence_stands_letter_by_letter_in_its_source(cited: str) -> None:
    """Else anything could be cited."""
    assert "letter by letter" in rules(found("line", "A wide mouth.", cited))


def test_a_bare_brand_or_label_proves_nothing() -> None:
    """They stand in every catalogue entry."""
    ground = replace(GROUND, sources={"b1": "Encore", "b2": "Material: steel"})
    assert "proves nothing" in rules(found("line", "A wide mouth.", "b1:Encore", ground))
    assert "proves nothing" in rules(found("line", "A wide mouth.", "b2:Material", ground))


def test_a_customer_is_paraphrased_and_nothing_private_is_repeated() -> None:
    """An email that repeats a sentence of theirs, or a bereavement, is creepy."""
    ground = replace(GROUND, sources={**SOURCES, **CUSTOMER})
    assert found("intro", "You wrote that your tea is still hot at night.", "s1:stays hot", ground) == []
    assert "other words" in rules(found("intro", "Your tea stays hot until the evening.", "", ground))
    assert "whom it was for" in rules(found("intro", "Your father liked hot tea.", "", ground))


def test_the_catalogue_excuses_its_own_families_and_places() -> None:
    """A novel's daughter, and Kenya for Kenyan leaves, are nobody of the reader's."""
    told = {"b1": "A keeper's daughter drinks Kenyan tea", "a1": "praised: colour (2 of 2 who mention it)"}
    ground = replace(GROUND, sources=told | CUSTOMER)
    passing = Wording("A daughter, and tea of Kenya.", (Evidence("b1", "daughter"), Evidence("a1", "colour")))
    assert problems("line", passing, ground) == []
    assert problems("line", Wording("Your daughter drinks tea."), ground)


def test_the_customers_own_product_is_named_only_with_a_reason_about_it() -> None:
    """By its slot or by its name."""
    ground = replace(GROUND, sources={**SOURCES, "own": "Sahaj teapot"})
    assert "do not name it" in rules(found("line", "Good beside the Sahaj teapot.", "", ground))
    assert found("line", "Good beside your {1.own}.", "", replace(ground, goes_with_own=True)) == []


def test_facts_excuse_what_they_prove() -> None:
    """A better rating, a reduction and several products may be told where they are so."""
    assert found("line", "Better rated, and good for tea.", "", replace(GROUND, better_rated=True)) == []
    down = "Now {1.price}, down from {1.was_price}."
    assert "reduction" in rules(found("preheader", down))
    assert found("preheader", down, "", replace(GROUND, reduced=True)) == []
    assert "one product" in rules(
        found("intro", "We chose these for you.", "", replace(GROUND, of_several=False))
    )


def test_what_the_shop_itself_promises_may_be_said() -> None:
    """In its own sentences, and as the remedy for what went wrong."""
    ground = replace(GROUND, sources={"remedy": "We refund it within a week."}, apology=True)
    text = "We are sorry, and we refund it within a week."
    assert "returns" in rules(found("intro", text, "", ground))
    assert found("intro", text, "remedy:We refund it within a week", ground) == []


def test_an_apology_neither_cheers_nor_sells() -> None:
    """In the words that the customer reads first."""
    sorry = replace(GROUND, apology=True)
    assert "apology" in rules(found("intro", "Enjoy the day with a kettle.", "", sorry))
    assert found("intro", "We are sorry. You did not like your kettle.", "", sorry) == []


def test_strict_copy_has_common_words_and_those_of_the_facts() -> None:
    """For shops that would rather be dull than wrong."""
    assert strict(Wording("The kettle for your house, with a zither."), GROUND) == ["zither"]


@given(st.integers(3, 10_000).filter(lambda number: number not in {25, 900}))
def test_no_figure_passes_without_evidence(number: int) -> None:
    """However it is placed."""
    assert found("line", f"It has {number} plugs.", "b3:Two plugs, 0.9 m of cord, up to 25 kg")


def test_a_language_without_rules_is_an_error() -> None:
    """So that no email goes out unchecked."""
    with pytest.raises(LookupError):
        problems("line", Wording("Oui."), replace(GROUND, language="fr"))


def test_an_unknown_slot_beside_a_figure_is_refused() -> None:
    """A slot that does not exist is a problem of its text, not an error, whatever stands beside it."""
    ground = Ground("en", "Fondly Shop", {}, {"1.price": "₹99"})
    found = problems("subject", Wording("Yours now for {1.price}, as {2.name} says"), ground)
    assert "use only the slots that are listed" in {each.rule for each in found}
