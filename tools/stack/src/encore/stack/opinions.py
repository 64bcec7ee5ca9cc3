"""Reads what a run's customers wrote and what their reviews were scored, for the gallery."""

from dataclasses import dataclass

from encore.contracts import object_keys
from encore.contracts.records import (
    CategorySentiment,
    Customer,
    Product,
    ProductSentiment,
    Review,
    ScoredReview,
)
from encore.runtime.ports import Objects
from encore.stack.gallery import GalleryCategory, GalleryReview
from encore.stack.gallery.categories import gallery_categories
from encore.stack.gallery.reviews import gallery_review

UNKNOWN_PRODUCT = "a product that is not in the catalogue"


@dataclass(frozen=True)
class RunOpinions:
    """A run's reviews and opinions; what a failed run has not stored counts as empty."""

    objects: Objects
    run_id: str
    products: list[Product]
    by_id: dict[str, Product]

    @classmethod
    async def of(cls, objects: Objects, run_id: str) -> "RunOpinions":
        """Read the run's catalogue."""
        products = await objects.find_lines(object_keys.products(run_id), Product)
        return cls(objects, run_id, products, {each.product_id: each for each in products})

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
            self.products,
            await self.objects.find_lines(object_keys.product_sentiment(self.run_id), ProductSentiment),
            await self.objects.find_lines(object_keys.category_sentiment(self.run_id), CategorySentiment),
        )

    def _review(self, review: Review, scored: ScoredReview | None) -> GalleryReview:
        """The review of a product, which may be listed under several ids; the first that is known counts."""
        product = next((self.by_id[each] for each in review.product_ids if each in self.by_id), None)
        if product is None:
            return gallery_review(review, scored, UNKNOWN_PRODUCT)
        return gallery_review(review, scored, product.name, "".join(product.category[-1:]))
