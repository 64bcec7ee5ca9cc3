"""Which emails a run's sample has, and how many of them each part delivers."""

from collections.abc import Iterable, Sequence

from fondly.contracts.delivery import FinishedEmail


def sampled(listed: Sequence[FinishedEmail], wanted: int) -> list[FinishedEmail]:
    """Return the first emails of a part; of customers who are held out there is nothing to look at."""
    return [each for each in listed if not each.held_out][:wanted]


def addressed_to_seeds(emails: Sequence[FinishedEmail], seeds: Sequence[str]) -> list[FinishedEmail]:
    """Address emails to seeds in turn, also those to nobody; without seeds, leave them as they are."""
    return [
        email.model_copy(update={"address": seeds[number % len(seeds)]}) if seeds else email
        for number, email in enumerate(emails)
    ]


def sample_of(sizes: Iterable[tuple[int, int]], wanted: int) -> dict[int, int]:
    """Return how many first emails of each part a sample has, by the parts' sizes, read as far as needed."""
    chosen: dict[int, int] = {}
    left = wanted
    for part, emails in sizes if wanted else ():
        if taken := min(left, emails):
            chosen[part] = taken
            left -= taken
        if not left:
            break
    return chosen
