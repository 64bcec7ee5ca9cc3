"""Example exports of other programs, written after their documentation, read as whole sets."""

import io
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from fondly.contracts.records import Customer, Product
from fondly.ingest.adapters.scratch import Scratch
from fondly.ingest.domain.formats.export import EXPORTS as EXPORTS_KNOWN
from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.domain.formats.flag_questions import candidates
from fondly.ingest.domain.formats.layout import UnrecognisedError
from fondly.ingest.domain.formats.mapping import FileMapping
from fondly.ingest.domain.formats.recognise import recognise
from fondly.ingest.domain.formats.vocabulary import read_names
from fondly.ingest.domain.values.conventions import Defaults
from fondly.ingest.use_cases.load_files import Findings, LoadFiles
from fondly.ingest.use_cases.source_files import SourceFile
from services.ingest.tests.fakes import limits
from services.ingest.tests.table_files import columns, read

EXPORTS = Path(__file__).parents[1] / "exports"
SHOP = FileMapping(constants={"shop_url": "https://shop.example.com"})
CURRENCIES = {"woocommerce": "GBP", "adobe-commerce": "USD", "prestashop": "EUR", "bigcommerce": "USD"}
PLATFORMS = tuple(CURRENCIES)


class Shop(NamedTuple):
    """What a set of exports came to."""

    products: Mapping[str, Product]
    customers: Mapping[str, Customer]
    formats: Mapping[str, str]
    counts: Counter[str]
    asked: int
    rejected_rows: int


def read_shop(platform: str, folder: Path) -> Shop:
    """Read the example exports of a program as one set."""
    paths = sorted((EXPORTS / platform).glob("*.csv"))
    sources = [
        SourceFile(path, path.name, mapping=SHOP if "products" in path.name else None) for path in paths
    ]
    findings, defaults = Findings(), Defaults(CURRENCIES[platform], "en_GB", "UTC")
    with Scratch(folder / "scratch.db") as scratch:
        merged = LoadFiles(scratch, io.StringIO(), findings, limits(defaults=defaults).load).load(sources)
        products = {each.product_id: each for each in merged.products()}
        customers = {str(each.email).partition("@")[0]: each for each in merged.customers(1, 99)}
    formats = {each.source.key: each.layout.format for each in findings.files}
    asked = sum(len(each.questions) for each in findings.files)
    return Shop(products, customers, formats, findings.counts, asked, findings.counts["rejected_rows"])


def shown(product: Product) -> list[str]:
    """A product as a person would check it."""
    paths = [product.category, *product.other_categories]
    price = f"{product.price:.2f}" + (f" was {product.list_price:.2f}" if product.list_price else "")
    stock = {None: "?", True: "sold", False: "not sold"}[product.in_stock]
    name = product.name + (f" ({product.variant})" if product.variant else "")
    return [name, price, "; ".join(" > ".join(path) for path in paths if path), stock]


@pytest.mark.parametrize(
    ("platform", "products"),
    [
        (
            "woocommerce",
            {
                "BK-1": ["The Long Tide \N{EN DASH} A Novel", "12.99", "Books > Fiction; Gifts", "sold"],
                "TEE-S": ["Tide T-shirt (S, Navy)", "19.00", "Clothing > T-shirts, Tops", "sold"],
                "112": ["Tide T-shirt (M, Sand)", "15.00 was 19.00", "Clothing > T-shirts, Tops", "not sold"],
                "LP-1": [
                    "Massive Harbour \N{EN DASH} Borrowed Light (LP)",
                    "18.50 was 24.00",
                    "Vinyl & CDs; Gifts",
                    "sold",
                ],
                "LP-2": ["AT&T Concert: 5 < 6", "21.00", "Vinyl & CDs", "not sold"],
                "EB-1": ["Ebook: Tides", "5.00", "Books > Ebooks", "not sold"],
            },
        ),
        (
            "adobe-commerce",
            {
                "WB-01": [
                    "Wayfarer Messenger Bag",
                    "32.00 was 45.00",
                    "Gear > Bags; Collections > New",
                    "sold",
                ],
                "MH01-S-Black": [
                    "Chaz Hoodie (S, Black)",
                    "52.00",
                    "Men > Tops > Hoodies & Sweatshirts",
                    "sold",
                ],
                "MH01-M-Gray": [
                    "Chaz Hoodie (M, Gray)",
                    "52.00",
                    "Men > Tops > Hoodies & Sweatshirts",
                    "not sold",
                ],
                "WB-02": ["Old Tote", "20.00", "Gear > Bags", "not sold"],
                "PART-1": ["Spare Strap", "4.00", "Gear > Bags", "not sold"],
            },
        ),
        (
            "prestashop",
            {
                "MUG-1": ["Mug « Colibri »", "14.90", "Maison; Art de la table; Accueil", "sold"],
                "CAR-2": ["Carnet ligné", "9.00 was 12.00", "Papeterie", "not sold"],
                "3": ["Affiche montagne", "29.00", "Maison > Décoration", "sold"],
                "OLD-4": ["Ancien modèle", "9.00", "Maison", "not sold"],
                "PD-5": ["Pièce détachée", "3.00", "Maison", "not sold"],
                "SD-6": ["Sur demande", "99.00", "Maison", "sold"],
            },
        ),
        (
            "bigcommerce",
            {
                "FLT-S": ["Fog Linen Chambray Towel & Robe (Small)", "49.00 was 60.00", "", "sold"],
                "FLT-L": ["Fog Linen Chambray Towel & Robe (Large, Sand)", "45.00 was 55.00", "", "not sold"],
                "OT": ["Orbit Terrarium", "89.00 was 109.00", "Shop > Garden; Shop > Gifts", "?"],
                "HL": ["Hidden Lamp", "30.00", "Shop > Garden", "not sold"],
            },
        ),
    ],
)
def test_products_are_what_the_shop_shows(
    platform: str, products: Mapping[str, Sequence[str]], tmp_path: Path
) -> None:
    """Without parents, entities and markup; a sale price within its days; hidden products not for sale."""
    shop = read_shop(platform, tmp_path)
    assert {product_id: shown(product) for product_id, product in shop.products.items()} == products
    assert (shop.asked, shop.rejected_rows) == (0, 0)


@pytest.mark.parametrize(
    ("platform", "product_id", "link", "picture", "brand", "bullets", "family"),
    [
        ("woocommerce", "112", None, "books.example.com/wp-content/tee-sand.jpg", "Harbour & Co", 1, "110"),
        ("woocommerce", "BK-1", None, "books.example.com/wp-content/tide-1.jpg", None, 2, "101"),
        (
            "adobe-commerce",
            "MH01-M-Gray",
            "shop.example.com/chaz-hoodie.html",
            "shop.example.com/media/catalog/product/m/h/mh01-main.jpg",
            "Chaz",
            1,
            "MH01",
        ),
        (
            "prestashop",
            "MUG-1",
            "shop.example.com/index.php?controller=product&id_product=1",
            "boutique.example.com/img/p/2/2/22.jpg",
            "Studio Léon",
            2,
            "1",
        ),
        (
            "bigcommerce",
            "FLT-L",
            "shop.example.com/fog-linen-towel/",
            "cdn.bigcommerce.example/77.jpg",
            None,
            1,
            "77",
        ),
    ],
)
def test_a_variant_has_what_its_parent_says(  # noqa: PLR0917 - what a product has
    platform: str,
    product_id: str,
    link: str | None,
    picture: str,
    brand: str | None,
    bullets: int,
    family: str,
    tmp_path: Path,
) -> None:
    """Also a parent that stands below it, and pictures of other rows; links are made as the program does."""
    product = read_shop(platform, tmp_path).products[product_id]
    assert product.link == (f"https://{link}" if link else None)
    assert product.image_url == f"https://{picture}"
    assert (product.brand, len(product.bullets), product.parent_id) == (brand, bullets, family)


@pytest.mark.parametrize(
    ("platform", "bought", "excluded"),
    [
        (
            "woocommerce",
            {"asha": ["BK-1 x1", "TEE-S x1"], "ben": ["LP-1 x2"], "cleo": []},
            {"cleo": "nothing_kept"},
        ),
        (
            "adobe-commerce",
            {"asha": ["MH01-S-Black x1", "WB-01 x2"], "ben": [], "cleo": []},
            {"ben": "no_consent", "cleo": "nothing_kept"},
        ),
        (
            "prestashop",
            {"asha": ["3 x1", "MUG-1 x2"], "ben": [], "cleo": []},
            {"ben": "no_consent", "cleo": "suppressed"},
        ),
        (
            "bigcommerce",
            {"asha": ["FLT-S x2", "OT x1"], "ben": [], "cleo": [], "dora": ["OT x1"], "eli": ["OT x1"]},
            {"ben": "suppressed", "cleo": "nothing_kept"},
        ),
    ],
)
def test_orders_and_consent_are_those_of_each_customer(
    platform: str, bought: Mapping[str, Sequence[str]], excluded: Mapping[str, str], tmp_path: Path
) -> None:
    """Several items in a cell are several purchases, guests are several people, undone orders are none."""
    customers = read_shop(platform, tmp_path).customers
    assert {
        name: sorted(f"{each.product_id} x{each.quantity}" for each in customer.purchases)
        for name, customer in customers.items()
    } == bought
    assert {name: each.exclusion for name, each in customers.items() if each.exclusion} == excluded
    assert customers["asha"].name == "Asha Rao"


def test_consent_to_something_else_is_named_and_not_read() -> None:
    """PrestaShop's `Opt-in` is for the offers of partners; consent is all columns of it otherwise."""
    header = read(EXPORTS / "prestashop/customers.csv").header
    layout = recognise(header, file="customers.csv")
    assert layout.columns["marketing_consent"] == "Newsletter (0/1)"
    assert "Opt-in (0/1)" in layout.ignored
    assert [each.name for each in candidates(layout, FileMapping())] == ["Newsletter (0/1)", "Active (0/1)"]


def test_reviews_are_of_products_by_their_number(tmp_path: Path) -> None:
    """Which WordPress knows alone; what is not approved is left out."""
    shop = read_shop("woocommerce", tmp_path)
    assert [each.product_ids for each in shop.customers["asha"].reviews] == [("BK-1",)]
    assert shop.counts["rows_left_out_not approved"] == 2
    assert shop.formats == {
        "products.csv": "WooCommerce products",
        "customers.csv": "WooCommerce Analytics customers",
        "orders.csv": "WooCommerce orders",
        "reviews.csv": "WooCommerce reviews",
    }


def test_bigcommerces_earlier_export_has_variants_below_their_product() -> None:
    """Whose names are options; one whose price only a rule says is not recommended at a wrong one."""
    table = read(EXPORTS / "bigcommerce-earlier/products.csv")
    layout = recognise(table.header, file="products.csv", mapping=SHOP)
    again = [
        [row for cells in table.cells for row in rows.map(cells)] for rows in (layout.start(), layout.start())
    ]
    fields = (
        "product_id",
        "product_name",
        "variant",
        "discounted_price",
        "actual_price",
        "category",
        "in_stock",
    )
    assert [[row.get(field, "") for field in fields] for row in again[1]] == [
        [
            "SM-S",
            "Sea Mug",
            "Small, Blue",
            "18.0000",
            "22.0000",
            "Shop > Kitchen > Mugs / Cups;Shop > Gifts",
            "no",
        ],
        ["SM-L", "Sea Mug", "Large", "18.0000", "22.0000", "Shop > Kitchen > Mugs / Cups;Shop > Gifts", "no"],
        ["SE", "Sold Elsewhere", "", "25.0000", "", "Shop > Kitchen", "no"],
    ]


WOO = {
    "de": """
        ID, Typ, Artikelnummer, Name, Veröffentlicht, Sichtbarkeit im Katalog, Kurzbeschreibung, Vorrätig?,
        Angebotspreis, Regulärer Preis, Kategorien, Bilder, Übergeordnetes Produkt, Attribut 1 Wert(e)
        """,
    "fr": """
        ID, Type, UGS, Nom, Publié, Visibilité dans le catalogue, Description courte, En stock ?, Tarif promo,
        Tarif régulier, Catégories, Images, Parent, Valeur(s) de l'attribut 1
        """,
    "es": """
        ID, Tipo, SKU, Nombre, Publicado, Visibilidad en el catálogo, Descripción corta, ¿Existencias?, Precio
        rebajado, Precio normal, Categorías, Imágenes, Superior, Valor(es) del atributo 1
        """,
    "it": """
        ID, Tipo, COD, Nome, Pubblicato, Visibilità nel catalogo, Breve descrizione, In stock?, Prezzo in
        offerta, Prezzo di listino, Categorie, Immagine, Genitore, Attributo 1 valuta(e)
        """,
    "pt": """
        ID, Tipo, SKU, Nome, Publicado, Visibilidade no catálogo, Descrição curta, Em estoque?, Preço
        promocional, Preço, Categorias, Imagens, Ascendente, Valores do atributo 1
        """,
    "nl": """
        ID, Type, Artikelnummer, Naam, Gepubliceerd, Zichtbaarheid in catalogus, Korte beschrijving, Op
        voorraad?, Actieprijs, Reguliere prijs, Categorieën, Afbeeldingen, Hoofd, Waarde(n) eigenschap 1
        """,
}


@pytest.mark.parametrize("language", WOO)
def test_woocommerce_writes_its_header_in_the_shops_language(language: str) -> None:
    """Each part is found by its name there."""
    header = columns(WOO[language])
    layout = recognise(header, file="wc-product-export.csv", mapping=SHOP)
    assert (layout.format, layout.kind, layout.ignored) == ("WooCommerce products", Kind.PRODUCTS, ())
    pictures = "https://x.example/1.jpg, https://x.example/2.jpg"
    parent = ["7", "variable", "T", "Tee", "1", "visible", "Soft", "1", "", "", "A > B", pictures, "", "S, M"]
    variant = ["8", "variation", "T-S", "Tee - S", "1", "visible", "", "1", "9,50", "12,00", "", "", "T", "S"]
    rows = layout.start()
    assert rows.map(parent) == []
    [found] = rows.map(variant)
    assert found == {
        "product_id": "T-S",
        "parent_id": "7",
        "product_name": "Tee",
        "variant": "S",
        "discounted_price": "9,50",
        "actual_price": "12,00",
        "category": "A > B",
        "about_product": "Soft",
        "img_link": "https://x.example/1.jpg",
        "in_stock": "1",
    }


@pytest.mark.parametrize("platform", ["woocommerce", "adobe-commerce"])
def test_variants_find_their_parent_wherever_it_stands(platform: str) -> None:
    """It is known from the first reading of the file."""
    table = read(EXPORTS / platform / "products.csv")
    found = []
    for cells in (table.cells, table.cells[::-1]):
        layout = recognise(table.header, file="products.csv", mapping=SHOP)
        first, second = layout.start(), layout.start()
        assert sum(len(first.map(row)) for row in cells) >= 5
        found.append({each["product_id"]: each for row in cells for each in second.map(row)})
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("cell", "paths"),
    [
        ("Default Category/Gear,Default Category/Gear/Bags", "Gear;Gear > Bags"),
        ("Default Category/Gear|Default Category", "Gear"),
        ("Default Category,Default Category/Bags, Cases/Small", "Bags\\, Cases > Small"),
        ("Default Category/Gear,Outlet/Bags", "Gear;Bags"),
        ("Default Category", ""),
    ],
)
def test_adobe_commerces_categories_begin_with_the_shop_itself(cell: str, paths: str) -> None:
    """Which is none; a comma between names is told from one between paths."""
    header = ["sku", "product_type", "categories", "name", "visibility", "price", "description"]
    widget = '{{widget type="x"}}<p>Warm</p>'
    [row] = recognise(header, file="p.csv").start().map(["A", "simple", cell, "Bag", "4", "9", widget])
    assert (row.get("category", ""), row["about_product"].strip()) == (paths, "<p>Warm</p>")


def test_an_export_may_have_columns_beside_its_programs_own() -> None:
    """Such as a currency that a plugin adds: they are read by their names, and hold for variants too."""
    header = ["Type", "SKU", "Name", "Published", "Regular price", "Parent", "Currency", "Average rating"]
    layout = recognise(header, file="products.csv")
    rows = layout.start()
    assert rows.map(["variable", "T", "Tee", "1", "", "", "GBP", "4.5"]) == []
    [variant] = rows.map(["variation", "T-S", "Tee - S", "1", "12", "T", "", ""])
    assert (layout.format, layout.ignored) == ("WooCommerce products", ())
    assert [variant[field] for field in ("product_id", "currency", "rating")] == ["T-S", "GBP", "4.5"]


@pytest.mark.parametrize(
    ("header", "lacking", "remedy"),
    [
        (
            "Date, Order #, Status, Customer, Customer type, Product(s), Items sold, Coupon(s), N. Revenue",
            "product_id, user_id or email",
            "a row for each item",
        ),
        (
            "ID, Purchase Point, Purchase Date, Bill-to Name, Ship-to Name, Grand Total (Base), Status",
            "product_id, user_id or email",
            "sales_order_item",
        ),
        ("ID;Reference;New client;Delivery;Customer;Total;Payment;Status;Date", "product_id", "order_detail"),
        (
            "Product ID;Active (0/1);Name *;Categories (x,y,z...);Price tax excluded;Reference #",
            "discounted_price",
            "columns: {Price tax excluded: discounted_price}",
        ),
    ],
)
def test_an_export_that_lacks_what_is_needed_says_which_one_has_it(
    header: str, lacking: str, remedy: str
) -> None:
    """A list without products is no set of orders, and a price without tax is not what customers pay."""
    names = header.split(";") if ";" in header else columns(header)
    with pytest.raises(UnrecognisedError) as error:
        recognise(names, file="export.csv")
    assert lacking in str(error.value)
    assert remedy in str(error.value)


def test_a_shop_that_shows_prices_without_tax_says_so() -> None:
    """The mapping's column is then the price."""
    header = [
        "Product ID",
        "Active (0/1)",
        "Name *",
        "Categories (x,y,z...)",
        "Price tax excluded",
        "Reference #",
    ]
    mapping = FileMapping(columns={"Price tax excluded": "discounted_price"})
    layout = recognise(header, file="products.csv", mapping=mapping)
    [row] = layout.start().map(["1", "1", "Screws", "Tools", "4.20", "SC-1"])
    assert (layout.format, row["discounted_price"]) == ("PrestaShop products", "4.20")


def test_orders_list_their_items_in_one_cell_or_in_several() -> None:
    """As WooCommerce's order exports do; what was refunded of an item, and its price, are its own."""
    header = ["order_id", "status", "date", "billing_email", "order_currency", "line_items"]
    items = (
        "id:1|name:Album|product_id:12|sku:AL|quantity:2|total:30.00|refunded_qty:1;"
        "id:2|name:Cap; blue|product_id:13|sku:|quantity:1|total:9.00|refunded_qty:0"
    )
    first = (
        recognise(header, file="orders.csv")
        .start()
        .map(["1", "completed", "2026-06-01", "a@b.example", "EUR", items])
    )
    fields = ("product_id", "quantity", "unit_price", "refunded_quantity", "email", "status")
    assert [[row.get(field, "") for field in fields] for row in first] == [
        ["AL", "2", "15.00 EUR", "1", "a@b.example", "completed"],
        ["13", "1", "9.00 EUR", "0", "a@b.example", "completed"],
    ]
    header = ["order_id", "status", "order_date", "customer_email", "line_item_1", "line_item_2"]
    cells = ["1", "processing", "2026-06-01", "a@b.example", "name:Album|sku:AL|quantity:1|total:15.00", ""]
    [second] = recognise(header, file="orders.csv").start().map(cells)
    assert (second["product_id"], second["unit_price"]) == ("AL", "15.00")


HOSTILE = [
    "Product " * 20_000,
    "<b " * 50_000,
    " " * 100_000 + "x",
    "[S]" * 50_000,
    "a>" * 50_000,
    "{0.__class__}",
    "NaN",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12])
def test_no_cell_of_an_export_costs_time_or_is_a_template(text: str) -> None:
    """Whatever stands in all of a row's cells, in every export; amounts that are none give no price."""
    started = time.process_time()
    for export in EXPORTS_KNOWN:
        header = [names[0] for names in export.parts.values()]
        rows = (
            recognise(header, file="export.csv", mapping=SHOP).start()
            if export.matches(read_names(header))
            else None
        )
        for row in rows.map([text] * len(header)) if rows else ():
            assert all("class 'str'" not in found for found in row.values())
    assert time.process_time() - started < 5
