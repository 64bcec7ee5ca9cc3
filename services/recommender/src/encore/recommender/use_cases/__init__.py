"""What the recommender service does, one file a use case."""
