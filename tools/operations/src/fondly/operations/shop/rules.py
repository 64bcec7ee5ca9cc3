"""What each rule of the shop's `merchandising.yaml` matches among the products of the last run."""

from pydantic import BaseModel

from fondly.contracts import object_keys
from fondly.contracts.records import Product
from fondly.operations.environment import Environment
from fondly.operations.shop.preview import last_run
from fondly.operations.shop.stored import FileName
from fondly.recommender.domain.shop.matching import Matched, RuleMatches
from fondly.recommender.domain.shop.merchandising import read_shop_rules

RULES: FileName = "merchandising.yaml"


class RulesView(BaseModel):
    """Every rule of a file as written, and what it matches; without a run nothing is known of that."""

    run_id: str | None
    products: int
    rules: dict[str, Matched]


async def rule_matches(environment: Environment, text: str) -> RulesView:
    """Return what a file's rules match; raise `InvalidFileError` for one that cannot be used."""
    matches = RuleMatches(read_shop_rules(text.encode(), file=RULES))
    run, products = await last_run(environment), 0
    if run:
        async for line in (await environment.objects()).lines(object_keys.products(run.run_id)):
            matches.add(Product.model_validate_json(line))
            products += 1
    return RulesView(run_id=run.run_id if run else None, products=products, rules=matches.found)
