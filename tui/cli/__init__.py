"""The command line: argv to a use case, data on stdout, narration on stderr, and an exit code."""
