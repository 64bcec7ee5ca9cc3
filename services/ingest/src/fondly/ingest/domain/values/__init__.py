"""Reads single values as shops write them. Every reader raises `UnreadableError` with the reason.

A reader takes the whole text or none of it, and never guesses: what a column leaves open is decided once for
the column, in `conventions`.
"""
