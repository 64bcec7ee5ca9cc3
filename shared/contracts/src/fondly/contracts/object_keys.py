"""The keys of objects in the data bucket. A run's are deterministic: writing twice is harmless."""

from typing import Final

from fondly.contracts.file_names import file_name

UPLOADS = "uploads/"
INTERACTIONS = "uploads/interactions/"
"""What customers did, uploaded between runs; it starts no run."""
CLICKS = f"{INTERACTIONS}clicks/"
"""What customers clicked on in emails, where Fondly counts that itself."""
CONNECT = "connect/"
"""What connectors keep of a shop's platform."""
REQUESTS = f"{CONNECT}requests/"
"""Who asks a platform to be forgotten, until that is done."""
SHOP = "shop/"
SHOP_CONFIG: Final = "fondly.toml"
"""The look of the shop's emails, below `SHOP`; it may be missing."""
THEMES = "themes/"
"""The shop's own themes, each a folder, below `SHOP`."""
MERCHANDISING = "shop/merchandising.yaml"
"""What the shop excludes, pins and knows about its categories; it may be missing, and belongs to no run."""
CALLS = "runs/calls/"
"""Recorded calls of AI services, of all runs, where they are recorded."""


def products(run_id: str) -> str:
    """The run's catalogue: one `Product` per line."""
    return f"runs/{run_id}/products.jsonl"


def rejects(run_id: str) -> str:
    """The rejected rows of the upload, with line, column and reason."""
    return f"runs/{run_id}/rejects.jsonl"


def ingest_report(run_id: str) -> str:
    """What ingest read in the upload: one `IngestReport`."""
    return f"runs/{run_id}/ingest.json"


def unchanged(run_id: str) -> str:
    """Who is in no part, as nothing has changed: a mark for each customer, `=` for these, else `.`."""
    return f"runs/{run_id}/unchanged"


def customers(run_id: str, part: int) -> str:
    """One part's customers with their reviews: one `Customer` per line."""
    return f"runs/{run_id}/customers/part-{part:05}.jsonl"


def shared_texts(run_id: str, part: int) -> str:
    """Texts of unknown reviewers, one `SharedText` per line; there is none for a part without any."""
    return f"runs/{run_id}/shared-texts/part-{part:05}.jsonl"


def sentiment(run_id: str, part: int) -> str:
    """One part's scores: one `ScoredReview` per line, for every review of the part's customers."""
    return f"runs/{run_id}/sentiment/part-{part:05}.jsonl"


def shared_opinions(run_id: str, part: int) -> str:
    """What a part's shared texts say: one `Opinion` per line; there is none for a part without any."""
    return f"runs/{run_id}/sentiment/shared-{part:05}.jsonl"


def quote_candidates(run_id: str, part: int) -> str:
    """What may be quoted of a part's texts: one `Candidate` per line."""
    return f"runs/{run_id}/sentiment/quotes-{part:05}.jsonl"


def quotes(run_id: str) -> str:
    """What may be quoted of the run's products: one `ProductQuotes` per line."""
    return f"runs/{run_id}/sentiment/quotes.jsonl"


def product_sentiment(run_id: str) -> str:
    """All that is known of the run's products: one `ProductSentiment` per line."""
    return f"runs/{run_id}/sentiment/products.jsonl"


def category_sentiment(run_id: str) -> str:
    """The aspects of the run's categories: one `CategorySentiment` per line."""
    return f"runs/{run_id}/sentiment/categories.jsonl"


def sentiment_summary(run_id: str) -> str:
    """What the run's customers said, one `SentimentSummary`."""
    return f"runs/{run_id}/sentiment/summary.json"


def personalize(run_id: str, name: str) -> str:
    """A file, or a folder ending in a slash, exchanged with Amazon Personalize."""
    return f"runs/{run_id}/personalize/{name}"


def learned(run_id: str, name: str) -> str:
    """What the recommender has counted of a run's customers: of a bundle of parts, or of all."""
    return f"runs/{run_id}/learned/{name}"


def run_rules(run_id: str) -> str:
    """The rules and decisions of the shop that the run's products were picked by."""
    return f"runs/{run_id}/merchandising.json"


def safety_cases(run_id: str, part: int) -> str:
    """What a part's customers say of danger: one `SafetyCase` per line; missing if there is nothing."""
    return f"runs/{run_id}/safety-cases/part-{part:05}.jsonl"


def recommendations(run_id: str, part: int) -> str:
    """One part's picks: one `Recommendation` per line."""
    return f"runs/{run_id}/recommendations/part-{part:05}.jsonl"


def emails(run_id: str) -> str:
    """The folder of the run's finished emails, ending in a slash."""
    return f"runs/{run_id}/emails/"


def email(run_id: str, customer_id: str) -> str:
    """A customer's finished email, a MIME message; its name suits any file system, whatever the id."""
    return f"{emails(run_id)}{file_name(customer_id)}.eml"


def mailed(run_id: str, part: int) -> str:
    """One part's finished emails: one `FinishedEmail` per line, in the order of the part's customers."""
    return f"runs/{run_id}/mailed/part-{part:05}.jsonl"


def email_index(run_id: str, part: int) -> str:
    """What people find one part's emails by: one `EmailIndexRow` per line, in the order of `mailed`."""
    return f"runs/{run_id}/email-index/part-{part:05}.jsonl"


def email_index_summary(run_id: str, part: int | None = None) -> str:
    """What a part's index comes to, or the whole run's: one `EmailIndexSummary`."""
    return f"runs/{run_id}/email-index/" + ("summary.json" if part is None else f"summary-{part:05}.json")


def email_wordings(run_id: str, part: int | None = None) -> str:
    """A part's wordings, or those that many of the run's emails have: one `WordingCount` per line."""
    return f"runs/{run_id}/email-index/wordings" + (".jsonl" if part is None else f"-{part:05}.jsonl")


def pinned_settings(run_id: str) -> str:
    """What shapes a run's emails, as it was when the first was due: one `PinnedSettings` of the mailer."""
    return f"runs/{run_id}/settings.json"


def copies(run_id: str, part: int) -> str:
    """The folder of the prompts of one part's copy, ending in a slash."""
    return f"runs/{run_id}/copy/part-{part:05}/"


def copy(run_id: str, part: int, first: str) -> str:
    """Some of a part's prompts with answers and verdicts, a JSON object a line, from the key `first` on."""
    return f"{copies(run_id, part)}{first}.jsonl"


def clicks(name: str) -> str:
    """Some clicks in emails, told as a shop tells of what customers do: one `CustomerEvent` per line."""
    return f"{CLICKS}{name}.jsonl"


def events(upload_id: str, batch: int) -> str:
    """Some events of an uploaded file: one `CustomerEvent` per line."""
    return f"runs/{upload_id}/events/batch-{batch:05}.jsonl"


def events_report(upload_id: str) -> str:
    """What became of an uploaded file of events: one `EventsReport`."""
    return f"runs/{upload_id}/events.json"


def recorded_call(folder: str, name: str) -> str:
    """What an AI service was asked and answered, as JSON."""
    return f"{CALLS}{folder}/{name}.json"
