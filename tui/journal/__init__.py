"""What happened and what was seen, in SQLite, on disk before anybody is told."""
