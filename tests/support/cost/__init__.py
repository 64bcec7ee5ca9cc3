"""What the figures of `docs/cost.md` and of every estimate come from."""
