"""A stand-in for a language model that composes answers from patterns and facts.

It generates nothing: its words come from the data files of this package, its knowledge from the prompt.
"""

from understudy.engines.copywriter.copywriter import write

__all__ = ["write"]
