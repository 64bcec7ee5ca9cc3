"""What one run's products are picked by."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, ConfigDict, field_serializer

from encore.recommender.domain.rules import DEFAULT_PICKS, Picks, Rules
from encore.recommender.domain.shop_rules import ShopRules


class RunRules(BaseModel):
    """The rules of a run, kept with it, so that all its parts are picked by the same ones."""

    model_config = ConfigDict(frozen=True)

    rules: Rules
    picks: Picks = DEFAULT_PICKS
    shop: ShopRules = ShopRules()

    @field_serializer("shop")
    def _in_order(self, shop: ShopRules) -> Mapping[str, Any]:
        """Sets have no order, but equal rules are stored as equal bytes."""
        members = asdict(shop)
        return {name: sorted(each) if isinstance(each, frozenset) else each for name, each in members.items()}
