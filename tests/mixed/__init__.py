"""Two releases side by side: this one, and the release before."""
