"""A run under chaos: crashes, faults, duplicates, disorder and wrong clocks, all drawn from a seed."""
