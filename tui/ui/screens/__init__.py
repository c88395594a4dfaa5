"""Screens: they own handlers and workers, and ask use cases for everything else."""
