"""The run ledger and what belongs to it: locks, paid results, prices, stages, how a run ends."""
