"""Settings: what a file says, and what is told of a mistake in it."""
