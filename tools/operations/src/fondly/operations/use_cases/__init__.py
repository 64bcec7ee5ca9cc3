"""What people and programs ask for by names and ids alone: each function finds, does, notes, and answers."""
