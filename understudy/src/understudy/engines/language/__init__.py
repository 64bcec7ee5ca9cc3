"""The language of a text, from a naive Bayes model whose weights its library packages."""

from understudy.engines.language.detector import Language, LanguageDetector

__all__ = ["Language", "LanguageDetector"]
