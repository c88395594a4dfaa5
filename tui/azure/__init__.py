"""Azure: logging in, finding registries, and having Azure import images on its side."""
