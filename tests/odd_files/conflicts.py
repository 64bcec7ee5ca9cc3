"""Records that contradict one another."""

from collections.abc import Sequence
from decimal import Decimal

from tests.odd_files.case import Facts, Read, Refused, case
from tests.odd_files.shop import Row, published, row, table

ASHA = "asha@example.com"
MAYBE = tuple(Refused(line=each) for each in (2, 3, 4))


def _read(products: Sequence[int], customers: dict[str, Facts], reviews: dict[str, Facts]) -> Read:
    whole = published(*products)
    return Read(products=whole.products, customers=customers, reviews=reviews, may_refuse=MAYBE)


def _of_one(*others: Row) -> bytes:
    return table([row(1), *others])


CASES = (
    case(
        "review-id-with-another-text",
        _of_one(row(2, user_id="C1", user_name="Asha", review_id="R1", review_content="Broke at once")),
        _read(
            (1, 2), {"C1": {"name": "Asha"}}, {"R1": {"text": "Works well 1", "product_ids": ("P1", "P2")}}
        ),
        _read((1, 2), {"C1": {"name": "Asha"}}, {"R1": {"text": "Works well 1", "product_ids": ("P1",)}}),
    ),
    case(
        "review-id-of-another-customer",
        _of_one(row(2, review_id="R1"), row(3)),
        published(1, 3, refused=[Refused(line=3, column="review_id", found="R1")]),
    ),
    case(
        "a-customer-with-two-addresses",
        table([row(1, email=ASHA), row(2, user_id="C1", user_name="Asha", email="other@example.com")]),
        _read((1, 2), {"C1": {"email": ASHA}}, {"R1": {"customer_id": "C1"}, "R2": {"customer_id": "C1"}}),
    ),
    case(
        "an-address-of-two-customers",
        table([row(1, email=ASHA), row(2, email=ASHA)]),
        published(1, 2, changes={"C1": {"email": ASHA}, "C2": {"email": ASHA}}, may_refuse=MAYBE),
    ),
    case(
        "an-address-in-two-spellings",
        table([row(1, email=ASHA), row(2, user_id="C1", user_name="Asha", email="ASHA@Example.com")]),
        _read((1, 2), {"C1": {"email": ASHA}}, {"R1": {"customer_id": "C1"}, "R2": {"customer_id": "C1"}}),
    ),
    case(
        "a-customer-with-two-names",
        _of_one(row(2, user_id="C1", user_name="Asha Rao")),
        _read((1, 2), {"C1": {"name": "Asha"}}, {"R1": {"customer_id": "C1"}, "R2": {"customer_id": "C1"}}),
    ),
    case(
        "a-name-that-comes-later",
        table([row(1, user_name=""), row(2, user_id="C1", user_name="Asha")]),
        _read((1, 2), {"C1": {"name": "Asha"}}, {"R1": {"customer_id": "C1"}, "R2": {"customer_id": "C1"}}),
    ),
    case(
        "a-product-with-two-prices",
        _of_one(
            row(
                2,
                product_id="P1",
                product_name="Cable 1",
                discounted_price="499",
                img_link="https://images.example.com/1.jpg",
                product_link="https://shop.example.com/p/1",
            )
        ),
        Read(
            products={"P1": {"price": Decimal(499), "name": "Cable 1"}},
            customers=published(1, 2).customers,
            reviews={"R1": {"product_ids": ("P1",)}, "R2": {"product_ids": ("P1",)}},
            may_refuse=MAYBE,
        ),
    ),
    case(
        "a-later-row-with-less",
        _of_one(
            row(
                2,
                product_id="P1",
                product_name="Cable",
                product_link="",
                img_link="",
                rating="",
                rating_count="",
            )
        ),
        Read(
            products={"P1": {"name": "Cable 1", "rating_count": 24_269}},
            customers=published(1, 2).customers,
            reviews={"R1": {"product_ids": ("P1",)}, "R2": {"product_ids": ("P1",)}},
            may_refuse=MAYBE,
        ),
    ),
    case(
        "a-product-in-and-out-of-stock",
        table([row(1, in_stock="yes"), row(2, product_id="P1", product_name="Cable 1", in_stock="no")]),
        Read(
            products={"P1": {"in_stock": False}},
            customers=published(1, 2).customers,
            reviews={"R1": {}, "R2": {}},
            may_refuse=MAYBE,
        ),
    ),
    case(
        "two-reviewers-in-a-row-and-one-id-of-another",
        _of_one(
            row(
                2,
                user_id="C2,C3",
                user_name="Ben,Chloe",
                review_id="R1,R3",
                review_title="a,b",
                review_content="Fine,Loud",
            )
        ),
        Read(
            products=published(1, 2).products,
            customers={"C1": {"name": "Asha"}, "C3": {"name": "Chloe"}},
            reviews={"R1": {"customer_id": "C1"}, "R3": {"customer_id": "C3", "text": "Loud"}},
            refused=(Refused(line=3, column="review_id", found="R1"),),
        ),
        Read(
            products=published(1, 2).products,
            customers={"C1": {"name": "Asha"}, "C2": {"name": "Ben"}, "C3": {"name": "Chloe"}},
            reviews={"R1": {"customer_id": "C1"}, "R3": {"customer_id": "C3", "text": "Loud"}},
            refused=(Refused(line=3, column="review_id", found="R1"),),
        ),
    ),
)
