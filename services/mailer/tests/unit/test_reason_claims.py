from collections.abc import Callable

import pytest

from encore.contracts.records import Reason, ReasonKind
from encore.mailer.domain.copy.fields import Copy
from encore.mailer.domain.copy.reason_claims import CLAIMS, unsupported_reasons
from encore.mailer.domain.copy.rules import problems
from encore.mailer.domain.facts.email import EmailFacts

MakeFacts = Callable[..., EmailFacts]

WORDINGS = {
    "what the customer likes": (
        "Chosen from what you enjoyed before.",
        "You’ve really loved things like this.",  # noqa: RUF001 - the typographic apostrophe
        "More of what you like.",
        "We know you love a good lamp.",
        "You were so happy with your kettle.",
        "Picks that suit your refined taste.",
        "Your recent favourites led us here.",
        "Close to your favorites.",
        "Our picks, your kind of thing.",
        "Thank you for your kind words.",
    ),
    "customers of a similar taste": (
        "Shoppers like you chose these.",
        "Customers with a similar taste found these.",
        "A tip from like-minded people.",
        "People whose taste is close to yours have these.",
        "Our customers also liked these.",
    ),
    "what other customers buy": (
        "Others also bought these.",
        "These are bought together.",
        "Customers who purchased a lamp chose these.",
    ),
    "what the customer has": (
        "These go with what you already have.",
        "A companion for something you bought.",
        "We looked at your last order.",
    ),
    "popularity": (
        "These are popular.",
        "A customer favourite.",
        "Favourites of our customers.",
    ),
    "newness": ("New arrivals for you.", "These are new in our shop.", "Just landed."),
    "a better rating": ("Better-rated than most.", "They are rated higher."),
}
HARMLESS = (
    "You may like these.",
    "We think you'll love these.",
    "We hope you find something you love.",
    "If you like a tidy desk, have a look.",
    "Perhaps your next favourite is among them.",
    "We look forward to your next review.",
    "Something new for the kitchen.",
    "It keeps up with you and your favourite songs.",
    "Just in case you were looking for a lamp.",
    "One of our favourites.",
)
SUPPORT = {
    "what the customer likes": ReasonKind.LIKED,
    "customers of a similar taste": ReasonKind.ALSO_LIKED,
    "what other customers buy": ReasonKind.BOUGHT_TOGETHER,
    "what the customer has": ReasonKind.BETTER_RATED,
    "popularity": ReasonKind.POPULAR,
    "newness": ReasonKind.NEW,
    "a better rating": ReasonKind.BETTER_RATED,
}


def reasons(kind: ReasonKind, *, customers: int = 7) -> list[Reason]:
    """One reason of a kind after four that say nothing."""
    evidence = Reason(kind=kind, product_name="Solero Wall Charger", customers=customers, category=("Lamps",))
    return [*[Reason(kind=ReasonKind.ASSORTMENT)] * 4, evidence]


def subjects(text: str, facts: EmailFacts) -> list[str]:
    """What the unsupported claims in a text are about."""
    return [rule.partition(" states ")[2] for rule, _ in unsupported_reasons(text, facts.products)]


CASES = [(subject, text) for subject, texts in WORDINGS.items() for text in texts]


@pytest.mark.parametrize(("subject", "text"), CASES)
def test_a_claim_that_no_reason_states_is_refused(subject: str, text: str, make_facts: MakeFacts) -> None:
    """A customer of whom nothing is known reads nothing about themselves."""
    assert subject in subjects(text, make_facts(reasons=reasons(ReasonKind.ASSORTMENT)))


@pytest.mark.parametrize(("subject", "text"), CASES)
def test_a_claim_passes_with_one_reason_that_states_it(
    subject: str, text: str, make_facts: MakeFacts
) -> None:
    """In a text about the whole email, any of its reasons supports it."""
    assert subject not in subjects(text, make_facts(reasons=reasons(SUPPORT[subject])))


@pytest.mark.parametrize("text", HARMLESS)
def test_hopes_and_offers_are_no_claims(text: str, make_facts: MakeFacts) -> None:
    """Only what is said to be known needs a reason."""
    assert subjects(text, make_facts(reasons=reasons(ReasonKind.ASSORTMENT))) == []


def test_every_claim_has_tested_wordings() -> None:
    """A claim added to the list needs some."""
    assert {claim.subject for claim in CLAIMS} == WORDINGS.keys() == SUPPORT.keys()


def test_one_customer_does_not_support_a_claim_about_several(make_facts: MakeFacts) -> None:
    """They still support what is known of the customer who gets the email."""
    facts = make_facts(reasons=reasons(ReasonKind.ALSO_LIKED, customers=1))
    assert subjects("Shoppers like you chose these.", facts) == ["customers of a similar taste"]
    assert subjects("Chosen from what you enjoyed before.", facts) == []


def test_a_line_needs_the_reason_of_its_own_product(
    facts: EmailFacts, make_copy: Callable[..., Copy]
) -> None:
    """Another product's reason supports the intro, but not this line."""
    line = "You liked something similar, so {number.name} is here."
    assert problems(make_copy(lines={"1": line.replace("number", "1")}), facts) == []
    found = problems(make_copy(lines={"3": line.replace("number", "3")}), facts)
    assert [str(problem) for problem in found] == [
        "lines.3: unsupported claim: no reason states what the customer likes ('you liked')"
    ]


def test_a_reason_that_cannot_be_shown_supports_nothing(make_facts: MakeFacts) -> None:
    """The email does not state it."""
    unreadable = [Reason(kind=ReasonKind.LIKED, product_name="---")] * 5
    assert subjects("More of what you like.", make_facts(reasons=unreadable)) == ["what the customer likes"]
