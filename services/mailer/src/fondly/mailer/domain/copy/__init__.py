"""The words of an email: who writes them, what is asked, and the rules that they must keep."""
