"""windlass.toml into a frozen model; an error names file, line, key and the nearest right spelling."""
