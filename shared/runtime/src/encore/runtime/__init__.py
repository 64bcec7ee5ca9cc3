"""What two or more Encore services use: events, bus, ledger, store, settings, telemetry."""
