"""Programs that consume a queue, each with its own library and in its own process."""
