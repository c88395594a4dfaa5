"""Azure Container Registry's own API (`/acr/v1`): lists that name the digests, and locks. No more than that."""
