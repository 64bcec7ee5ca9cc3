"""The queues and what waits in them."""
