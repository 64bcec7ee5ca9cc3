"""Review sentiment by a small linear model whose weights come with the package."""

from understudy.engines.sentiment.model import Scores, SentimentModel

__all__ = ["Scores", "SentimentModel"]
