"""A customer's recommendations as people read them: product, price, and the reason in words."""

from collections.abc import Iterator

from fondly.cli.output import plain
from fondly.cli.tables.declaration import Column, Columns, Fact, Remark, Shown, Table
from fondly.contracts.records import Pick
from fondly.mailer.domain.facts.figures import money
from fondly.mailer.domain.facts.reasons import stated_reason
from fondly.mailer.domain.text import cut
from fondly.operations.recommending import Picked
from fondly.recommender.domain.realtime.current_picks import PickedFrom

LOCALE = "en"
NAME_CHARS = 60
FROM = {
    PickedFrom.CAMPAIGN: "ranked by Personalize just now",
    PickedFrom.BATCH: "from the ranking of the last run",
    PickedFrom.POPULARITY: "popular products: there is no ranking",
}
PICKS: Columns[Fact] = (
    Column("", lambda line: line.name, "bold", right=True),
    Column("", lambda line: line.value, lambda line: line.style, fold=True),
)


def pick_sections(found: Picked) -> Iterator[Shown]:
    """Yield picks, best first, with price and reason on lines of their own; then where they are from."""
    rows: list[Fact] = []
    for number, pick in enumerate(found.picks, start=1):
        rows.append(Fact(f"{number}.", cut(pick.product.name, max_chars=NAME_CHARS), "bold"))
        rows += (Fact("", f"{_price(pick)}  {pick.product.product_id}", "dim"), Fact("", _reason(pick)))
    yield Table(PICKS, rows, has_header=False)
    yield Remark(remark(found))


def remark(found: Picked) -> str:
    """Say on one line what the picks come from."""
    told = [f"the shop of {found.run_id}; {FROM[found.picked_from]}"]
    if found.fallback:
        told.append(found.fallback)
    if found.returned:
        told.append(f"returned, so not offered again: {plain(', '.join(found.returned))}")
    if found.exclusion:
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
