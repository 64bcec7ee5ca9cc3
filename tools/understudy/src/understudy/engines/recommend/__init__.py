"""Recommendations from who liked what, in which order, and from what is known about the items.

Nothing here knows about a wire protocol, a file or a service: arrays in, arrays out.
"""

from understudy.engines.recommend.content import ItemContent, content_similarity
from understudy.engines.recommend.evaluation import Split, evaluate
from understudy.engines.recommend.events import Events, Histories
from understudy.engines.recommend.hybrid import Allowed, HybridModel, Profiles, Ranking
from understudy.engines.recommend.leave_one_out import LeaveOneOut, Protocol, leave_one_out
from understudy.engines.recommend.params import HybridParams
from understudy.engines.recommend.satisfaction import satisfaction_weights

__all__ = [
    "Allowed",
    "Events",
    "Histories",
    "HybridModel",
    "HybridParams",
    "ItemContent",
    "LeaveOneOut",
    "Profiles",
    "Protocol",
    "Ranking",
    "Split",
    "content_similarity",
    "evaluate",
    "leave_one_out",
    "satisfaction_weights",
]
