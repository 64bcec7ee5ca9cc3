"""What runs cost: reckoned before, from the ratios of measured runs, and measured afterwards."""
