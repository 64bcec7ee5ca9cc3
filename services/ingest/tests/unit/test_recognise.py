import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.ingest.domain.errors import FileError, RowError
from fondly.ingest.domain.formats.fields import FIELDS, KAGGLE, Kind
from fondly.ingest.domain.formats.layout import UnrecognisedError
from fondly.ingest.domain.formats.mapping import FieldUnits, FileMapping, FileUnits
from fondly.ingest.domain.formats.recognise import recognise
from fondly.ingest.domain.formats.units import Units
from fondly.ingest.domain.formats.vocabulary import loosened, own_names, synonym_lists, synonyms
from services.ingest.tests.table_files import mapped

PRODUCTS = ["product_id", "product_name", "discounted_price"]


def test_the_kaggle_format_is_recognised_in_any_order() -> None:
    """With the columns that only it has, and each field in its own column."""
    layout = recognise(KAGGLE[::-1], file="amazon.csv")
    assert (layout.format, layout.kind, layout.ignored) == ("Kaggle Amazon Sales", Kind.COMBINED, ())
    assert layout.indexes["product_link"] == 0
    assert layout.columns["product_id"] == "product_id"


@pytest.mark.parametrize(
    ("file", "header", "kind"),
    [
        ("products.csv", PRODUCTS, Kind.PRODUCTS),
        ("x.csv", PRODUCTS, Kind.PRODUCTS),
        ("customers.csv", ["user_id"], Kind.CUSTOMERS),
        ("x.csv", ["email", "marketing_consent"], Kind.CUSTOMERS),
        ("reviews.csv", ["user_id", "product_id"], Kind.REVIEWS),
        ("x.csv", ["email", "product_id", "rating"], Kind.REVIEWS),
        ("x.csv", ["order_id", "product_id", "email", "quantity"], Kind.ORDERS),
        ("x.csv", [*PRODUCTS, "user_id", "review_id"], Kind.COMBINED),
        ("products.csv", ["order_id", "product_id", "user_id"], Kind.ORDERS),
        (
            "x.csv",
            ["sku", "title", "headline", "price"],
            Kind.PRODUCTS,
        ),  # two titles only if they were reviews
    ],
)
def test_the_columns_decide_what_the_rows_are(file: str, header: list[str], kind: Kind) -> None:
    """The name of the file decides only where the columns fit several kinds."""
    assert recognise(header, file=file).kind is kind


def test_a_promised_kind_that_lacks_columns_is_named_with_them() -> None:
    """Even if the columns are all that another kind needs."""
    with pytest.raises(FileError, match=r"missing columns: product_name.*read as combined.*uploaded alone"):
        recognise(["product_id", "user_id"], file="shop.csv", promised=Kind.COMBINED)


def test_a_file_of_orders_is_not_taken_for_reviews_by_its_name() -> None:
    """Every order would become a review that says nothing."""
    header = ["order_id", "user_id", "product_id", "quantity"]
    assert recognise(header, file="reviews.csv").kind is Kind.ORDERS


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        (["SKU", "Title", "Price"], ["product_id", "product_name", "discounted_price"]),
        (
            ["\ufeffProduct ID", " 'product name' ", "Sale-Price"],
            ["product_id", "product_name", "discounted_price"],
        ),
        (["Artikelnummer", "Bezeichnung", "Preis", "UVP"], [*PRODUCTS, "actual_price"]),
        (["ARTIKEL-NR.", "Artikelname", "Verkaufspreis", "Währung"], [*PRODUCTS, "currency"]),
        (["asin", "product title", "selling price", "MRP"], [*PRODUCTS, "actual_price"]),
        (["Kundennummer", "E-Mail-Adresse", "Werbeeinwilligung"], ["user_id", "email", "marketing_consent"]),
        (["E\u2010Mail", "Newsletter", "Do not contact"], ["email", "marketing_consent", "suppressed"]),
        (["customer id", "Accepts Email Marketing", "Locale"], ["user_id", "marketing_consent", "language"]),
        (
            ["Bestellnummer", "Artikel-ID", "KdNr", "Menge", "Bestelldatum"],
            ["order_id", "product_id", "user_id", "quantity", "timestamp"],
        ),
        (["Référence", "Désignation", "Prix TTC", "Prix barré"], [*PRODUCTS, "actual_price"]),
        (["Código de producto", "Nombre", "Precio", "Categoría"], [*PRODUCTS, "category"]),
        (["Código do produto", "Nome", "Preço", "Marca"], [*PRODUCTS, "brand"]),
        (["Codice articolo", "Nome prodotto", "Prezzo", "Giacenza"], [*PRODUCTS, "stock"]),
        (["Artikelcode", "Naam", "Prijs", "Omschrijving"], [*PRODUCTS, "about_product"]),
        (["N° client", "Prénom", "Nom", "Courriel"], ["user_id", "first_name", "last_name", "email"]),
        (["id cliente", "nombre", "apellidos", "correo"], ["user_id", "first_name", "last_name", "email"]),
        (
            ["numero ordine", "id prodotto", "email", "quantità"],
            ["order_id", "product_id", "email", "quantity"],
        ),
        (
            ["item number", "reviewer email", "stars", "review text"],
            ["product_id", "email", "rating", "review_content"],
        ),
    ],
)
def test_names_are_forgiven_their_case_spaces_accents_and_language(
    header: list[str], fields: list[str]
) -> None:
    """Each column is the field that a person would take it for."""
    layout = recognise(header, file="export.csv")
    assert sorted(layout.indexes, key=lambda field: layout.indexes[field]) == fields
    assert layout.ignored == ()


def test_an_exact_name_comes_before_other_spellings_and_those_before_synonyms() -> None:
    """What loses is named among the ignored columns."""
    layout = recognise(["SKU", "Product ID", "product_id", "name", "price"], file="products.csv")
    assert layout.columns["product_id"] == "product_id"
    assert layout.ignored == ("SKU", "Product ID")


TOLD = {
    "status": "order_state_name, estado_actual, bestell_status, StatusName, Statut commande, huidige_status",
    "payment_status": "zahl_status, estadoPago, status_pagamento, betaalstatus, statut_paiement",
    "fulfilment_status": "Versand-Status, estado_entrega, tracking status, stato_spedizione",
    "item_status": "item_status_code, OrderLineStatus",
    "cancelled_at": "cancel_date, stornoDatum, is_canceled_flag, date_annulation, DataAnnullamentoOrdine",
    "refunded_at": "refund_status, date_remboursement, data_rimborso_ordine",
    "returned_at": "fecha_devolucion, Retouren-Datum, order_returned_on",
    "cancelled_quantity": "anzahl_storniert, canceledQty",
    "refunded_quantity": "refundQty, menge_retour, Retouren Menge, aantal_retour",
    "refunded_amount": "order_refund_total, montant_remboursement",
    "": "cancellation_reason, return_policy, cancelled_by, customer_status, Billing State, coupon status",
}


@pytest.mark.parametrize("field", TOLD)
def test_what_became_of_an_order_is_recognised_by_the_words_of_a_name(field: str) -> None:
    """In seven languages, however they are put together; what merely sounds like it is left alone."""
    for name in TOLD[field].split(", "):
        layout = recognise(["order_id", "product_id", "user_id", name], file="orders.csv")
        assert (layout.columns.get(field), layout.ignored) == ((name, ()) if field else (None, (name,)))


def test_two_columns_that_could_both_be_a_field_are_refused() -> None:
    """Both are named, since only the shop knows which one it means."""
    with pytest.raises(
        FileError, match="found columns 'Price' and 'Sale Price', expected one for discounted_price"
    ):
        recognise(["sku", "title", "Price", "Sale Price"], file="products.csv")
    with pytest.raises(FileError, match="repeated columns: price"):
        recognise(["sku", "title", "price", "price"], file="products.csv")


def test_missing_columns_are_named_with_what_was_found_and_how_to_map_it() -> None:
    """And with the column whose name is nearest."""
    with pytest.raises(UnrecognisedError) as caught:
        recognise(["sku", "titel", "Prize", "Farbe"], file="products.csv")
    message = str(caught.value)
    assert message.startswith(
        "missing columns: discounted_price (read as products, line 1); found 'Prize', 'Farbe'"
    )
    assert "nearest: 'Prize' for discounted_price" in message
    assert "map them in mapping.yaml with columns: {Prize: discounted_price}" in message
    assert caught.value.layout.columns == {"product_id": "sku", "product_name": "titel"}


@pytest.mark.parametrize(
    ("header", "lacking"),
    [
        ([name for name in KAGGLE if name != "user_id"], "user_id (read as combined"),
        (["name", "price", "brand"], "product_id (read as products"),
        (["order number", "sku", "qty"], "user_id or email (read as orders"),
        (["foo", "bar"], "product_id, product_name, discounted_price, user_id, review_id (read as combined"),
    ],
)
def test_an_incomplete_file_is_read_as_what_most_of_it_is(header: list[str], lacking: str) -> None:
    """So that what is said to be missing is what its owner thinks of."""
    with pytest.raises(FileError) as caught:
        recognise(header, file="export.csv")
    assert str(caught.value).startswith(f"missing columns: {lacking}, line 1); ")


def test_a_file_without_a_header_does_not_show_its_first_row() -> None:
    """It may name a person, and reasons are logged."""
    with pytest.raises(FileError) as caught:
        recognise(["C1", "Asha Rao", "asha@example.com"], file="customers.csv")
    assert "Asha" not in str(caught.value)
    assert "expected the names of the columns" in str(caught.value)


def test_too_many_columns_are_refused() -> None:
    """A header of a hundred thousand cells costs no time."""
    with pytest.raises(FileError, match="found 100000 columns, expected at most 2000"):
        recognise(["x"] * 100_000, file="x.csv")


def test_unknown_columns_are_named() -> None:
    """Nothing is ignored silently; only a mapping may do so."""
    header = [*PRODUCTS, "Farbe", "Notiz", ""]
    assert recognise(header, file="p.csv").ignored == ("Farbe", "Notiz")
    assert recognise(header, file="p.csv", mapping=FileMapping(ignore=("Notiz",))).ignored == ("Farbe",)


def test_a_mapping_overrides_what_is_recognised() -> None:
    """Its columns come first, and its constants are in every row."""
    mapping = FileMapping(
        columns={"ean": "product_id", "Farbe": "variant"}, constants={"currency": "EUR"}, ignore=("Rating",)
    )
    header = ["SKU", "EAN", "Titel", "Preis", "Farbe", "Rating"]
    row = dict(zip(header, ["s", "4006381333931", "Stift", "1,50", "blau", "9"], strict=True))
    layout, rows = mapped(header, [row], mapping=mapping)
    assert (layout.format, layout.ignored) == ("mapping.yaml", ("SKU",))
    assert rows == [
        {
            "product_id": "4006381333931",
            "product_name": "Stift",
            "discounted_price": "1,50",
            "variant": "blau",
            "currency": "EUR",
        }
    ]


def test_a_mapped_column_that_the_file_lacks_is_refused() -> None:
    """With the name that is nearest."""
    mapping = FileMapping(columns={"Artikelnumer": "product_id"})
    with pytest.raises(FileError) as caught:
        recognise(["Artikelnummer", "Titel", "Preis"], file="p.csv", mapping=mapping)
    found = "found no column 'Artikelnumer', which mapping.yaml names for p.csv"
    assert str(caught.value) == f"line 1: {found}; the nearest is 'Artikelnummer'"


@pytest.mark.parametrize("kind", [Kind.ORDERS, None])
def test_a_column_mapped_to_a_field_of_another_kind_is_refused(kind: Kind | None) -> None:
    """With the fields that its rows may have, whether their kind was said or is decided by the columns."""
    header = ["order_id", "product_id", "user_id", "Item"]
    mapping = FileMapping(kind=kind, columns={"Item": "product_name"})
    with pytest.raises(FileError) as caught:
        recognise(header, file="orders.csv", mapping=mapping)
    found = (
        "line 1: found 'Item', which mapping.yaml names product_name, expected a field of orders: order_id, "
    )
    assert str(caught.value).startswith(found)


def test_units_hold_for_the_file_or_for_a_field() -> None:
    """Only where they can be said of: a decimal separator says nothing of dates."""
    units = FileUnits(decimal=",", currency="EUR", fields={"rating": FieldUnits(decimal=".")})
    layout = recognise(
        [*PRODUCTS, "rating", "available_from"], file="p.csv", mapping=FileMapping(units=units)
    )
    assert layout.chosen == {
        "discounted_price": Units(decimal=",", currency="EUR"),
        "actual_price": Units(decimal=",", currency="EUR"),
        "discount_percentage": Units(decimal=","),
        "rating": Units(decimal="."),
        "rating_count": Units(decimal=","),
        "stock": Units(decimal=","),
    }


def test_prices_in_cents_become_whole_amounts() -> None:
    """And nothing but a whole number of cents is accepted."""
    mapping = FileMapping(units=FileUnits(prices_in="cents", decimal=","))
    layout = recognise([*PRODUCTS, "actual_price"], file="p.csv", mapping=mapping)
    [row] = layout.start().map(["P1", "Pen", "1299", ""])
    assert row is not None
    assert (row["discounted_price"], row["actual_price"]) == ("12.99", "")
    assert layout.chosen["discounted_price"].decimal == "."
    with pytest.raises(RowError, match="expected a whole number of cents"):
        layout.start().map(["P1", "Pen", "12,99", ""])


def test_a_review_without_an_id_gets_one_that_stays() -> None:
    """Equal customer, product, time and text give the same id; any difference another one."""
    header = ["email", "product_id", "rating", "review_content", "timestamp"]
    row = {"email": "a@example.com", "product_id": "P1", "review_content": "Good", "timestamp": "1"}
    _, rows = mapped(header, [row, {**row, "email": "A@example.com "}, {**row, "product_id": "P2"}])
    ids = [found["review_id"] for found in rows if found]
    assert ids[0] == ids[1] != ids[2]
    assert ids[0].startswith("review-")


@pytest.mark.parametrize("kind", Kind)
def test_within_a_kind_a_name_means_one_field(kind: Kind) -> None:
    """No synonym stands for two fields, or is another field's own name."""
    meanings: dict[str, set[str]] = {name: {field} for name, field in own_names(kind).items()}
    for field, names in synonym_lists(kind):
        for name in names:
            meanings.setdefault(loosened(name), set()).add(field)
    assert {name: fields for name, fields in meanings.items() if len(fields) > 1} == {}
    assert set(synonyms(kind).values()) <= set(FIELDS[kind])


@given(st.one_of(st.text(max_size=40), st.sampled_from(["REVIEW", "Reviews", "user", "Rating", "E-Mail"])))
def test_any_text_may_stand_in_a_header(name: str) -> None:
    """It is a field, or it is named as ignored, or it could be one of two columns for a field."""
    try:
        layout = recognise([*PRODUCTS, name], file="p.csv")
    except FileError as error:
        assert "expected one for" in str(error) or "repeated columns" in str(error)  # noqa: PT017 - one of three
    else:
        assert 3 in layout.used or layout.ignored in {(), (layout.header[3],)}
