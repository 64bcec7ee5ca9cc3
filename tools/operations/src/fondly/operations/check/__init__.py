"""`fondly check`: what a shop's files are, whether they can be used, and what a run of them comes to."""
