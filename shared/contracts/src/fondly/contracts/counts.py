"""What the reports of a run count, by name: the parts of the stages, and the whole run in `run-finished`."""

from enum import StrEnum

LEFT_OUT = "rows_left_out_"


class Counted(StrEnum):
    """The names that are fixed, by the stage that counts them.

    Others end in a word of their own: `customers_excluded_` in an `Exclusion`, `emails_suppressed_` in a
    `NotSent`, `LEFT_OUT` in why, `texts_` in a label, `language_`, `picks_despite_`, `emails_variant_`,
    `seller_claims_`.
    """

    # ingest
    PRODUCTS = "products"
    PRODUCTS_OUT_OF_STOCK = "products_out_of_stock"
    PRODUCT_DIFFERENCES = "product_differences"
    CUSTOMERS = "customers"
    CUSTOMER_CONFLICTS = "customer_conflicts"
    CUSTOMERS_FORGOTTEN = "customers_forgotten"
    """They are in the files, and are left out."""
    SHARED_ADDRESSES = "shared_addresses"
    REVIEWS = "reviews"
    REVIEW_CONFLICTS = "review_conflicts"
    SHARED_TEXTS = "shared_texts"
    UNALIGNED_TEXTS = "unaligned_texts"
    PURCHASES = "purchases"
    INTERACTIONS = "interactions"
    PRICES_ROUNDED = "prices_rounded"
    """They had more decimals than their currency has."""
    REJECTED_ROWS = "rejected_rows"
    REJECTED_VALUES = "rejected_values"
    ROWS_LEFT_OUT = "rows_left_out"

    # sentiment
    REVIEWS_SCORED = "reviews_scored"
    REVIEWS_UNSCORED = "reviews_unscored"
    REVIEWS_LEFT_OUT = "reviews_left_out"
    SHARED_TEXTS_SCORED = "shared_texts_scored"
    SHARED_TEXTS_UNSCORED = "shared_texts_unscored"
    TEXTS_ASKED = "texts_asked"
    TEXTS_KNOWN = "texts_known"
    TEXTS_CHUNKED = "texts_chunked"

    # the recommender
    RECOMMENDATIONS = "recommendations"
    RANKINGS_KEPT = "rankings_kept"
    CUSTOMERS_BY_POPULARITY = "customers_by_popularity"
    CUSTOMERS_SHORT_OF_PRODUCTS = "customers_short_of_products"
    CUSTOMERS_PASSED_OVER = "customers_passed_over"
    CUSTOMERS_SAFETY_CASES = "customers_safety_cases"
    """They speak of danger, and get no email of the run."""

    # the mailer
    EMAILS = "emails"
    EMAILS_TEMPLATE_COPY = "emails_template_copy"
    EMAILS_MIXED_COPY = "emails_mixed_copy"
    EMAILS_FAILED = "emails_failed"
    EMAILS_LEFT_OUT = "emails_left_out"
    EMAILS_SORRY = "emails_sorry"
    EMAILS_SUPPRESSED = "emails_suppressed"
    EMAILS_WITHOUT_ADDRESS = "emails_without_address"
    """Finished, for customers to whose address nothing can be delivered, or who have none."""
    EMAILS_STRUCK = "emails_struck"
    """They were finished; then somebody has struck them, or all that they were about."""
    CUSTOMERS_HELD_OUT = "customers_held_out"
    """They get no email; what the sender counts of them has another name."""
    COPY_FACTS = "copy_facts"
    COPY_PROMPTS = "copy_prompts"
    COPY_REPAIRS = "copy_repairs"
    COPY_JUDGEMENTS = "copy_judgements"
    COPY_CALLS = "copy_calls"
    TEMPLATE_FIELDS = "template_fields"
    LINKS_LEFT_OUT = "links_left_out"

    # the sender
    EMAILS_SENT = "emails_sent"
    EMAILS_NOT_SENT = "emails_not_sent"
    EMAILS_REFUSED = "emails_refused"
    EMAILS_IN_DOUBT = "emails_in_doubt"
    EMAILS_WAITING = "emails_waiting"
    EMAILS_HELD_OUT = "emails_held_out"
