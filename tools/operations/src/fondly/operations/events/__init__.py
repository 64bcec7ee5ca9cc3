"""The events that services publish, as they come."""
