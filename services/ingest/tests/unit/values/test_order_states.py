"""What shop systems say of an order, in seven languages."""

import pytest

from fondly.ingest.domain.values.order_states import first_of, has_happened, read_states

STATES = {
    "WooCommerce": {
        "kept": "wc-completed, wc-processing, Completed, Processing",
        "unpaid": "wc-pending, wc-on-hold, Pending payment, On hold",
        "cancelled": "wc-cancelled, Cancelled, trash",
        "failed": "wc-failed, Failed",
        "refunded": "wc-refunded, Refunded",
        "draft": "wc-checkout-draft, auto-draft, Draft",
    },
    "Magento": {
        "kept": "complete, processing",
        "unpaid": "pending, pending_payment, holded, payment_review, Pending PayPal",
        "cancelled": "canceled",
        "fraud": "fraud, Suspected Fraud",
        "refunded": "closed",
        "returned": "PayPal Reversed",
    },
    "PrestaShop": {
        "kept": "Payment accepted, Processing in progress, Shipped, Delivered, On backorder (paid), "
        "Remote payment accepted, Paiement accepté, En cours de préparation, Expédié, Livré, "
        "En attente de réapprovisionnement (payé), Zahlung eingegangen, Bestellung eingegangen, Versendet, "
        "Artikel erwartet, Pago aceptado, Preparación en curso, "
        "Pedido pendiente por falta de stock (pagado), "
        "Pagamento accettato, Preparazione in corso, Spedito, Consegnato, In attesa di rifornimento, "
        "Betaling aanvaard",
        "unpaid": "Awaiting check payment, Awaiting bank wire payment, On backorder (not paid), "
        "Awaiting Cash On Delivery validation, En attente de paiement par chèque, "
        "En attente de virement bancaire, En attente de réapprovisionnement (non payé), "
        "Warten auf Zahlungseingang, Scheckzahlung wird erwartet, "
        "En espera de pago por transferencia bancaria, "
        "In attesa di pagamento con bonifico bancario",
        "cancelled": "Canceled, Annulé, Storniert, Cancelado, Annullato, Geannuleerd",
        "refunded": "Refunded, Remboursement, Remboursé, Rimborso, Reembolsado",
        "failed": "Payment error, Erreur de paiement, Fehler bei der Bezahlung, Error en pago, "
        "Errore di pagamento, Betalingsfout",
    },
    "BigCommerce": {
        "kept": "Shipped, Partially Shipped, Awaiting Pickup, Awaiting Shipment, Completed, "
        "Awaiting Fulfillment, Partially Refunded",
        "unpaid": "Pending, Awaiting Payment, Manual Verification Required",
        "draft": "Incomplete",
        "cancelled": "Cancelled",
        "failed": "Declined",
        "refunded": "Refunded",
        "fraud": "Disputed",
    },
    "Shopify": {
        "kept": "paid, authorized, partially_paid, partially_refunded, PARTIALLY_REFUNDED",
        "unpaid": "pending",
        "refunded": "refunded",
        "voided": "voided",
        "expired": "expired",
    },
    "en": {
        "kept": "open, new, ok, Paid, Dispatched, Ready for pickup, Archived",
        "cancelled": "Order cancelled by customer, Paid - cancelled, cancelled and refunded",
        "returned": "returned, Return requested, Returned to sender, restocked",
        "refunded": "fully refunded, refund pending, chargeback",
        "unpaid": "unpaid, not paid",
    },
    "de": {
        "kept": "In Bearbeitung, Abgeschlossen, Bezahlt, Versandt, Zugestellt, teilweise erstattet, "
        "Teillieferung, offen",
        "cancelled": "Bestellung storniert, Abgebrochen",
        "refunded": "Erstattet, Rückerstattet, Gutschrift",
        "returned": "Retourniert, Retoure, Zurückgesendet, Widerruf",
        "unpaid": "Zahlung ausstehend, Unbezahlt, nicht bezahlt, In Wartestellung",
        "failed": "Fehlgeschlagen, Zahlung fehlgeschlagen, Abgelehnt",
        "draft": "Entwurf",
        "expired": "Abgelaufen",
    },
    "fr": {
        "kept": "Terminée, Payée, En cours, Validée, Partiellement remboursée",
        "cancelled": "Annulée, Commande annulée",
        "returned": "Retournée, Retour reçu",
        "unpaid": "En attente, Impayée",
        "failed": "Échouée, Refusée",
        "draft": "Brouillon",
        "expired": "Expirée",
    },
    "es": {
        "kept": "Completado, Procesando, Enviado, Entregado, Pagado, Reembolso parcial",
        "cancelled": "Cancelado, Anulada",
        "returned": "Devuelto, Devolución",
        "unpaid": "Pendiente, Pendiente de pago, En espera, Impagado, no pagado",
        "failed": "Fallido, Rechazado",
        "draft": "Borrador",
        "expired": "Caducado",
    },
    "it": {
        "kept": "Completato, In lavorazione, Evaso, Pagato, Parzialmente rimborsato",
        "cancelled": "Annullato",
        "refunded": "Rimborsato",
        "returned": "Reso, Restituito",
        "unpaid": "In attesa, In sospeso, Non pagato",
        "failed": "Fallito, Rifiutato",
        "draft": "Bozza",
        "expired": "Scaduto",
    },
    "pt": {
        "kept": "Concluído, Em processamento, Em separação, Enviado, Entregue, Pago, Pagamento aprovado",
        "cancelled": "Cancelado, Pedido cancelado pelo cliente",
        "refunded": "Reembolsado, Estornado",
        "returned": "Devolvido, Devolução solicitada",
        "unpaid": "Pendente, Aguardando pagamento, Não pago",
        "failed": "Falhou, Pagamento recusado",
        "draft": "Rascunho",
    },
    "nl": {
        "kept": "Voltooid, In behandeling, Verzonden, Bezorgd, Betaald, Deels terugbetaald",
        "cancelled": "Geannuleerd",
        "refunded": "Terugbetaald",
        "returned": "Geretourneerd, Retour",
        "unpaid": "In de wacht, Wachten op betaling, Onbetaald, niet betaald",
        "failed": "Mislukt, Geweigerd",
        "draft": "Concept",
        "expired": "Verlopen",
    },
}


@pytest.mark.parametrize("source", STATES)
def test_what_shops_say_of_an_order_is_known(source: str) -> None:
    """By their systems and languages: it stands, or why it is no purchase."""
    expected = {text: cause for cause, texts in STATES[source].items() for text in texts.split(", ")}
    found = read_states(expected, "status")
    assert {text: meant if meant is None else meant or "kept" for text, meant in found.items()} == expected


@pytest.mark.parametrize(
    "text", ["5", "A", "closed", "refund declined", "not shipped", "Zahlung", "Käthe", ""]
)
def test_what_nobody_knows_is_not_guessed(text: str) -> None:
    """Codes, words that say both, and those that mean something else in every shop."""
    assert read_states([text], "status") == {text: None}


@pytest.mark.parametrize(
    ("field", "text", "meant"),
    [
        ("payment_status", "open", "unpaid"),
        ("payment_status", "bezahlt", ""),
        ("fulfilment_status", "pending", ""),
        ("fulfilment_status", "not shipped", ""),
        ("fulfilment_status", "left with a neighbour", ""),
        ("fulfilment_status", "returned", "returned"),
        ("fulfilment_status", "cancelled", "cancelled"),
        ("fulfilment_status", "3", None),
    ],
)
def test_a_word_means_what_its_column_is_about(field: str, text: str, meant: str | None) -> None:
    """What has not been sent yet is bought; an open payment is none."""
    assert read_states([text], field) == {text: meant}


def test_either_column_undoes_an_order() -> None:
    """What was cancelled was never theirs, whatever else is said."""
    assert first_of(["", "refunded"]) == "refunded"
    assert first_of(["refunded", "cancelled", ""]) == "cancelled"
    assert first_of(["", ""]) == ""


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("2026-11-02", True),
        ("02.11.2026 10:00", True),
        ("1793577600", True),
        ("ja", True),
        ("who knows", True),
        ("0000-00-00 00:00:00", False),
        ("no", False),
        ("0", False),
    ],
)
def test_a_date_or_a_yes_says_that_it_has_happened(text: str, is_so: object) -> None:
    """Programs write a date of zeros where there is none."""
    assert has_happened(text) is is_so
