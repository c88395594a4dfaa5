"""Promotion through a Docker Engine: pull, tag, push, with its event stream; the SDK is imported when it is used."""
