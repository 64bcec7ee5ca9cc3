"""A stand-in for a language model: it composes answers from phrases and facts.

Nothing is generated. What it says is chosen from `phrases`, what it knows comes from the prompt.
"""

from understudy.engines.copywriter.copywriter import write

__all__ = ["write"]
