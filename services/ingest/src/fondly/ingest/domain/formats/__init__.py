"""The formats of files: their fields, how columns are recognised, and the mapping that a shop may write."""
