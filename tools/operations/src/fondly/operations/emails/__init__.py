"""Finished emails: looking at them before they go out, and sending one as a test."""
