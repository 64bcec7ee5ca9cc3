"""Scores a run's reviews with Amazon Comprehend."""
