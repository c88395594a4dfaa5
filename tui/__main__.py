"""`python -m tui` is `windlass`."""
