"""What `fondly customer` and `fondly product` do: show, export and forget, and search for what is left."""
