"""Object keys of what is known of a run's customers: of all, of parts, of bundles by their first part."""

from collections.abc import Callable

from fondly.contracts import object_keys

ARRAYS_TYPE = "application/octet-stream"


def _of_run(name: str) -> Callable[[str], str]:
    return lambda run_id: object_keys.learned(run_id, name)


def _of_part(folder: str, end: str = "jsonl") -> Callable[[str, int], str]:
    return lambda run_id, first: object_keys.learned(run_id, f"{folder}/part-{first:05}.{end}")


products = _of_run("products.jsonl")
"""The run's catalogue, with the products of earlier files that are still sold: one `Product` for each."""
sentiments = _of_run("sentiments.jsonl")
"""What is known of these products: one `ProductSentiment` for each that has any."""
shared_reviews = _of_run("shared-reviews.json")
"""Which reviews the run's products share: one `SharedReviews`."""
prepared = _of_part("prepared", "json")
"""How much of a bundle there is for Personalize, and what its products share: one `Prepared`."""
gathered = _of_part("gathered", "json")
"""How much there is of the bundle's share of `others`: one `Prepared`."""
history = _of_part("history")
"""What a part's customers were known for before the run: one `History` for each who was."""
rankings = _of_part("rankings")
"""How a part's customers get their rankings: one `RunRanking` for each."""
witnesses = _of_part("witnesses")
"""The customers of a bundle of whose newest product Personalize is not told: one `Witness` for each."""


def others(run_id: str, first: int, number: int) -> str:
    """Customers whom the run's file does not have, a share of them per bundle: one `History` for each."""
    return object_keys.learned(run_id, f"others/part-{first:05}-{number:05}.jsonl")


def links(run_id: str, first: int | None = None) -> str:
    """What a bundle's customers have together, or all customers of the run."""
    return object_keys.learned(run_id, "links.npz" if first is None else f"links/part-{first:05}.npz")
