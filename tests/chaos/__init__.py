"""Chaos tests: crashes, faults, duplicates, reordering and wrong clocks, all drawn from a seed."""
