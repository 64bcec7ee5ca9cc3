"""The protocol with which the literature compares sequential recommenders, on files of its format."""
