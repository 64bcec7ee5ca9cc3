"""Amazon Personalize: what a run needs of it, and the requests for that."""
