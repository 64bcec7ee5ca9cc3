"""Object keys of what is known of a run's customers: of all, and of each bundle by its first part."""

from fondly.contracts import object_keys

ARRAYS_TYPE = "application/octet-stream"


def prepared(run_id: str, first: int) -> str:
    """How much of a bundle there is for Personalize, and what its products share: one `Prepared`."""
    return object_keys.learned(run_id, f"prepared/part-{first:05}.json")


def products(run_id: str) -> str:
    """The run's catalogue, with the products of earlier files that are still sold: one `Product` for each."""
    return object_keys.learned(run_id, "products.jsonl")


def sentiments(run_id: str) -> str:
    """What is known of these products: one `ProductSentiment` for each that has any."""
    return object_keys.learned(run_id, "sentiments.jsonl")


def history(run_id: str, part: int) -> str:
    """What a part's customers were known for before the run: one `History` for each who was."""
    return object_keys.learned(run_id, f"history/part-{part:05}.jsonl")


def others(run_id: str, first: int, number: int) -> str:
    """Customers whom the run's file does not have, a share of them per bundle: one `History` for each."""
    return object_keys.learned(run_id, f"others/part-{first:05}-{number:05}.jsonl")


def gathered(run_id: str, first: int) -> str:
    """How much of that share there is for Personalize: one `Prepared`."""
    return object_keys.learned(run_id, f"gathered/part-{first:05}.json")


def rankings(run_id: str, part: int) -> str:
    """How a part's customers get their rankings: one `RunRanking` for each."""
    return object_keys.learned(run_id, f"rankings/part-{part:05}.jsonl")


def witnesses(run_id: str, first: int) -> str:
    """The customers of a bundle of whose newest product Personalize is not told: one `Witness` for each."""
    return object_keys.learned(run_id, f"witnesses/part-{first:05}.jsonl")


def shared_reviews(run_id: str) -> str:
    """Which reviews the run's products share: one `SharedReviews`."""
    return object_keys.learned(run_id, "shared-reviews.json")


def links(run_id: str, first: int | None = None) -> str:
    """What a bundle's customers have together, or all customers of the run."""
    return object_keys.learned(run_id, "links.npz" if first is None else f"links/part-{first:05}.npz")
