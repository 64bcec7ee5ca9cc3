"""What operators are told and what they can do, free of AWS."""
