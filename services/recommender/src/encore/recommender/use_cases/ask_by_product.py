"""Asks Personalize about products instead of customers: the input of the batch job, and its answers."""

from collections.abc import Collection
from dataclasses import dataclass

from encore.recommender.domain import learned_keys, personalize_keys
from encore.recommender.domain.bundles import Bundle
from encore.recommender.domain.prepared import Prepared, PreparedBundle
from encore.recommender.domain.woven import ProductLists, product_lines
from encore.recommender.ports import RankedObjects
from encore.runtime.batches import batches
from encore.runtime.runs.run import Run

PRODUCT_FILES = "product_files"
"""Where a run's `step` keeps how many files of products Personalize reads."""
PRODUCTS_PER_FILE = 50_000


@dataclass(frozen=True, slots=True)
class AskByProduct:
    """Writes a line for each product that customers have, once for the whole run, and reads the answers.

    Products do not keep to bundles: each bundle reads all answers, line by line, and keeps those about its
    own customers' products.
    """

    objects: RankedObjects

    async def put_input(self, run_id: str, asked: Collection[str], prepared: Prepared) -> Prepared:
        """Write the input of the batch job; return the run with what it asks for."""
        files = largest = 0
        for number, some in enumerate(batches(sorted(asked), PRODUCTS_PER_FILE), start=1):
            key, lines = personalize_keys.product_input(run_id, number), product_lines(some)
            await self.objects.put(key, lines, content_type=personalize_keys.LINES_TYPE)
            files, largest = number, max(largest, len(some))
        return prepared.asking(len(asked), files, largest)

    async def lists(self, run: Run, bundle: Bundle) -> ProductLists:
        """Read what goes with the products of a bundle's customers."""
        key = learned_keys.prepared(run.run_id, bundle.first)
        (prepared,) = await self.objects.get_lines(key, PreparedBundle)
        lists = ProductLists(prepared.products)
        if prepared.products:
            for number in range(1, int(run.step.get(PRODUCT_FILES, 0)) + 1):
                async for line in self.objects.lines(personalize_keys.product_output(run.run_id, number)):
                    lists.add(line)
        return lists
