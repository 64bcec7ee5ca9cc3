"""Tests across packages, and what tests of several packages share."""
