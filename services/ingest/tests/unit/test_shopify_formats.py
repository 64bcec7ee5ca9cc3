import pytest

from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.domain.formats.mapping import FileMapping
from services.ingest.tests.table_files import (
    SHOPIFY_CUSTOMERS,
    SHOPIFY_ORDERS,
    SHOPIFY_PRODUCTS,
    SHOPIFY_PRODUCTS_2024,
    mapped,
)

TEE = {
    "Handle": "classic-tee",
    "Title": "Classic Tee",
    "Body (HTML)": "<p>Soft &amp; light.</p><ul><li>100% <b>cotton</b><li>A|B seams</ul><style>p{}</style>",
    "Vendor": "Acme",
    "Product Category": "Apparel & Accessories > Clothing > Shirts",
    "Published": "true",
    "Option1 Name": "Color",
    "Option1 Value": "Blue",
    "Option2 Name": "Size",
    "Option2 Value": "M",
    "Variant SKU": "'00012",
    "Variant Inventory Tracker": "shopify",
    "Variant Inventory Qty": "4",
    "Variant Inventory Policy": "deny",
    "Variant Price": "19.00",
    "Variant Compare At Price": "25.00",
    "Image Src": "https://cdn.example.com/tee.jpg",
    "Variant Image": "https://cdn.example.com/tee-blue.jpg",
    "Status": "active",
}
TEE_LARGE = {
    "Handle": "classic-tee",
    "Option1 Value": "Blue",
    "Option2 Value": "L",
    "Variant SKU": "TEE-L",
    "Variant Inventory Tracker": "shopify",
    "Variant Inventory Qty": "0",
    "Variant Inventory Policy": "deny",
    "Variant Price": "21.00",
    "Variant Compare At Price": "0.00",
}
MORE_OF_TEE = {
    "Handle": "classic-tee",
    "Image Src": "https://cdn.example.com/tee-2.jpg",
    "Image Position": "2",
}


def tees(*rows: dict[str, str], mapping: FileMapping | None = None) -> list[dict[str, str] | None]:
    """What these rows of a product export become."""
    return mapped(SHOPIFY_PRODUCTS, rows, mapping=mapping)[1]


def test_a_variant_is_a_product_of_its_handles_family() -> None:
    """Known by its SKU, without the apostrophe that is there for spreadsheets."""
    layout, (tee,) = mapped(SHOPIFY_PRODUCTS, [TEE])
    assert (layout.format, layout.kind) == ("Shopify products", Kind.PRODUCTS)
    assert tee == {
        "product_id": "00012",
        "product_name": "Classic Tee",
        "brand": "Acme",
        "category": "Apparel & Accessories > Clothing > Shirts",
        "about_product": TEE["Body (HTML)"].replace("|", "/"),
        "discounted_price": "19.00",
        "actual_price": "25.00",
        "img_link": "https://cdn.example.com/tee-blue.jpg",
        "parent_id": "classic-tee",
        "variant": "Blue, M",
        "in_stock": "yes",
    }


def test_later_variants_have_the_products_texts_and_their_own_price() -> None:
    """A compare-at price of nothing is none, and a row with one more image is no product."""
    _, large, image = tees(TEE, TEE_LARGE, MORE_OF_TEE)
    assert image is None
    assert large is not None
    own = (
        "product_id",
        "product_name",
        "discounted_price",
        "actual_price",
        "variant",
        "in_stock",
        "img_link",
    )
    assert [large.get(field, "") for field in own] == [
        "TEE-L",
        "Classic Tee",
        "21.00",
        "",
        "Blue, L",
        "no",
        "https://cdn.example.com/tee.jpg",
    ]


@pytest.mark.parametrize(
    ("changes", "in_stock"),
    [
        ({"Status": "draft"}, "no"),
        ({"Status": "archived"}, "no"),
        ({"Published": "false"}, "no"),
        ({"Variant Inventory Qty": "-3"}, "no"),
        ({"Variant Inventory Qty": "0", "Variant Inventory Policy": "continue"}, "yes"),
        ({"Variant Inventory Tracker": "", "Variant Inventory Qty": "0"}, ""),
        ({"Variant Inventory Qty": ""}, ""),
    ],
)
def test_only_what_can_be_bought_is_in_stock(changes: dict[str, str], in_stock: str) -> None:
    """Stock that Shopify does not track, or does not say, is unknown."""
    (tee,) = tees(TEE | changes)
    assert tee is not None
    assert tee.get("in_stock", "") == in_stock


def test_a_variant_without_a_sku_is_known_by_handle_and_options() -> None:
    """A product without options, whose only one is called Default Title, by its handle alone."""
    mug = {"Handle": "mug", "Title": "Mug", "Option1 Value": "Default Title", "Variant Price": "9"}
    tee, single = tees(TEE | {"Variant SKU": ""}, mug)
    assert tee is not None
    assert single is not None
    assert tee["product_id"] == "classic-tee:Blue:M"
    assert (single["product_id"], "variant" in single) == ("mug", False)


def test_links_are_made_from_the_shops_address() -> None:
    """Which only a mapping can say; without it there are none."""
    mapping = FileMapping(constants={"shop_url": "https://shop.example.com/", "currency": "USD"})
    (tee,) = tees(TEE, mapping=mapping)
    assert tee is not None
    assert tee["product_link"] == "https://shop.example.com/products/classic-tee"
    assert tee["currency"] == "USD"
    assert "shop_url" not in tee


def test_a_mapping_may_read_other_columns_of_an_export() -> None:
    """Texts of the product hold for its later rows too."""
    mapping = FileMapping(
        columns={"Variant Barcode": "product_id", "Tags": "category", "SEO Title": "cost_class"}
    )
    rows = (TEE | {"Variant Barcode": "40063", "Tags": "Shirts", "SEO Title": "low"}, TEE_LARGE)
    layout, (tee, large) = mapped(SHOPIFY_PRODUCTS, rows, mapping=mapping)
    assert tee is not None
    assert large is not None
    assert (tee["product_id"], tee["category"], tee["cost_class"]) == ("40063", "Shirts", "low")
    assert (large["product_id"], large["category"], large["cost_class"]) == ("TEE-L", "Shirts", "low")
    assert layout.format == "Shopify products"
    assert "Tags" not in layout.ignored


def test_the_wording_since_2024_is_the_same_format() -> None:
    """Its columns are found by their new names."""
    row = {
        "Title": "Mug",
        "URL handle": "mug",
        "Description": "A mug",
        "Type": "Kitchen",
        "Published on online store": "TRUE",
        "Status": "Active",
        "SKU": "MUG-1",
        "Option1 value": "Default Title",
        "Price": "9.50",
        "Inventory tracker": "shopify",
        "Inventory quantity": "0",
        "Continue selling when out of stock": "DENY",
        "Product image URL": "https://cdn.example.com/mug.png",
    }
    layout, (mug,) = mapped(SHOPIFY_PRODUCTS_2024, [row])
    assert layout.format == "Shopify products"
    assert mug is not None
    fields = ("product_id", "parent_id", "category", "discounted_price", "in_stock", "img_link")
    assert [mug[field] for field in fields] == [
        "MUG-1",
        "mug",
        "Kitchen",
        "9.50",
        "no",
        row["Product image URL"],
    ]
    assert layout.columns["in_stock"].startswith("Status + Published on online store + Inventory tracker")


def test_customers_have_their_consent_and_one_name() -> None:
    """Ids lose the apostrophe; what Fondly does not use is named."""
    row = {
        "Customer ID": "'7210448301122",
        "First Name": "Teodora",
        "Last Name": "Villaseñor",
        "Email": "teo@example.com",
        "Accepts Email Marketing": "no",
    }
    layout, (customer,) = mapped(SHOPIFY_CUSTOMERS, [row])
    assert (layout.format, layout.kind) == ("Shopify customers", Kind.CUSTOMERS)
    assert customer == {
        "user_id": "7210448301122",
        "email": "teo@example.com",
        "marketing_consent": "no",
        "user_name": "Teodora Villaseñor",
    }
    assert "Total Spent" in layout.ignored
    assert layout.columns["user_name"] == "First Name + Last Name"


ORDER = {
    "Name": "#1001",
    "Email": "asha@example.com",
    "Financial Status": "paid",
    "Accepts Marketing": "yes",
    "Currency": "USD",
    "Created at": "2026-06-01 10:00:00 -0400",
    "Lineitem quantity": "2",
    "Lineitem name": "Classic Tee - Blue / M",
    "Lineitem price": "19.00",
    "Lineitem sku": "00012",
    "Billing Name": "Asha Rao",
}
SECOND_ITEM = {"Name": "#1001", "Lineitem quantity": "1", "Lineitem name": "Mug", "Lineitem sku": "MUG-1"}


def test_every_item_of_an_order_is_its_customers_purchase() -> None:
    """Later items have only the order's number, or not even that."""
    nameless = SECOND_ITEM | {"Name": "", "Lineitem sku": "MUG-2", "Lineitem price": "5.00"}
    layout, items = mapped(SHOPIFY_ORDERS, [ORDER, SECOND_ITEM, nameless])
    assert (layout.format, layout.kind) == ("Shopify orders", Kind.ORDERS)
    first, second, third = items
    assert first == {
        "order_id": "#1001",
        "email": "asha@example.com",
        "user_name": "Asha Rao",
        "marketing_consent": "yes",
        "timestamp": "2026-06-01 10:00:00 -0400",
        "product_id": "00012",
        "quantity": "2",
        "unit_price": "19.00 USD",
        "payment_status": "paid",
    }
    assert second is not None
    assert second | {"unit_price": ""} == first | {"product_id": "MUG-1", "quantity": "1", "unit_price": ""}
    assert third == first | {"product_id": "MUG-2", "quantity": "1", "unit_price": "5.00 USD"}


def test_what_became_of_an_order_holds_for_all_of_its_items() -> None:
    """Only an order's first row says it; the next order has its own."""
    undone = ORDER | {
        "Cancelled at": "2026-06-02",
        "Financial Status": "refunded",
        "Fulfillment Status": "restocked",
    }
    _, items = mapped(SHOPIFY_ORDERS, [undone, SECOND_ITEM, ORDER | {"Name": "#1002"}])
    states = ("payment_status", "fulfilment_status", "cancelled_at")
    assert [[item and item.get(each, "") for each in states] for item in items] == [
        *[["refunded", "restocked", "2026-06-02"]] * 2,
        ["paid", "", ""],
    ]


def test_an_item_without_a_sku_is_not_guessed_by_its_name() -> None:
    """It has no product, so it will be rejected with that reason; a row without an item is none."""
    _, (item, payment) = mapped(SHOPIFY_ORDERS, [ORDER | {"Lineitem sku": ""}, {"Name": "#1001"}])
    assert item is not None
    assert "product_id" not in item
    assert payment is None
