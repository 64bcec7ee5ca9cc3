"""Turns an uploaded file into a run: customers, products and reviews in bounded parts."""
