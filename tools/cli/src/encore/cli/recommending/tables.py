"""A customer's recommendations as people read them: product, price, and the reason in words."""

from rich.console import Console
from rich.padding import Padding

from encore.cli.output import plain
from encore.cli.recommending.views import Ordered, Picked, Recommended
from encore.cli.tables import cell, table
from encore.contracts.records import Pick
from encore.mailer.domain.facts.figures import money
from encore.mailer.domain.facts.reasons import stated_reason
from encore.mailer.domain.text import cut
from encore.recommender.domain.real_time import PickedFrom

LOCALE = "en"
NAME_CHARS = 60
INDENT = 5
FROM = {
    PickedFrom.CAMPAIGN: "ranked by Personalize just now",
    PickedFrom.SIMILAR: "ranked by what is similar to the customer's products",
    PickedFrom.BATCH: "from the ranking of the last run",
    PickedFrom.LAST_PICKS: "from the customer's last picks: no ranking is kept",
    PickedFrom.POPULARITY: "popular products: there is no ranking",
}


def show_picks(found: Picked, console: Console) -> None:
    """Print picks, best first, each with its price and reason on lines of their own."""
    for number, pick in enumerate(found.picks, start=1):
        console.print(cell(f"{number:>3}. {cut(pick.product.name, max_chars=NAME_CHARS)}", "bold"))
        console.print(Padding(cell(f"{_price(pick)}  {pick.product.product_id}", "dim"), (0, 0, 0, INDENT)))
        console.print(Padding(cell(_reason(pick)), (0, 0, 0, INDENT)))


def show_order(found: Ordered, console: Console) -> None:
    """Print products in their order, and then those that the shop does not know."""
    shown = table("place", "product", "name", right=["place"], fold="name")
    for place, product in enumerate(found.products, start=1):
        shown.add_row(cell(place), cell(product.product_id), cell(cut(product.name, max_chars=NAME_CHARS)))
    for product_id in found.unknown:
        shown.add_row(cell(None), cell(product_id), cell("not in the catalogue", "yellow"))
    console.print(shown)


def remark(found: Recommended) -> str:
    """Say on one line what the recommendations come from."""
    told = [f"the shop of {found.run_id}; {FROM[found.engine]}"]
    if found.fallback:
        told.append(found.fallback)
    if not found.known:
        told.insert(0, f"nobody knows a customer {plain(found.customer_id)}")
    if isinstance(found, Picked) and found.exclusion:
        told.insert(0, f"the customer is excluded ({found.exclusion.value}): nothing personal is picked")
    return "; ".join(told)


def _price(pick: Pick) -> str:
    product = pick.product
    now = money(product.price, product.currency, LOCALE)
    if product.list_price is None or product.list_price <= product.price:
        return now
    return f"{now} instead of {money(product.list_price, product.currency, LOCALE)}"


def _reason(pick: Pick) -> str:
    """Return the reason as emails say it, and its kind, by which it can be looked up."""
    phrase = stated_reason(pick.reason, pick.product, locale=LOCALE).phrase
    return f"{phrase} ({pick.reason.kind.value.replace('_', ' ')})"
