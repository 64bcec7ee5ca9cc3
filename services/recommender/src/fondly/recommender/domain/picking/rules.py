"""The merchandiser's rules: what may be among a customer's products, and what one run's are picked by."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from fondly.recommender.domain.shop.merchandising import ShopRules

MAX_PICKS = 12
"""An email of more is not read to its end, and nears the size at which Gmail clips."""
DEFAULT_PICKS = 5
RESULTS_PER_PICK = 5
"""How many ranked products there must be for each pick: fewer leave the rules too little to choose from."""
Picks = Annotated[int, Field(ge=1, le=MAX_PICKS)]
"""How many products a customer gets."""
UpToAll = Annotated[int, Field(ge=0, le=MAX_PICKS)]
"""How many of them a rule concerns."""


class Rules(BaseModel):
    """The figures of the rules, with defaults that suit most shops; each says what a change does.

    A rule yields only when a customer would otherwise get too few products, and every product that
    only a yielded rule let in is counted in the run's report.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_picks: Picks = 3
    """How many picks a list has before each further one needs a reason of the customer's own."""
    max_per_leaf: Picks = 2
    """Most picks of a leaf that is collected and that they have, unless more of theirs is of it; else one."""
    max_per_brand: Picks = 2
    """Most picks of one brand. 12 switches the rule off, as for a shop with a single brand."""
    min_rating: Annotated[float, Field(ge=0, le=5)] = 3.8
    """Lowest average rating in stars, where the category has enough products that reach it."""
    min_ratings: Annotated[int, Field(ge=0)] = 10
    """Fewest ratings for an average to count; fewer are enough where most of the category has fewer."""
    price_factor: Annotated[float, Field(ge=1)] = 3.0
    """A pick costs between what the customer usually pays divided by this and multiplied by it."""
    max_discoveries: UpToAll = 1
    """Most picks from a part of the shop that is new to the customer."""
    max_list_share: Annotated[float, Field(gt=0, le=1)] = 0.03
    """In what share of the lists of a run's part a product may be, unless it is made for what they own."""
    max_pinned: UpToAll = 2
    """Most pinned products in one list."""
    emails_without_repeats: Annotated[int, Field(ge=0, le=20)] = 2
    """How many of the customer's last emails hold products that are not picked again; 0 allows repeats."""
    min_linking_customers: Annotated[int, Field(ge=1)] = 2
    """Fewest customers who must have two products for one to be recommended because of the other."""
    min_similarity: Annotated[float, Field(ge=0, le=1)] = 0.3
    """How alike two products must be, by name and category, for "because you liked"."""
    popular_share: Annotated[float, Field(gt=0, le=1)] = 0.25
    """The share of a category's products, the most rated first, that counts as popular there."""
    new_for_days: Annotated[int, Field(ge=1)] = 30
    """How long a product counts as new after `available_from`."""
    well_rated_from: Annotated[float, Field(ge=0, le=5)] = 4.2
    """From this average rating a pick may be called well rated."""


class RunRules(BaseModel):
    """The rules of a run, kept with it, so that all its parts are picked by the same ones."""

    model_config = ConfigDict(frozen=True)

    rules: Rules
    picks: Picks = DEFAULT_PICKS
    shop: ShopRules = ShopRules()
