"""What a file is and what its rows mean: pure rules, no I/O, no AWS."""
