"""The lists of customers of whom all else is equal."""

from collections.abc import Iterator, Sequence

from fondly.contracts.records import ReasonKind
from fondly.recommender.domain.history.preferences import Preference
from fondly.recommender.domain.picking.picks import Selection, pick
from fondly.recommender.domain.picking.shopper import Shopper
from fondly.recommender.domain.shop.shop import Shop

CUSTOMERS = [f"C{n}" for n in range(20)]


def lists(
    shop: Shop, preferences: Sequence[Preference], ranked: Sequence[str] = (), emailed: Sequence[str] = ()
) -> Iterator[Selection]:
    """Yield the lists of twenty customers, of whom all else is equal."""
    for customer in CUSTOMERS:
        yield pick(Shopper(shop, preferences, ranked, customer, emailed))


def categories(selection: Selection) -> list[tuple[str, ...]]:
    """The leaf category of each pick."""
    return [one.product.category for one in selection.picks]


def kinds(selection: Selection) -> list[ReasonKind]:
    """The kind of each pick's reason."""
    return [one.reason.kind for one in selection.picks]
