"""One email, one idea: which picks are shown, in which order, and what they have in common."""

from fondly.contracts.records import Pick, Product, Reason, ReasonKind
from fondly.mailer.domain.facts.theme import shown, theme_of

LIKED, POPULAR, FEATURED = ReasonKind.LIKED, ReasonKind.POPULAR, ReasonKind.FEATURED
KITCHEN, KETTLES, GARDEN = ("Home", "Kitchen"), ("Home", "Kitchen", "Kettles"), ("Garden",)


def pick(name: str, category: tuple[str, ...], kind: ReasonKind = LIKED) -> Pick:
    """A product of a category that was picked for a reason."""
    product = Product(product_id=name, name=name, category=category, price="1", currency="EUR")
    return Pick(product=product, reason=Reason(kind=kind))


def names(picks: tuple[Pick, ...]) -> str:
    """The products in their order."""
    return "".join(each.product.product_id for each in picks)


def test_the_theme_is_what_most_picks_share_with_the_first() -> None:
    """As near to the leaf as most of the others go along; none if they do not."""
    kettles = [pick("a", KETTLES), pick("b", KETTLES), pick("c", KETTLES), pick("d", GARDEN)]
    assert theme_of(kettles) == KETTLES
    assert theme_of([pick("a", KETTLES), pick("b", KITCHEN), pick("c", (*KITCHEN, "Pans"))]) == KITCHEN
    assert theme_of([pick("a", KETTLES), pick("b", GARDEN), pick("c", KITCHEN)]) == ()
    assert theme_of([pick("a", KETTLES)]) == ()


def test_picks_of_the_theme_follow_the_first() -> None:
    """In the order in which they were recommended."""
    picks = [
        pick("a", KETTLES),
        pick("b", GARDEN),
        pick("c", KITCHEN),
        pick("d", KITCHEN),
        pick("e", KITCHEN),
    ]
    assert names(shown(picks, apology=False)) == "acdeb"


def test_weak_picks_beside_the_theme_are_left_out_while_three_stay() -> None:
    """The last ones first; what the shop pinned stays."""
    picks = [
        pick("a", KITCHEN),
        pick("b", KITCHEN, POPULAR),
        pick("c", KITCHEN),
        pick("d", GARDEN, POPULAR),
        pick("e", GARDEN, FEATURED),
        pick("f", KITCHEN),
    ]
    assert names(shown(picks, apology=False)) == "abcfe"
    strangers = [pick("a", KITCHEN), *(pick(name, (name,), POPULAR) for name in "bcde")]
    assert names(shown(strangers, apology=False)) == "abc"


def test_an_apology_keeps_two() -> None:
    """It does not sell."""
    assert names(shown([pick(name, KITCHEN) for name in "abcd"], apology=True)) == "ab"
