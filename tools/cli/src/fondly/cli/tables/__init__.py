"""What people are shown: declared apart from how it is drawn, a module per subject."""
