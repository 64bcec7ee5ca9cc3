"""The features of products that emails may name: finding them, deciding on them, forgetting them."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

from fondly.contracts import object_keys
from fondly.contracts.clock import utc_now
from fondly.contracts.records import Recommendation
from fondly.mailer.adapters.feature_records import DynamoDBFeatureRecords
from fondly.mailer.domain.facts.edited_features import UnfitFeatureError, edited_features, sellers_words
from fondly.mailer.domain.facts.features import ProductFeatures
from fondly.mailer.domain.words.lists import WordLists
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.operations.runs.lookup import find_run
from fondly.runtime.runs.run import Run, StageName


@dataclass(frozen=True)
class Features:
    """The features of an environment's products."""

    environment: Environment
    records: DynamoDBFeatureRecords

    @classmethod
    async def of(cls, environment: Environment) -> "Features":
        """Open their table; raise `MissingResourceError` if there is none."""
        table = await environment.table("product-features")
        return cls(environment, DynamoDBFeatureRecords(environment.dynamodb, table))

    async def of_run(self, wanted: str) -> tuple[list[ProductFeatures], int]:
        """Return the features of the products that a run recommends, and how many products have none."""
        run = await find_run(await self.environment.ledger(), wanted)
        product_ids = {product_id async for product_id in self._recommended(run)}
        found = await self.records.existing(sorted(product_ids))
        return _by_name(list(found.values())), len(product_ids - found.keys())

    async def of_text(self, text: str) -> list[ProductFeatures]:
        """Return the features of products with the text in their id, name or features; all without a text."""
        sought = text.casefold()
        return _by_name([each async for each in self.records.all() if sought in _searched(each)])

    async def of_product(self, product_id: str) -> ProductFeatures:
        """Return a product's features; raise `OperationError` if none are stored."""
        found = await self.records.existing([product_id])
        if product_id not in found:
            raise OperationError(
                f"no features of product {product_id} are stored: see `fondly features list`"
            )
        return found[product_id]

    async def decide(
        self, product_id: str, texts: Sequence[str], *, by: str, language: str
    ) -> tuple[ProductFeatures, list[str]]:
        """Store a decision; return its record and warnings; raise `OperationError` for an unfit text."""
        stored = (await self.records.existing([product_id])).get(product_id)
        try:
            features = edited_features(texts, lists := WordLists.load(language))
        except (LookupError, UnfitFeatureError) as error:
            raise OperationError(str(error)) from error
        record = ProductFeatures(
            product_id=product_id,
            product_name=stored.product_name if stored else "",
            digest=stored.digest if stored else "",
            features=features,
            edited=True,
            edited_by=" ".join(by.split()),
            updated_at=utc_now(),
        )
        await self.records.put_all([record])
        return record, list(_warnings(record, lists, is_new=stored is None))

    async def reset(self, product_id: str) -> None:
        """Forget a product's features: the next run asks the model. Raises `OperationError` without any."""
        if not await self.records.remove(product_id):
            raise OperationError(f"no features of product {product_id} are stored")

    async def _recommended(self, run: Run) -> AsyncIterator[str]:
        objects = await self.environment.objects()
        for part in sorted(run.stage(StageName.RECOMMENDER).done):
            key = object_keys.recommendations(run.run_id, part)
            for recommendation in await objects.find_lines(key, Recommendation):
                for pick in recommendation.picks:
                    yield pick.product.product_id


def _warnings(record: ProductFeatures, lists: WordLists, *, is_new: bool) -> Iterator[str]:
    if is_new:
        yield f"no features of product {record.product_id} were stored before: is the id right?"
    if words := sellers_words(record.features, lists):
        yield f"stored, but sellers praise with these words and the model may not: {', '.join(words)}"


def _searched(record: ProductFeatures) -> str:
    return "\n".join((record.product_id, record.product_name, *record.features)).casefold()


def _by_name(records: list[ProductFeatures]) -> list[ProductFeatures]:
    return sorted(records, key=lambda each: (each.product_name.casefold(), each.product_id))
