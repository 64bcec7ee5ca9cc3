"""The API: the operations of the pages and the command line, for programs."""
