"""Why a product was picked, as a reason that is true."""

from collections.abc import Sequence

from encore.contracts.records import Reason, ReasonKind
from encore.recommender.domain.candidates import Candidate
from encore.recommender.domain.catalogue import Catalogue
from encore.recommender.domain.preferences import Preference

MIN_SIMILARITY = 0.3
"""At this similarity two products are clearly of one kind: most of the path in common, or much of both."""


def reason_for(candidate: Candidate, catalogue: Catalogue, preferences: Sequence[Preference]) -> Reason:
    """Return the most personal reason that is true of the pick.

    "Because you liked" requires a truly similar product that the customer is known not to dislike; "liked by
    similar customers" requires a model's ranking and a customer with a history.
    """
    liked = _most_similar_liked(candidate.product_id, catalogue, preferences)
    if liked is not None:
        return Reason(kind=ReasonKind.LIKED, product_name=catalogue.products[liked].name)
    if candidate.ranked and preferences:
        return Reason(kind=ReasonKind.ASSORTMENT)
    if candidate.category:
        return Reason(kind=ReasonKind.POPULAR_IN_CATEGORY, category=candidate.category)
    return Reason(kind=ReasonKind.POPULAR)


def _most_similar_liked(
    product_id: str, catalogue: Catalogue, preferences: Sequence[Preference]
) -> str | None:
    liked = (p.product_id for p in preferences if p.is_favourable and p.product_id in catalogue.products)
    similarity, best = max(((catalogue.similarity(product_id, own), own) for own in liked), default=(0.0, ""))
    return best if similarity >= MIN_SIMILARITY else None
