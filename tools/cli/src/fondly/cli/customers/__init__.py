"""What `encore customer` and `encore product` do: show, export and forget, and search for what is left."""
