"""The sample's product pictures: drawn when they are asked for, by kind and colour."""
