"""Finds the features of a product: noun phrases, word for word as they stand in its name and bullets."""

from understudy.engines.copywriter.features.extract import MAX_FEATURES, features
from understudy.engines.copywriter.features.lexicon import article, number

__all__ = ["MAX_FEATURES", "article", "features", "number"]
