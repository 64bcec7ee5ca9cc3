"""The web console over the operations: one place to see, judge, approve and answer for everything."""
