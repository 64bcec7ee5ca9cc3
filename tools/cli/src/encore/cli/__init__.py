"""The command `encore`: run the stack, and look after queues, runs, dead letters and events of any stage."""
