"""Proving signatures with public keys."""
