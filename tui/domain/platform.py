"""What an image runs on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Platform:
    """What a manifest runs on, in the words of the image specification: `linux/arm64/v8`."""

    os: str
    architecture: str
    variant: str = ""

    def __str__(self) -> str:
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)

    @property
    def is_known(self) -> bool:
        """False for `unknown/unknown`, which builders give to attestation manifests."""
        return self.os != "unknown"
