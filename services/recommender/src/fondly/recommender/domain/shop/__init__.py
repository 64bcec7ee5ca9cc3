"""What a shop sells, and what its products are."""
