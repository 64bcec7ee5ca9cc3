"""`fondly cleanup`: deletes what the system has made, step by step, and says what is left."""
