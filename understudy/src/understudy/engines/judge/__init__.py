"""A stand-in for a model that judges copy: refuses what the facts of the question do not prove."""

from understudy.engines.judge.judge import judge

__all__ = ["judge"]
