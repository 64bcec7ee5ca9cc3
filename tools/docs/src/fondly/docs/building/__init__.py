"""Writes what MkDocs builds the site from: `python -m fondly.docs.building`, in a checkout."""
