"""Review sentiment from a small linear model whose weights are packaged."""

from understudy.engines.sentiment.model import Scores, SentimentModel

__all__ = ["Scores", "SentimentModel"]
