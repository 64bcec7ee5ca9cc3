"""What the recommender service does, one file per use case."""
