"""Doubles, clients and checks that tests of several packages use."""
