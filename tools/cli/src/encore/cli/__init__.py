"""The operators' command line: what the queues hold, how runs stand, what died and why, what happens now."""
