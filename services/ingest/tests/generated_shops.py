"""Any shop, and any dialect of its files, for property tests."""

from collections.abc import Sequence
from decimal import Decimal

from hypothesis import strategies as st

from fondly.contracts.records import Customer, Product, Purchase, Review
from fondly.ingest.domain.text import clean
from fondly.ingest.domain.values.texts import is_no_text, says_nothing
from services.ingest.tests.shop_files import Dialect, Shop

TWO_PLACES = Decimal("0.01")
GERMAN_NAMES = (
    ("product_id", "Artikel-Nr."),
    ("product_name", "Artikelname"),
    ("discounted_price", "Preis"),
    ("user_id", "Kundennummer"),
    ("email", "E-Mail"),
)
LOUD_NAMES = tuple((name, f" {name.replace('_', ' ').upper()} ") for name, _ in GERMAN_NAMES)
DIALECTS = st.builds(
    Dialect,
    delimiter=st.sampled_from(",;\t|"),
    decimal=st.just("."),
    groups=st.sampled_from(["", ",", " ", "'"]),
    dates=st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%Y/%m/%d", "%d %b %Y"]),
    quote_all=st.booleans(),
    end=st.sampled_from(["\n", "\r\n"]),
    names=st.sampled_from([(), GERMAN_NAMES, LOUD_NAMES]),
) | st.builds(
    Dialect,
    delimiter=st.sampled_from(",;\t|"),
    decimal=st.just(","),
    groups=st.sampled_from(["", ".", " ", "\N{NARROW NO-BREAK SPACE}"]),
    dates=st.sampled_from(["%Y-%m-%d", "%d.%m.%Y"]),
    quote_all=st.booleans(),
    names=st.sampled_from([(), GERMAN_NAMES]),
)

_CHARS = st.characters(exclude_categories=("Cs", "Co", "Cn"), exclude_characters="\0")
TEXTS = st.text(_CHARS, max_size=60).map(clean).filter(lambda text: not is_no_text(text))
IDS = (
    st.text(_CHARS, min_size=1, max_size=40)
    .map(clean)
    .filter(lambda text: not says_nothing(text) and "E+" not in text.upper() and len(text.encode()) < 256)
)
PRICES = st.integers(1, 9_999_999).map(lambda cents: Decimal(cents) * TWO_PLACES)
DAYS = st.integers(9_500, 20_700).map(lambda day: day * 86_400)


@st.composite
def shops(draw: st.DrawFn) -> Shop:
    """A shop of a few products and customers, with what they wrote and bought."""
    ids = draw(st.lists(IDS, min_size=1, max_size=4, unique=True))
    products = [draw(_products(product_id)) for product_id in ids]
    people = draw(st.lists(IDS, min_size=1, max_size=4, unique=True))
    review_ids = iter(draw(st.lists(IDS, min_size=8, max_size=8, unique=True)))
    customers = [
        draw(_customers(person, ids, next(review_ids), order)) for order, person in enumerate(people)
    ]
    return Shop(products, customers)


@st.composite
def _products(draw: st.DrawFn, product_id: str) -> Product:
    price = draw(PRICES)
    more = draw(st.none() | st.integers(0, 100_000))
    return Product(
        product_id=product_id,
        name=draw(TEXTS.filter(bool)),
        price=price,
        list_price=None if more is None else price + more * TWO_PLACES,
        currency="EUR",
        rating=draw(st.none() | st.integers(0, 50).map(lambda tenths: Decimal(tenths) / 10)),
        rating_count=draw(st.none() | st.integers(0, 10**6)),
        brand=draw(st.none() | TEXTS.filter(bool)),
        in_stock=draw(st.none() | st.booleans()),
        available_from=draw(st.none() | DAYS),
    )


@st.composite
def _customers(
    draw: st.DrawFn, customer_id: str, products: Sequence[str], review_id: str, order: int
) -> Customer:
    review = Review(
        review_id=review_id,
        product_ids=(draw(st.sampled_from(products)),),
        title=draw(st.none() | TEXTS.filter(bool)),
        text=draw(st.none() | TEXTS.filter(lambda text: bool(text) and "://" not in text)),
        rating=draw(st.none() | st.integers(0, 5).map(Decimal)),
        timestamp=draw(st.none() | DAYS),
    )
    purchase = Purchase(
        order_id=f"O{order}",
        product_id=draw(st.sampled_from(products)),
        quantity=draw(st.integers(1, 5_000)),
        timestamp=draw(st.none() | DAYS),
    )
    return Customer(
        customer_id=customer_id,
        name=draw(st.none() | TEXTS.filter(bool)),
        email=f"customer-{order}@shop.example" if draw(st.booleans()) else None,
        age=draw(st.none() | st.integers(18, 130)),
        marketing_consent=draw(st.none() | st.just(True)),  # noqa: FBT003 - a value
        language=draw(st.sampled_from([None, "de", "en-GB"])),
        time_zone=draw(st.sampled_from([None, "Europe/Berlin"])),
        reviews=(review,) if draw(st.booleans()) else (),
        purchases=(purchase,),
    )
