"""What counts as a complaint, and as a danger."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from fondly.contracts.records import Complaint, Customer, OwnProduct, ReasonKind, Recommendation, ScoredReview
from fondly.recommender.domain.history.complaints import SafetyCase, danger
from fondly.recommender.domain.history.history import Told
from fondly.recommender.domain.picking.recommending import Recommended, recommend
from services.recommender.tests.fakes import review, scores
from services.recommender.tests.shops import delighted, shelf, shop_of

LEAVES = [("Home", f"Sort{n}", name) for n, name in enumerate(("Tea", "Nuts", "Hoses", "Lanterns", "Irons"))]
PRODUCTS = [one for leaf in LEAVES for one in shelf(leaf, 6, rating=Decimal("4.5"), rating_count=90)]


def recommended(
    title: str = "", text: str = "", polarity: float = -0.9, liked: str | None = None, **facts: object
) -> Recommended:
    """What comes of a customer's review of a product, and of another that they may like."""
    mine = review("R", "tea0", title=title or None, text=text or None, **facts)
    reviews = (mine, *([review("L", liked)] if liked else ()))
    customer = Customer(customer_id="C", reviews=reviews)
    known = {("C", "R"): scores(polarity), **(dict(delighted(customer)) if liked else {})}
    known["C", "R"] = scores(polarity)
    scored = [ScoredReview(review_id="R", customer_id="C", product_ids=("tea0",), scores=scores(polarity))]
    return recommend(Told([customer], scored, known, {"C": reviews}), {}, shop_of(PRODUCTS))


def complaint(title: str = "", text: str = "", **facts: object) -> Complaint | None:
    """The complaint in a review."""
    [found] = recommended(title, text, **facts).recommendations  # type: ignore[arg-type] # a review's facts
    return found.complaint


@pytest.mark.parametrize("title", ["Not good", "Waste of money", "", "It isn't working", "No good at all"])
def test_clearly_negative_words_are_a_complaint(title: str) -> None:
    """A negation takes back what is good; without a title the text counts."""
    assert complaint(title, "It stopped after a week.") == Complaint(product_id="tea0")


@pytest.mark.parametrize("title", ["Good", "Nice, but small", "Not bad", "Ok for me", "Value for money"])
def test_a_title_that_says_anything_good_is_none(title: str) -> None:
    """Nobody gets an apology for a mixed opinion, nor for one that begins well."""
    assert complaint(title, "It stopped after a week.") is None
    assert complaint("", f"{title}. It stopped.") is None


def test_stars_decide_where_there_are_any() -> None:
    """One or two are a complaint however polite the words are; three are none."""
    assert complaint("Good", rating=Decimal(2), polarity=-0.1) == Complaint(product_id="tea0")
    assert complaint("Bad", rating=Decimal(3)) is None
    assert complaint("Bad", polarity=-0.7) is None


def test_whom_anything_has_pleased_gets_no_apology() -> None:
    """The email speaks of what they like."""
    assert complaint("Bad", liked="nuts0") is None


def test_after_a_complaint_two_other_things_are_picked() -> None:
    """Nothing pairs with what disappointed; the same kind of thing only if it is clearly better."""
    [found] = recommended("Bad").recommendations
    assert len(found.picks) == 2
    assert {pick.reason.product_id for pick in found.picks} == {None}
    assert all(pick.product.category != LEAVES[0] for pick in found.picks)
    assert ReasonKind.GOES_WITH not in {pick.reason.kind for pick in found.picks}


@pytest.mark.parametrize(
    "text",
    [
        "It gave me an electric shock.",
        "You can't hold it without getting an electric shock.",
        "The plug started melting.",
        "Sparks came out of the socket.",
        "There is a burning smell each time.",
        "I burnt my hand on it.",
        "Smoke came out of the motor.",
        "The strap gave me a rash.",
        "The blade cuts fingers.",
        "There is a gas leak at the valve.",
        "It caught fire.",
        "Das Gerät ist explodiert.",
        "Ich habe mir die Finger verbrannt.",
        "Davon bekam ich Ausschlag.",
    ],
)
def test_danger_makes_a_case_whatever_else_they_like(text: str) -> None:
    """Of any rating, with the words that say so."""
    found = recommended("Good", f"Nice. {text}", polarity=1, rating=Decimal(5), liked="nuts0")
    assert found.recommendations[0].complaint == Complaint(product_id="tea0", is_safety=True)
    assert found.cases == [
        SafetyCase(customer_id="C", product_id="tea0", review_id="R", words=text.removesuffix("."))
    ]
    assert found.unsafe == 1


@pytest.mark.parametrize(
    "text",
    [
        "Shockingly good.",
        "It keeps burning the toast.",
        "Explosive bass.",
        "It works with my Fire TV and the fire stick.",
        "I burn a CD with it.",
        "It never gave me a shock.",
        "It is shock proof and protects against electric shock.",
        "Useful in power cuts.",
        "It melts butter and cuts vegetables.",
        "I was shocked by the price.",
        "Counts calories burnt.",
        "Ein Hammer, nicht gefährlich.",
    ],
)
def test_what_only_sounds_like_danger_is_none(text: str) -> None:
    """Food, television, music, praise and what does not happen."""
    assert danger(text) is None


def test_tells_what_somebody_said_of_their_own() -> None:
    """Their stars and words on one line, cut at a word; the words of nobody else."""
    [found] = recommended("Bad", "very " * 200, rating=Decimal(1)).recommendations
    said = own(found)["tea0"].said
    assert said is not None
    assert said.startswith("Bad. very very")
    assert said.endswith("very")
    assert len(said) <= 400
    assert own(found)["tea0"].stars == 1
    [silent] = recommended(liked="nuts0").recommendations
    assert {(one.said, one.stars) for one in silent.owned} == {(None, None)}


def own(found: Recommendation) -> Mapping[str, OwnProduct]:
    """What a customer has, by id."""
    return {one.product_id: one for one in found.owned}
