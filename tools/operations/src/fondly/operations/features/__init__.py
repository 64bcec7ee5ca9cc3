"""The features of products that emails may name, for people to look at and to change."""
