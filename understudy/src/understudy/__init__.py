"""An AWS-compatible stand-in for Comprehend, Personalize and Bedrock."""

from importlib.metadata import version

__version__ = version("fondly-understudy")
