"""The recommender on a shop's own file, through the services' own code, in this process and without AWS."""
