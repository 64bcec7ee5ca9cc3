"""What is learned of a whole run, bundle by bundle."""
