"""Turns an uploaded file into a run: products, customers and reviews in bounded parts."""
