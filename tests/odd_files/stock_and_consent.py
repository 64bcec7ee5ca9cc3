"""What decides whether a product may be sent, and whether a person may be written to."""

from tests.odd_files.case import Case, Read, Refused, case
from tests.odd_files.cells import cell, odd
from tests.odd_files.shop import published, row, table

YES = {"yes": "yes", "y": "Y", "true": "true", "one": "1", "ja": "ja", "subscribed": "subscribed"}
NO = {"no": "no", "n": "N", "false": "FALSE", "zero": "0", "nein": "nein", "unsubscribed": "unsubscribed"}


def _consent(name: str, text: str, *values: bool, column: str = "marketing_consent") -> Case:
    """A customer's answer on line 3; one that cannot be read is refused, and nobody is written to for it."""
    place = Refused(line=3, column=column, found=text)
    read = [published(1, 2, 3, changes={"C2": {column: value}}) for value in values]
    cautious = column == "suppressed"
    refused = published(1, 2, 3, changes={"C2": {column: cautious}}, refused=[place])
    return case(name, table([row(1), row(2, **{column: text}), row(3)]), *read, refused)


def _twice(name: str, first: str, second: str) -> Case:
    """The same customer with two answers: a no counts, wherever it stands."""
    content = table(
        [row(1, marketing_consent=first), row(2, user_id="C1", user_name="Asha", marketing_consent=second)]
    )
    whole = published(1, 2)
    one = {"C1": {"name": "Asha", "marketing_consent": False}}
    reviews = {key: {**facts, "customer_id": "C1"} for key, facts in whole.reviews.items()}
    places = (Refused(line=2), Refused(line=3))
    return case(
        name, content, Read(products=whole.products, customers=one, reviews=reviews, may_refuse=places)
    )


def _stock(name: str, column: str, text: str, *, is_there: bool, surely: bool = True) -> Case:
    return cell(name, column, text, "P.in_stock", is_there, surely=surely)


CASES = (
    *(_consent(f"consent-{name}", text, True) for name, text in YES.items()),
    *(_consent(f"consent-{name}", text, False) for name, text in NO.items()),
    _consent("consent-perhaps", "perhaps"),
    _consent("consent-of-a-number", "2"),
    _consent("consent-of-a-date", "2024-01-02", True),
    _consent("suppressed-yes", "yes", True, column="suppressed"),
    _consent("suppressed-no", "no", False, column="suppressed"),
    _consent("suppressed-perhaps", "perhaps", column="suppressed"),
    case(
        "consent-empty",
        table([row(1, marketing_consent=""), row(2, marketing_consent="yes")]),
        published(1, 2, changes={"C1": {"marketing_consent": None}, "C2": {"marketing_consent": True}}),
    ),
    _twice("consent-yes-then-no", "yes", "no"),
    _twice("consent-no-then-yes", "no", "yes"),
    _twice("consent-no-then-nothing", "no", ""),
    case(
        "stock-below-nothing",
        odd("stock", "-3"),
        published(1, 2, 3, changes={"P2": {"in_stock": False}}, may_refuse=[Refused(line=3, column="stock")]),
    ),
    _stock("stock-of-nothing", "stock", "0", is_there=False),
    _stock("stock-of-many", "stock", "1,204", is_there=True),
    _stock("stock-of-more-than", "stock", "10+", is_there=True, surely=False),
    _stock("out-of-stock", "in_stock", "Out of stock", is_there=False),
    _stock("out-of-stock-for-google", "in_stock", "out_of_stock", is_there=False),
    _stock("in-stock-of-schema-org", "in_stock", "https://schema.org/InStock", is_there=True, surely=False),
    _stock("sold-out", "in_stock", "sold out", is_there=False, surely=False),
    _stock("not-in-stock-in-german", "in_stock", "nein", is_there=False, surely=False),
    case(
        "in-stock-of-which-none-is-there",
        table([row(1, in_stock="yes", stock="0"), row(2)]),
        published(1, 2, changes={"P1": {"in_stock": False}}),
    ),
)
