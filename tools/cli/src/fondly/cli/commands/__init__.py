"""The commands, a file per group: their options, what they call, and how the answer is shown."""
