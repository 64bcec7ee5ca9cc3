"""Finds the features of a product: noun phrases, word for word as they stand in its name and bullets."""

from understudy.engines.copywriter.features.english import article, number
from understudy.engines.copywriter.features.extract import MAX_FEATURES, features

__all__ = ["MAX_FEATURES", "article", "features", "number"]
