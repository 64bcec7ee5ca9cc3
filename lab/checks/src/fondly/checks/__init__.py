"""Checks of finished emails with the tools that readers, spam filters and browsers are built on."""
