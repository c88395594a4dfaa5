"""Windlass: hoists container images from registry to registry."""

__version__ = "0.1.0"
