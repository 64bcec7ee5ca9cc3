from collections.abc import Callable

import pytest

from encore.mailer.domain.copy.fields import Copy, CopyFormatError, parse_copy
from encore.mailer.domain.copy.problem import Problem
from encore.mailer.domain.copy.rules import MAX_CHARS, problems
from encore.mailer.domain.facts.email import EmailFacts

MakeCopy = Callable[..., Copy]
MakeFacts = Callable[..., EmailFacts]

FALSE_LINES = {
    "a literal figure": "{1.name} now costs 299.",
    "a literal price": "{1.name} for ₹399.",
    "a literal rating": "{1.name} has 4.9 stars.",
    "Devanagari digits": "{1.name} for ३९९ only.",
    "full-width digits": "{1.name} for ３９９.",  # noqa: RUF001 - the look-alikes are the point
    "mathematical digits": "{1.name} for 𝟯𝟵𝟵.",  # noqa: RUF001 - the look-alikes are the point
    "a fraction sign": "{1.name} at ½ of its price.",
    "a Roman numeral sign": "{1.name}, model Ⅳ.",
    "a CJK numeral": "{1.name}, 五 of them.",
    "a circled figure": "{1.name} is our ① choice.",
    "a keycap": "{1.name} is our 1️⃣ choice.",
    "a hundred emoji": "{1.name} is 💯.",
    "a dollar emoji": "{1.name} saves 💲.",
    "a number word": "{1.name} lasts for twenty years.",
    "an Indian number word": "A lakh of people own {1.name}.",
    "half": "{1.name} at half of what others ask.",
    "a currency code": "{1.name} for INR {1.price}.",
    "a currency word": "Save many rupees with {1.name}.",
    "a currency sign": "{1.name} for €{1.price}.",
    "a percent sign": "{1.name} gives you % off.",
    "percent in words": "{1.name} is many percent off.",
    "figures glued to a slot": "{1.name} costs {1.price}k.",
    "a slot glued to a slot": "{1.name} costs {1.price}.{1.rating}.",
    "a minus before a slot": "{1.name} at -{1.price}.",
    "the old price as the price": "{1.name} is now {1.was_price}.",
    "the old price without saying so": "{1.name} for {1.was_price}.",
    "the price as the old price": "{1.name} was {1.price}.",
    "the price as the saving": "Save {1.price} on {1.name}.",
    "the price as a discount": "{1.price} off {1.name}.",
    "the saving as the price": "{1.name} costs {1.saving}.",
    "the saving as the new price": "{1.name}, reduced to {1.saving}.",
    "the discount as a rating": "{1.name} is rated {1.discount}.",
    "the discount as a property": "{1.name} is {1.discount} faster.",
    "the rating as a price": "{1.name} for just {1.rating}.",
    "the count of ratings as a price": "{1.name} for {1.rating_count}.",
    "a price under the price": "{1.name} for under {1.price}.",
    "a saving of more than the saving": "Save more than {1.saving}, over {1.saving}, on {1.name}.",
    "a price per unit": "{1.name} at {1.price} per month.",
    "another product's price": "{1.name} for {2.price}.",
    "another product's name": "{1.name} beats {2.name}.",
    "no name of the product": "This one is a joy to use.",
    "an unknown slot": "{1.name} weighs {1.weight}.",
    "a slot of an unknown product": "{9.name} and {1.name}.",
    "the customer's name in a line": "{customer.first_name}, look at {1.name}.",
    "a left-over brace": "{1.name} is {great}.",
    "an unbalanced brace": "{1.name} is great}.",
    "a double brace": "{{1.name}} is great.",
    "a link": "See https://shop.example/p for {1.name}.",
    "a domain": "{1.name} at evil.example now.",
    "a www name": "{1.name} on www dot com.",
    "an email address": "Ask me@shop about {1.name}.",
    "HTML": "<b>{1.name}</b> is great.",
    "an HTML entity": "{1.name} &lt;3 you.",
    "markdown emphasis": "**{1.name}** is great.",
    "a markdown link": "[{1.name}](here) is great.",
    "a line break": "{1.name} is\nBcc: great.",
    "a NUL": "{1.name} is\x00great.",
    "a bidirectional override": "{1.name} is \u202egreat.",
    "a zero-width space": "{1.name} is fr\u200bee.",
    "a joiner between letters": "{1.name} is fr\u200dee.",
    "Cyrillic look-alikes": "{1.name} is frее.",  # noqa: RUF001 - the look-alikes are the point
    "full-width letters": "{1.name} is ｆｒｅｅ.",  # noqa: RUF001 - the look-alikes are the point
    "struck letters": "{1.name} is f\u0336r\u0336ee.",
    "a price superlative": "{1.name} is the cheapest of all.",
    "the lowest price": "{1.name} at our lowest price ever.",
    "a best deal": "{1.name} is the best deal around.",
    "a free gift": "{1.name} comes with a free case.",
    "delivery": "{1.name} arrives the same day.",
    "shipping": "{1.name} with express shipping.",
    "scarcity": "Hurry, {1.name} is selling out.",
    "a time limit": "{1.name}, today only.",
    "a guarantee": "{1.name} comes with a lifetime guarantee.",
    "a health claim": "{1.name} cures back pain.",
    "a claim to popularity that no count proves": "{1.name} is a crowd favourite.",
    "a universal claim": "{1.name} fits every phone.",
    "a foreign material": "{1.name} is made of leather.",
    "a foreign colour": "{1.name} in crimson.",
    "a foreign property": "{1.name} is waterproof.",
    "a lone slot": "{1.name}.",
    "blank": "   ",
    "endless words": "{1.name} " + "is very nice " * 30,
}

HONEST_LINES = (
    "Meet {1.name}.",
    "{1.name}: {1.reason}.",
    "Why we picked {1.name}? {1.reason}.",
    "{1.name} was {1.was_price}, now {1.price}.",
    "{1.name} is down to {1.price} from {1.was_price}.",
    "Now {1.price} instead of {1.was_price}: {1.name}.",
    "At {1.price}, {1.name} saves you {1.saving}.",
    "You save {1.saving} on {1.name}, since its list price is {1.was_price}.",
    "{1.name} is {1.discount} off at the moment.",
    "Take {1.discount} off {1.name} and pay {1.price}.",
    "With {1.discount} off, {1.name} comes to {1.price}.",
    "{1.name} is rated {1.rating} on average.",
    "{1.rating_count} ratings and an average of {1.rating} speak for {1.name}.",
    "Rated {1.rating} by {1.rating_count} customers: {1.name}.",
    "{1.name} has {1.rating} stars from {1.rating_count} reviews.",
    "Braided nylon keeps {1.name} from fraying.",
    "Fast charging, a braided sleeve, and a fair price: {1.name}.",
    "{1.name} – a cable that's ready for your desk, your bag and your car.",  # noqa: RUF001 - a dash
    "If you're after a cable that lasts, try {1.name}!",
    "Highly rated and well made: {1.name}.",
    "A good deal on {1.name}: {1.discount} off.",
    "{1.name} keeps up with you; it charges fast and stays tidy.",
    "We think you'll enjoy {1.name} (and so does your phone).",
    "One of our favourites for you: {1.name}.",
    "“Finally, a cable that lasts”: that is {1.name} for you.",
)


@pytest.mark.parametrize("line", FALSE_LINES.values(), ids=FALSE_LINES.keys())
def test_a_line_that_states_more_than_the_facts_is_refused(
    line: str, facts: EmailFacts, make_copy: MakeCopy
) -> None:
    """Figures written out or misplaced and invented claims are problems of that line alone."""
    found = problems(make_copy(lines={"1": line}), facts)
    assert found
    assert {problem.field for problem in found} == {"lines.1"}


@pytest.mark.parametrize("line", HONEST_LINES)
def test_an_honest_line_passes(line: str, facts: EmailFacts, make_copy: MakeCopy) -> None:
    """The rules leave room for the many ways to say something true."""
    assert problems(make_copy(lines={"1": line}), facts) == []


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("subject", "{1.name} and {2.name} for you"),
        ("subject", "A present from {2.discount} and {1.price}"),
        ("subject", "Just 9 things for you"),
        ("subject", "x" * 91),
        ("preheader", "Save {1.price} now"),
        ("greeting", "Hello {1.name},"),
        ("greeting", "   "),
        ("intro", "We start with {1.name}."),
        ("intro", "Everything here is waterproof."),
        ("intro", "You bought five things."),
        ("closing", "Order at shop.example today."),
        ("closing", "It all costs {1.price}."),
    ],
)
def test_other_fields_have_their_own_rules(
    field: str, text: str, facts: EmailFacts, make_copy: MakeCopy
) -> None:
    """Subject and preheader use the slots of one product at most; greeting, intro and closing of none."""
    found = problems(make_copy(**{field: text}), facts)
    assert {problem.field for problem in found} == {field}


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("subject", "Your next favourites are here 🌟"),
        ("subject", "Take {2.discount} off {2.name}"),
        ("preheader", "Rated {1.rating} on average, and chosen with you in mind"),
        ("greeting", "Dear {customer.first_name},"),
        (
            "intro",
            "It's good to see you again. There are some good deals among these, {customer.first_name}.",
        ),
        ("closing", "Warm wishes from Encore Shop"),
    ],
)
def test_honest_copy_of_other_fields_passes(
    field: str, text: str, facts: EmailFacts, make_copy: MakeCopy
) -> None:
    """Subject and preheader may use the slots of one product, and all fields the customer's name."""
    assert problems(make_copy(**{field: text}), facts) == []


def test_a_subject_is_measured_with_its_slots_filled(make_facts: MakeFacts, make_copy: MakeCopy) -> None:
    """A long name can make a short subject too long for an inbox."""
    facts = make_facts(customer_name="Wolfeschlegelstein")
    subject = "{customer.first_name} {customer.first_name}: " + "w" * 32 + " {1.name}"
    found = problems(make_copy(subject=subject), facts)
    assert [problem.rule for problem in found] == ["longer than 110 characters once its slots are filled"]


def test_the_name_slot_exists_only_for_a_known_name(make_facts: MakeFacts, make_copy: MakeCopy) -> None:
    """Without a first name, copy that uses the slot breaks a rule."""
    found = problems(make_copy(), make_facts(customer_name=None))
    assert {problem.rule for problem in found} == {"unknown slot"}
    assert {problem.field for problem in found} == {"subject", "greeting", "closing"}


@pytest.mark.parametrize(
    ("number", "line"),
    [
        ("3", "{3.name} is a great deal."),
        ("3", "{3.name} is highly rated."),
        ("3", "You save {3.saving} on {3.name}."),
        ("5", "{5.name} is loved by many."),
        ("5", "{5.name} is rated {5.rating}."),
        ("2", "{2.name} is made of bamboo."),
    ],
)
def test_a_claim_needs_a_product_whose_facts_support_it(
    number: str, line: str, facts: EmailFacts, make_copy: MakeCopy
) -> None:
    """Deals need a discount, praise a good rating, materials the shop's own words, slots their fact."""
    assert problems(make_copy(lines={number: line}), facts)


def test_copy_may_repeat_the_shops_own_words(facts: EmailFacts, make_copy: MakeCopy) -> None:
    """A material that the catalogue names may be named in the line of that product."""
    assert problems(make_copy(lines={"2": "{2.name} has a brushed steel body."}), facts) == []


@pytest.mark.parametrize("numbers", [(), ("1", "2", "3", "4"), ("1", "2", "3", "4", "5", "6")])
def test_there_is_exactly_one_line_per_product(
    numbers: tuple[str, ...], facts: EmailFacts, make_copy: MakeCopy
) -> None:
    """A missing or an additional line is a single problem."""
    copy = make_copy().model_copy(
        update={"lines": {number: f"Meet {{{number}.name}}." for number in numbers}}
    )
    assert [str(problem) for problem in problems(copy, facts)] == [
        "lines: must have exactly the keys 1, 2, 3, 4, 5"
    ]


def test_every_field_has_a_limit(facts: EmailFacts, make_copy: MakeCopy) -> None:
    """One character too many is a problem in each field."""
    for field in ("subject", "preheader", "greeting", "intro", "closing"):
        found = problems(make_copy(**{field: "a" * (MAX_CHARS[field] + 1)}), facts)
        assert f"longer than {MAX_CHARS[field]} characters" in {problem.rule for problem in found}


def test_a_problem_quotes_only_the_start_of_a_long_text() -> None:
    """So repair requests and records stay small."""
    assert len(str(Problem("subject", "link", "http" * 500))) < 80


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not JSON",
        "[]",
        "{}",
        '{"subject": 1, "preheader": "", "greeting": "", "intro": "", "lines": {}, "closing": ""}',
        '{"subject": "", "preheader": "", "greeting": "", "intro": "", "lines": [], "closing": ""}',
        '{"subject": "", "preheader": "", "greeting": "", "intro": "", "lines": {}, "closing": "", "ps": ""}',
        '{"subject": "\\ud800", "preheader": "", "greeting": "", "intro": "", "lines": {}, "closing": ""}',
    ],
)
def test_an_answer_in_another_format_is_refused_with_the_reason(text: str) -> None:
    """Copy has exactly six members, each of its type."""
    with pytest.raises(CopyFormatError, match=": "):
        parse_copy(text)
