"""Dead letters: counting, showing, redriving and discarding them."""
