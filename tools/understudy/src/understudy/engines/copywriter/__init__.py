"""A stand-in for a language model that composes answers from phrases and facts.

It generates nothing: its words come from `phrases`, its knowledge from the prompt.
"""

from understudy.engines.copywriter.copywriter import write

__all__ = ["write"]
