"""What Azure Container Registry has beyond the OCI distribution API: its logins, its lists, its locks, its budgets.

Written after the recordings that Azure's own SDKs are tested with: field names, error codes and challenges are theirs.
"""
