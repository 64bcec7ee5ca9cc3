"""Doubles, clients and checks shared by the tests of several packages."""
