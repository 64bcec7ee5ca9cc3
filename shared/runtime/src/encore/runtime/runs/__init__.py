"""The run ledger, and what is built on it: locks, paid results, prices, stages, lifecycle."""
