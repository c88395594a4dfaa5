"""Locks: what a registry lets nobody write until it is unlocked."""

from enum import StrEnum


class LockedPart(StrEnum):
    """What is locked; each has a lock of its own, and any of them forbids the write."""

    REPOSITORY = "repository"
    TAG = "tag"
