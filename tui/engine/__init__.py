"""The ways to promote: registry to registry, and through a Docker Engine."""
