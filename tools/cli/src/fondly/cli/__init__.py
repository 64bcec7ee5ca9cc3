"""The command `fondly`: run the stack; look after any environment's queues, runs, dead letters and events."""
