"""Review sentiment from an n-gram model and a small net, whose weights are packaged."""

from understudy.engines.sentiment.joining import Prior
from understudy.engines.sentiment.model import Scores, SentimentModel

__all__ = ["Prior", "Scores", "SentimentModel"]
