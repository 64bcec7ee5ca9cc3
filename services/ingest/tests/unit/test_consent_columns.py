"""Little shops of many languages: nobody is mailed who refused, and what is clear needs no question."""

import csv
import io
import tempfile
from collections.abc import Callable, Mapping, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fondly.contracts.ingest_report import IngestReport
from fondly.contracts.records import Customer
from fondly.ingest.adapters.scratch import Scratch
from fondly.ingest.domain.errors import QuestionsError
from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.domain.formats.mapping import read_mapping
from fondly.ingest.domain.formats.senses import sense_of
from fondly.ingest.domain.rows.people import ExclusionRules
from fondly.ingest.use_cases.load_files import Findings, LoadFiles
from fondly.ingest.use_cases.survey_files import SourceFile
from services.ingest.tests.fakes import limits

CUSTOMERS = 30
Columns = Mapping[str, Sequence[str]]


class Loaded(NamedTuple):
    """What a set came to."""

    customers: list[Customer]
    report: IngestReport
    in_stock: dict[str, bool | None]

    @property
    def mailed(self) -> list[int]:
        """The numbers of the customers who get an email."""
        return [int(each.customer_id[1:]) for each in self.customers if each.exclusion is None]


def load(tables: Mapping[str, Columns], mapping: str = "{}", *, why_not: str = "") -> Loaded:
    """Load tables, each of which has its columns with their cells; `QuestionsError` if something is asked."""
    said = read_mapping(mapping, file="mapping.yaml")
    rules = limits(exclusion=ExclusionRules(consent_not_required=why_not)).load
    with tempfile.TemporaryDirectory() as folder, Scratch(Path(folder) / "scratch.db") as scratch:
        sources = []
        for name, columns in tables.items():
            path = Path(folder) / f"{name}.csv"
            path.write_text(as_csv(columns), encoding="utf-8")
            sources.append(SourceFile(path, path.name, mapping=said.for_file(path.name)))
        findings = Findings()
        merged = LoadFiles(scratch, io.StringIO(), findings, rules).load(sources)
        in_stock = {each.product_id: each.in_stock for each in merged.products()}
        return Loaded(merged.customers(1, CUSTOMERS), findings.report(), in_stock)


def as_csv(columns: Columns) -> str:
    """Columns as CSV; the shorter ones are repeated as often as the longest needs."""
    rows = max(map(len, columns.values()))
    cells = (list(islice(cycle(each), rows)) for each in columns.values())
    text = io.StringIO()
    csv.writer(text).writerows([list(columns), *zip(*cells, strict=True)])
    return text.getvalue()


PRODUCTS: Columns = {"product_id": ["P1", "P2"], "product_name": ["Mug", "Tea"], "price": ["4.00", "5.50"]}
IDS = [f"C{number}" for number in range(CUSTOMERS)]
ORDERS: Columns = {
    "order_id": [f"O{number}" for number in range(CUSTOMERS)],
    "user_id": IDS,
    "product_id": ["P1", "P2", "P1"],
}


def people(columns: Columns, *, id_: str = "user_id", email: str = "email") -> Columns:
    """A table of all customers with these columns."""
    return {id_: IDS, email: [f"c{number}@mail.example" for number in range(CUSTOMERS)], **columns}


def shop(columns: Columns, **names: str) -> dict[str, Columns]:
    """A set whose customers have these columns."""
    return {"products": PRODUCTS, "customers": people(columns, **names), "orders": ORDERS}


DATE = "2026-03-14 10:00:00"
# A shop's columns, and who of each three, or of each six, gets an email.
CLEAR: Mapping[str, tuple[Columns, Sequence[int]]] = {
    "English, boolean words": ({"email_marketing": ["TRUE", "FALSE", "TRUE"]}, (0, 2)),
    "English, a date of unsubscription": (
        {"Newsletter Opt-In": ["Yes", "Yes", "No"], "unsubscribed_at": ["", DATE, ""]},
        (0,),
    ),
    "English, bounces and blocks": (
        {"accepts_marketing": ["1", "1", "1"], "bounced": ["0", "1", "0"], "Is Blocked": ["n", "n", "y"]},
        (0,),
    ),
    "English, a state": ({"MEMBER_STATUS": ["subscribed", "unsubscribed", "cleaned"]}, (0,)),
    "English, why they left": ({"newsletter": ["yes"], "UNSUB_REASON": ["", "too many", "boring"]}, (0,)),
    "English, when they agreed": ({"optin_time": [DATE, "", DATE], "unsub_time": ["", "", DATE]}, (0,)),
    "English, deleted accounts and tests": (
        {
            "newsletter": ["yes", "yes", "yes"],
            "deleted_at": ["", DATE, "0000-00-00"],
            "is_test": ["0", "0", "1"],
        },
        (0,),
    ),
    "English, another channel": (
        {"email_consent": ["granted", "denied", ""], "sms_consent": ["denied", "granted", "granted"]},
        (0,),
    ),
    "German": (
        {"Einwilligung E-Mail-Werbung": ["ja", "nein", "ja"], "Abgemeldet am": ["", "", "14.03.2026"]},
        (0,),
    ),
    "German, a prohibition": (
        {"Newsletter-Einwilligung": ["J", "J", "N"], "Kein Newsletter": ["N", "J", "N"]},
        (0,),
    ),
    "French": ({"Consentement marketing": ["O", "N", "O"], "Désabonné le": ["", "", "14/03/2026"]}, (0,)),
    "Spanish": ({"Acepta publicidad": ["S", "N", "S"], "Fecha de baja": ["", "", "14/03/2026"]}, (0,)),
    "Italian": ({"Consenso newsletter": ["Sì", "No", "Sì"], "Cliente bloccato": ["no", "no", "sì"]}, (0,)),
    "Portuguese": (
        {"Aceita receber newsletter": ["Sim", "Não", "Sim"], "Descadastrado": ["não", "não", "sim"]},
        (0,),
    ),
    "Dutch": (
        {"Toestemming nieuwsbrief": ["ja", "nee", "ja"], "Uitgeschreven op": ["", "", "14-03-2026"]},
        (0,),
    ),
    "two consents": ({"email_optin": ["1", "1", "0"], "newsletter": ["yes", "no", "yes"]}, (0,)),
    "terms that everybody accepts": (
        {"newsletter": ["1", "0", "1"], "terms_accepted": ["yes", "yes", "yes"]},
        (0, 2),
    ),
    "an account that is off": ({"newsletter": ["1", "0", "1"], "active": ["true", "true", "false"]}, (0,)),
    "floats of a table": ({"newsletter": ["1.0", "0.0", ""]}, (0,)),
}


@pytest.mark.parametrize("name", CLEAR)
def test_clear_columns_are_read_without_a_question(name: str) -> None:
    """Exactly those get an email who agreed, in no column refused, and are neither deleted nor a test."""
    columns, agreed = CLEAR[name]
    assert load(shop(columns)).mailed == [number for number in range(CUSTOMERS) if number % 3 in agreed]


class Case(NamedTuple):
    """Columns that leave something open, what is asked of the last, its remedy, and an answer."""

    columns: Columns
    text: str
    remedy: str
    answer: str


OPEN: Mapping[str, Case] = {
    "how data is processed": Case(
        {"gdpr_consent": ["no"] * 14 + ["yes"]},
        "is `gdpr_consent` consent to marketing emails? values: no 28, yes 2",
        "columns: {gdpr_consent: marketing_consent}, or ignore: [gdpr_consent]",
        "columns: {gdpr_consent: marketing_consent}",
    ),
    "German, how data is processed": Case(
        {"DSGVO-Zustimmung": ["nein"] * 14 + ["ja"]},
        "is `DSGVO-Zustimmung` consent to marketing emails? values: nein 28, ja 2",
        'columns: {"DSGVO-Zustimmung": marketing_consent}, or ignore: ["DSGVO-Zustimmung"]',
        'columns: {"DSGVO-Zustimmung": marketing_consent}',
    ),
    "codes": Case(
        {"newsletter": ["2"] * 14 + ["1"]},
        "what do the values of `newsletter` mean as consent to marketing emails? values: 2 28, 1 2",
        'values: {marketing_consent: {"2": yes or no}}, or ignore: [newsletter]',
        'values: {marketing_consent: {"2": no}}',
    ),
    "states by code": Case(
        {"newsletter": ["yes"], "status": ["5"] * 14 + ["1"]},
        "is `status` a sign that somebody must not be written to? values: 5 28, 1 2",
        "columns: {status: suppressed} and "
        'values: {suppressed: {"5": yes or no, "1": yes or no}}, or ignore: [status]',
        'columns: {status: suppressed}, values: {suppressed: {"5": "yes", "1": "no"}}',
    ),
    "what became of emails": Case(
        {"newsletter": ["yes"], "bounce_info": ["too full"] * 14 + [""]},
        "is `bounce_info` a sign that somebody must not be written to? values: too full 28, empty 2",
        "columns: {bounce_info: suppressed} and "
        'values: {suppressed: {"too full": yes or no}}, or ignore: [bounce_info]',
        "columns: {bounce_info: suppressed}",
    ),
}


@pytest.mark.parametrize("name", OPEN)
def test_what_is_not_clear_is_asked_and_one_edit_answers_it(name: str) -> None:
    """With its values and the line for the mapping; then only those get an email whom the answer lets."""
    case = OPEN[name]
    with pytest.raises(QuestionsError) as caught:
        load(shop(case.columns))
    (question,) = caught.value.questions
    assert (question.file, question.text) == ("customers.csv", case.text)
    assert question.remedy == f"under files: customers.csv: {case.remedy}"
    assert f"customers.csv: {question.text}: {question.remedy}" in str(caught.value)
    assert load(shop(case.columns), f"files: {{customers.csv: {{{case.answer}}}}}").mailed == [14, 29]


def test_all_questions_of_a_set_are_asked_together() -> None:
    """Those of all files, so that one edit is enough; the report has them too."""
    tables = shop({"consent": ["yes", "no"], "bounce_count": ["0", "2", "3"]})
    tables["products"] = {**PRODUCTS, "visibility": ["4", "1"]}
    with pytest.raises(QuestionsError) as caught:
        load(tables)
    found = {each.column: each.field for each in caught.value.questions}
    assert found == {"consent": "marketing_consent", "bounce_count": "suppressed"}


def test_a_set_without_consent_is_asked_about_unless_the_shop_says_why_none_is_needed() -> None:
    """Before anything is paid; the reason is in the report."""
    with pytest.raises(QuestionsError, match="no column says who agreed to marketing emails"):
        load(shop({"sms_consent": ["yes"]}))
    found = load(shop({"sms_consent": ["yes"]}), why_not="soft opt-in")
    assert (len(found.mailed), found.report.consent_not_required) == (CUSTOMERS, "soft opt-in")


def test_values_of_people_are_in_no_question() -> None:
    """A column of addresses, numbers or names is told of without them."""
    texts = ["Ann Smith asked", "a@b.example", "+49 170 1234567"]
    with pytest.raises(QuestionsError) as caught:
        load(shop({"newsletter": ["yes"], "complaint": texts}))
    (question,) = caught.value.questions
    assert (question.values, any(text in question.text for text in texts)) == ({}, False)


@pytest.mark.parametrize(
    "columns",
    [
        {"status": ["active", "draft"]},
        {"Published": ["TRUE", "FALSE"]},
        {"sichtbar": ["ja", "nein"]},
        {"Visibilité": ["visible", "masqué"]},
        {"deleted_at": ["", DATE]},
        {"oculto": ["no", "sí"]},
        {"published_at": [DATE, ""]},
        {"product_online": ["1", "0"], "archived": ["no", "no"]},
        {"visibility": ["Catalog, Search", "Not Visible Individually"]},
    ],
)
def test_products_that_are_not_on_sale_are_out_of_stock(columns: Columns) -> None:
    """Whatever their stock: they are never recommended."""
    tables = shop({"newsletter": ["yes"]})
    tables["products"] = {**PRODUCTS, **columns, "stock": ["3", "3"]}
    assert load(tables).in_stock == {"P1": True, "P2": False}


def test_orders_of_tests_and_of_deleted_customers_are_no_purchases() -> None:
    """Others of the same customers are."""
    tables = shop({"newsletter": ["yes"], "deleted": ["no", "yes", "no"]})
    tables["orders"] = {**ORDERS, "test_order": ["no", "no", "yes"]}
    found = load(tables)
    assert [len(each.purchases) for each in found.customers[:3]] == [1, 0, 0]
    assert found.mailed == [number for number in range(CUSTOMERS) if number % 3 != 1]


@pytest.mark.parametrize(("columns", "mailed"), [({}, (0,)), ({"newsletter": ["yes"]}, (0, 1, 2))])
def test_orders_say_who_agreed_unless_the_customers_do(columns: Columns, mailed: Sequence[int]) -> None:
    """What somebody ticked at the time of an order is old where the shop says what holds today."""
    tables = {**shop(columns), "orders": {**ORDERS, "accepts_marketing": ["yes", "no", ""]}}
    assert load(tables).mailed == [number for number in range(CUSTOMERS) if number % 3 in mailed]


OTHERS = (
    *("newsletter_source", "consent_ip", "unsubscribe_url", "consent_updated_at", "partner_offers"),
    *("accepts sms marketing", "whatsapp_optin", "Einwilligung Telefon", "consentement sms", "phone"),
    *("payment_terms", "customer_no", "vat_valid", "loyalty_active", "description", "Bundesland", "estado"),
)


@pytest.mark.parametrize("name", OTHERS)
def test_other_columns_are_no_consent(name: str) -> None:
    """Of another channel, or of where a consent came from: they are named as ignored."""
    found = load(shop({"newsletter": ["yes"], name: ["north", "south", "east"]}))
    assert len(found.mailed) == CUSTOMERS
    assert name in found.report.files[1].ignored


NAMES: Mapping[str, str] = {
    "marketing_consent": """
        accepts_email_marketing, is_subscribed, emailOptIn, Newsletter Opt-In, wants_newsletter, ok_to_email;
        Newsletter abonniert, Einwilligung Werbung, E-Mail-Werbung erlaubt, Newsletter-Anmeldung, darf E-Mail;
        Inscrit à la newsletter, Accepte la publicité, Consentement marketing, Offres par e-mail;
        Acepta publicidad, Suscrito al boletín, Recibir newsletter, Consentimiento marketing, Autoriza correo;
        Iscritto alla newsletter, Consenso marketing, Accetta pubblicità via email, Ricevere newsletter;
        Aceita marketing, Inscrito na newsletter, Receber novidades, Autoriza e-mail, Assinante;
        Nieuwsbrief, Toestemming marketing, Aangemeld voor nieuwsbrief, E-mail toegestaan""",
    "suppressed": """
        unsubscribed_at, email_opt_out, do_not_contact, HasOptedOutOfEmail, hard_bounced, blacklisted;
        Abgemeldet am, Newsletter abbestellt, Kein Newsletter, Werbewiderspruch, Kunde gesperrt, Unzustellbar;
        Désabonné le, Date de désinscription, Client bloqué, Sans publicité, Refus newsletter, Plainte;
        Fecha de baja, Dado de baja, Cliente bloqueado, Correo rebotado, No newsletter, Desuscrito;
        Disiscritto, Data disiscrizione, Cliente bloccato, Email rimbalzata, Rifiuta marketing;
        Descadastrado, Cancelou inscrição, Cliente bloqueado, E-mail devolvido, Não enviar e-mail;
        Uitgeschreven op, Afgemeld, Geblokkeerd, Geen nieuwsbrief, Onbestelbaar""",
    "deleted": """
        is_deleted, anonymized_at, test_customer; Gelöscht am, Testkunde; Compte supprimé, Anonymisé;
        Eliminado, Cliente borrado, Cliente de prueba; Eliminato, Anonimizzato; Excluído em, Apagado;
        Verwijderd, Testklant""",
}


@pytest.mark.parametrize("field", NAMES)
def test_names_in_seven_languages_tell_what_a_column_is(field: str) -> None:
    """Whatever their case, accents and gaps; a shop's own name that is not found belongs into this list."""
    names = [name.strip() for name in NAMES[field].replace(";", ",").split(",")]
    found = {name: sense_of(each, Kind.CUSTOMERS) for name in names for each in (name, name.upper())}
    assert {
        name for name, sense in found.items() if not (sense and sense.field == field and sense.is_sure)
    } == set()


YES_NO = {
    "en": ("yes", "no"),
    "de": ("ja", "nein"),
    "fr": ("oui", "non"),
    "es": ("sí", "no"),
    "pt": ("Sim", "Não"),
}
ALIKE: Sequence[Mapping[str, str]] = (
    {
        "en": "newsletter",
        "de": "Newsletter abonniert",
        "fr": "abonné newsletter",
        "es": "acepta publicidad",
        "pt": "aceita e-mails",
    },
    {
        "en": "email_opt_in",
        "de": "Werbung erlaubt",
        "fr": "consentement marketing",
        "es": "suscrito",
        "pt": "recebe ofertas",
    },
    {
        "en": "is_blocked",
        "de": "Kunde gesperrt",
        "fr": "client bloqué",
        "es": "bloqueado",
        "pt": "cliente bloqueado",
    },
    {"en": "opted out", "de": "abgemeldet", "fr": "désabonné", "es": "dado de baja", "pt": "descadastrado"},
    {"en": "deleted", "de": "gelöscht", "fr": "supprimé", "es": "eliminado", "pt": "excluído"},
)
"""Two consents, then what excludes; each in several languages."""
CASES = (str, str.upper, str.title, lambda name: name.replace(" ", "_"), lambda name: name.replace("_", ""))


@given(
    answers=st.lists(st.lists(st.booleans(), min_size=5, max_size=5), min_size=2, max_size=8),
    order=st.permutations(range(5)),
    spoken=st.lists(
        st.tuples(st.sampled_from(sorted(YES_NO)), st.sampled_from(CASES)), min_size=5, max_size=5
    ),
)
@settings(max_examples=60, deadline=None)
def test_neither_order_nor_case_nor_language_of_columns_changes_who_is_mailed(
    answers: list[list[bool]], order: list[int], spoken: list[tuple[str, Callable[[str], str]]]
) -> None:
    """Somebody gets an email who agreed twice, and of whom nothing says that they must not."""
    columns = {
        case(ALIKE[at][language]): [YES_NO[language][not row[at]] for row in answers]
        for at, (language, case) in ((at, spoken[at]) for at in order)
    }
    agreed = [row == [True, True, False, False, False] for row in islice(cycle(answers), CUSTOMERS)]
    assert load(shop(columns)).mailed == [number for number in range(CUSTOMERS) if agreed[number]]
