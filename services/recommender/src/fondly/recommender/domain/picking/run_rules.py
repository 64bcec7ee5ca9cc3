"""What one run's products are picked by."""

from pydantic import BaseModel, ConfigDict

from fondly.recommender.domain.picking.rules import DEFAULT_PICKS, Picks, Rules
from fondly.recommender.domain.shop.merchandising import ShopRules


class RunRules(BaseModel):
    """The rules of a run, kept with it, so that all its parts are picked by the same ones."""

    model_config = ConfigDict(frozen=True)

    rules: Rules
    picks: Picks = DEFAULT_PICKS
    shop: ShopRules = ShopRules()
