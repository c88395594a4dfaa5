"""Talking to registries: the OCI distribution API as a client that trusts nothing it is told."""
