"""Reads what comes back: requests of customers, bounces, complaints. A process beside the sender's own.

Nobody's unsubscribing waits behind a delivery.
"""
