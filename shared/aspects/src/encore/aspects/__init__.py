"""What a review praises or blames."""
