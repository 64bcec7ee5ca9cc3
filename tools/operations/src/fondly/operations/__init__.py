"""What people do to the system: typed arguments in, models or progress out, and nothing printed."""
