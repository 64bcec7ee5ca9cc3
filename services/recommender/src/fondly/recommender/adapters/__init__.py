"""The recommender's ports, implemented on AWS."""
