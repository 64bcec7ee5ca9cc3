"""The models behind the services: they know nothing of AWS."""
