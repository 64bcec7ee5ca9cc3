"""What every service runs on: queue, runs, storage, settings, telemetry."""
