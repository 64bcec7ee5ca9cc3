"""Sets of files of which one does not fit the others."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import permutations

from tests.odd_files.case import Allowed, Case, Facts, Failed, Read, Refused, Waiting
from tests.odd_files.shop import table

PRODUCTS = [
    {"product_id": f"P{number}", "product_name": f"Cable {number}", "discounted_price": "399"}
    for number in (1, 2)
]
CUSTOMERS = [{"user_id": f"C{number}", "user_name": name} for number, name in ((1, "Asha"), (2, "Ben"))]
REVIEWS = [
    {"review_id": f"R{number}", "user_id": f"C{number}", "product_id": f"P{number}", "review_content": "Fine"}
    for number in (1, 2)
]
ORDERS = [{"order_id": "O1", "user_id": "C1", "product_id": "P2", "quantity": "1"}]
Table = Sequence[Mapping[str, str]]
PEOPLE: dict[str, Facts] = {"C1": {"name": "Asha"}, "C2": {"name": "Ben"}}
GOODS: dict[str, Facts] = {
    f"P{number}": {"name": f"Cable {number}", "price": Decimal(399)} for number in (1, 2)
}
WORDS: dict[str, Facts] = {f"R{number}": {"customer_id": f"C{number}", "text": "Fine"} for number in (1, 2)}
BOUGHT: dict[str, Facts] = {"O1 P2": {"customer_id": "C1", "quantity": 1}}


def _read(
    *refused: Refused, reviews: Mapping[str, Facts] = WORDS, purchases: Mapping[str, Facts] | None = None
) -> Read:
    return Read(products=GOODS, customers=PEOPLE, reviews=reviews, purchases=purchases or {}, refused=refused)


def _set(
    name: str,
    *allowed: Allowed,
    products: Table = PRODUCTS,
    customers: Table = CUSTOMERS,
    reviews: Table = REVIEWS,
    orders: Table = (),
    more: Mapping[str, bytes] | None = None,
) -> Case:
    """A set with these tables; the reviews come last, for a set is complete with them, or with orders."""
    files = {"products.csv": table(products), "customers.csv": table(customers)}
    files |= {"orders.csv": table(orders)} if orders else {}
    files = {**(more or {}), **files, "reviews.csv": table(reviews)}
    return Case(name, files, allowed, together=bool(orders))


def _with_review(name: str, column: str, **cells: str) -> Case:
    odd = {**REVIEWS[1], **cells}
    place = Refused(line=3, column=column, found=cells[column], file="reviews.csv")
    return _set(name, _read(place, reviews={"R1": WORDS["R1"]}), reviews=[REVIEWS[0], odd])


def _with_order(name: str, column: str, **cells: str) -> Case:
    odd = {**ORDERS[0], "order_id": "O2", **cells}
    place = Refused(line=3, column=column, found=cells[column], file="orders.csv")
    return _set(name, _read(place, purchases=BOUGHT), orders=[ORDERS[0], odd])


def _in_order(names: Sequence[str]) -> Case:
    tables = {
        "products.csv": table(PRODUCTS),
        "customers.csv": table(CUSTOMERS),
        "reviews.csv": table(REVIEWS),
    }
    return Case(
        f"set-in-order-{'-'.join(name[0] for name in names)}",
        {name: tables[name] for name in names},
        (_read(),),
    )


CASES = (
    *map(_in_order, permutations(("products.csv", "customers.csv", "reviews.csv"))),
    Case(
        "set-in-capitals",
        {"Products.CSV": table(PRODUCTS), "CUSTOMERS.csv": table(CUSTOMERS), "Reviews.csv": table(REVIEWS)},
        (_read(),),
    ),
    Case(
        "set-without-customers",
        {"products.csv": table(PRODUCTS), "reviews.csv": table(REVIEWS)},
        (Waiting(),),
    ),
    _set("set-beside-notes", _read(), more={"README.txt": b"Notes\n", ".DS_Store": b"\0\0\0\1Bud1"}),
    _set("set-with-orders", _read(purchases=BOUGHT), orders=ORDERS),
    _with_review("review-of-an-unknown-customer", "user_id", user_id="C9"),
    _with_review("review-of-an-unknown-product", "product_id", product_id="P9"),
    _with_review("review-without-a-customer", "user_id", user_id=""),
    _with_order("order-of-an-unknown-product", "product_id", product_id="P9"),
    _with_order("order-of-an-unknown-customer", "user_id", user_id="C9"),
    _with_order("order-without-a-customer", "user_id", user_id=""),
    _with_order("order-of-nothing", "quantity", quantity="0"),
    _set(
        "order-that-came-back",
        _read(),
        orders=[ORDERS[0], {**ORDERS[0], "order_id": "O2", "quantity": "-1"}],
    ),
    _with_order("order-of-half-a-thing", "quantity", quantity="0.5"),
    _set(
        "the-same-order-twice",
        Read(
            products=GOODS,
            customers=PEOPLE,
            reviews=WORDS,
            purchases=BOUGHT,
            may_refuse=(Refused(line=3, file="orders.csv"),),
        ),
        Read(
            products=GOODS,
            customers=PEOPLE,
            reviews=WORDS,
            purchases={"O1 P2": {"customer_id": "C1", "quantity": 2}},
        ),
        orders=[ORDERS[0], ORDERS[0]],
    ),
    _set(
        "the-same-customer-twice",
        Read(
            products=GOODS,
            customers=PEOPLE,
            reviews=WORDS,
            may_refuse=(Refused(line=4, file="customers.csv"),),
        ),
        customers=[*CUSTOMERS, CUSTOMERS[0]],
    ),
    _set(
        "a-customer-without-reviews",
        Read(products=GOODS, customers={**PEOPLE, "C3": {"name": "Chloe"}}, reviews=WORDS),
        customers=[*CUSTOMERS, {"user_id": "C3", "user_name": "Chloe"}],
    ),
    _set(
        "set-without-a-price-column",
        Failed(words=("discounted_price",), file="products.csv"),
        products=[{"product_id": "P1", "product_name": "Cable 1"}],
    ),
    _set(
        "set-with-its-columns-in-german",
        _read(),
        customers=[{"Kundennummer": each["user_id"], "Kundenname": each["user_name"]} for each in CUSTOMERS],
    ),
    Case(
        "reviews-of-nobody",
        {
            "products.csv": table(PRODUCTS),
            "customers.csv": table(CUSTOMERS),
            "reviews.csv": b"review_id,user_id,product_id\n",
        },
        (_read(reviews={}), Failed(words=("rows",), file="reviews.csv")),
    ),
)
