"""The commands: what is asked for, and how the answer is shown."""
