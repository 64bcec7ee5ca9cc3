"""Which products are variants of one another: colours, sizes, or the same thing listed twice."""

from encore.recommender.domain.families.families import MAX_FAMILY, Families
from encore.recommender.domain.families.shared_reviews import SharedCounts, SharedReviews

__all__ = ["MAX_FAMILY", "Families", "SharedCounts", "SharedReviews"]
