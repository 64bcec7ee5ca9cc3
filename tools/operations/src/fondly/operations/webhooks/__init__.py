"""Webhooks: other systems are told, in signed requests, what has become of a run. Nobody is named."""
