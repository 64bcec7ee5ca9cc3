"""Reads what a run's customers wrote and what their reviews were scored, for the gallery."""

from dataclasses import dataclass

from fondly.contracts import object_keys
from fondly.contracts.records import (
    CategorySentiment,
    Customer,
    ProductSentiment,
    Review,
    ScoredReview,
)
from fondly.stack.gallery import GalleryCategory, GalleryReview
from fondly.stack.gallery.categories import (
    CatalogueEntry,
    ReadableObjects,
    catalogue_entries,
    gallery_categories,
)
from fondly.stack.gallery.reviews import gallery_review

UNKNOWN_PRODUCT = "a product that is not in the catalogue"


@dataclass(frozen=True)
class RunOpinions:
    """A run's reviews and opinions; what a failed run has not stored counts as empty."""

    objects: ReadableObjects
    run_id: str
    products: dict[str, CatalogueEntry]

    @classmethod
    async def of(cls, objects: ReadableObjects, run_id: str) -> "RunOpinions":
        """Read the run's catalogue."""
        return cls(objects, run_id, await catalogue_entries(objects, run_id))

    async def reviews(self, part: int) -> dict[str, tuple[GalleryReview, ...]]:
        """Return the reviews of a part's customers, by customer id."""
        customers = await self.objects.find_lines(object_keys.customers(self.run_id, part), Customer)
        scored = await self.objects.find_lines(object_keys.sentiment(self.run_id, part), ScoredReview)
        scores = {each.review_id: each for each in scored}
        return {
            customer.customer_id: tuple(
                self._review(review, scores.get(review.review_id)) for review in customer.reviews
            )
            for customer in customers
        }

    async def categories(self) -> list[GalleryCategory]:
        """Return what is said of the products by category."""
        return gallery_categories(
            self.products.values(),
            await self.objects.find_lines(object_keys.product_sentiment(self.run_id), ProductSentiment),
            await self.objects.find_lines(object_keys.category_sentiment(self.run_id), CategorySentiment),
        )

    def _review(self, review: Review, scored: ScoredReview | None) -> GalleryReview:
        """The review of a product, which may be listed under several ids; the first that is known counts."""
        product = next((found for each in review.product_ids if (found := self.products.get(each))), None)
        if product is None:
            return gallery_review(review, scored, UNKNOWN_PRODUCT)
        return gallery_review(review, scored, product.name, "".join(product.category[-1:]))
