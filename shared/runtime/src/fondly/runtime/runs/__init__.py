"""The run ledger, and what is built on it: locks, prices, stages, lifecycle."""
