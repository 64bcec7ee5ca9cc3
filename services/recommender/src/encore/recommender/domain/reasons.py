"""Why a product was picked, in words that are true."""

from collections.abc import Sequence

from encore.contracts.records import Reason, ReasonKind
from encore.recommender.domain.candidates import Candidate
from encore.recommender.domain.catalogue import Catalogue
from encore.recommender.domain.preferences import Opinion

MIN_SIMILARITY = 0.3
"""From here on two products are plainly of one kind: most of their category path, or much of both."""


def reason_for(candidate: Candidate, catalogue: Catalogue, opinions: Sequence[Opinion]) -> Reason:
    """Name what the pick rests on, the most personal reason first.

    "Because you liked" needs a product that the customer is known not to be against and that is really
    similar; "liked by similar customers" a model's ranking and a customer with a history.
    """
    liked = _most_similar_liked(candidate.product_id, catalogue, opinions)
    if liked is not None:
        return Reason(kind=ReasonKind.BECAUSE_YOU_LIKED, product_name=catalogue.products[liked].name)
    if candidate.ranked and opinions:
        return Reason(kind=ReasonKind.LIKED_BY_SIMILAR_CUSTOMERS)
    if candidate.category:
        return Reason(kind=ReasonKind.POPULAR_IN_CATEGORY, category=candidate.category[-1])
    return Reason(kind=ReasonKind.POPULAR)


def _most_similar_liked(product_id: str, catalogue: Catalogue, opinions: Sequence[Opinion]) -> str | None:
    liked = (o.product_id for o in opinions if o.is_favourable and o.product_id in catalogue.products)
    similarity, best = max(((catalogue.similarity(product_id, own), own) for own in liked), default=(0.0, ""))
    return best if similarity >= MIN_SIMILARITY else None
