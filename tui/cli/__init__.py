"""The command line: arguments to a use case, data on stdout, narration on stderr, exit codes."""
