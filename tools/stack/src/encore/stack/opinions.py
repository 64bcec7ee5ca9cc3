"""Reads what a run's customers wrote and what their reviews were scored, for the gallery."""

from dataclasses import dataclass

from encore.contracts import object_keys
from encore.contracts.records import CategorySentiment, Customer, Product, ProductSentiment, ScoredReview
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
    names: dict[str, str]

    @classmethod
    async def of(cls, objects: Objects, run_id: str) -> "RunOpinions":
        """Read the run's catalogue."""
        products = await objects.find_lines(object_keys.products(run_id), Product)
        return cls(objects, run_id, products, {each.product_id: each.name for each in products})

    async def reviews(self, part: int) -> dict[str, tuple[GalleryReview, ...]]:
        """Return the reviews of a part's customers, by customer id."""
        customers = await self.objects.find_lines(object_keys.customers(self.run_id, part), Customer)
        scored = await self.objects.find_lines(object_keys.sentiment(self.run_id, part), ScoredReview)
        scores = {each.review_id: each for each in scored}
        return {
            customer.customer_id: tuple(
                gallery_review(review, scores.get(review.review_id), self._name(review.product_ids))
                for review in customer.reviews
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

    def _name(self, product_ids: tuple[str, ...]) -> str:
        """The name of what was reviewed, which may be listed under several ids."""
        return next((self.names[each] for each in product_ids if each in self.names), UNKNOWN_PRODUCT)
