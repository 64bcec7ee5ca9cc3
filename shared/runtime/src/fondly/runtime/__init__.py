"""The runtime of every service: queue, runs, storage, settings, telemetry."""
