"""A made-up shop in the format of the Kaggle file `amazon.csv`, with that file's quirks."""

from fondly.evaluation.sample.writer import SampleFacts, generate, write_sample

__all__ = ["SampleFacts", "generate", "write_sample"]
