"""Shares the account's quota for a paid API among all tasks: waiting costs time, no message. See ADR 29."""
