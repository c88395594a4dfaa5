"""`windlass.toml` into a frozen model; what is wrong in it is told with file, line, key and a mend."""
