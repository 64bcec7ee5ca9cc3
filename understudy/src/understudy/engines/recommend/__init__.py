"""Recommendations from who liked what, in which order, and from what is known about the items.

Nothing here knows about a wire protocol, a file or a service: arrays in, arrays out.
"""

from understudy.engines.recommend.content import ItemContent
from understudy.engines.recommend.evaluation import Split, evaluate
from understudy.engines.recommend.events import Events, Histories, Satisfaction, satisfaction_weights
from understudy.engines.recommend.hybrid import Ranking
from understudy.engines.recommend.profiles import Profiles
from understudy.engines.recommend.recommender import Allowed, Recommender

__all__ = [
    "Allowed",
    "Events",
    "Histories",
    "ItemContent",
    "Profiles",
    "Ranking",
    "Recommender",
    "Satisfaction",
    "Split",
    "evaluate",
    "satisfaction_weights",
]
