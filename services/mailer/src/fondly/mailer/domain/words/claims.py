"""Claims about the customer or about others, which what is known must support.

"You loved" is a lie to somebody who has written only bad reviews, "popular" one of a product that nobody has
rated.
"""

from collections.abc import Iterable, Mapping, Sequence

from fondly.mailer.domain.words.phrases import Found

Needs = Mapping[str, frozenset[str]]
"""Of what one must be known for a claim, by the claim's subject."""


def check_claims(
    found: Iterable[Found],
    tokens: Sequence[str],
    needs: Needs,
    known: frozenset[str],
    *,
    harmless: set[int],
    negations: frozenset[str],
) -> tuple[set[int], tuple[str, str] | None]:
    """Return the positions of supported claims, and (subject, words) of one that is not, nor denied."""
    supported: set[int] = set()
    unsupported = None
    for start, end, subject in found:
        words = tokens[start:end]
        if not needs[subject].isdisjoint(known):
            supported.update(range(start, end))
        elif negations.isdisjoint(words) and not harmless.issuperset(range(start, end)):
            unsupported = unsupported or (subject, " ".join(words))
    return supported, unsupported
