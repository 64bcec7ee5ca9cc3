"""AWS behind the recommender's ports."""
