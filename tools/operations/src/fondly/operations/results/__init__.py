"""What the emails of a run have led to: variants of subjects and a holdout, compared."""
