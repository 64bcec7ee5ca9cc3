"""The product pictures of made-up shops."""
