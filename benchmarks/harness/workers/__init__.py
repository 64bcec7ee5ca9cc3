"""Programs that consume a queue, each with its own library; run in processes of their own."""
