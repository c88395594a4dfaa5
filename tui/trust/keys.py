"""Public keys by the files they lie in, which are read each time: a key that was replaced counts at once."""

import asyncio


class PublicKeys:
    """Proves signatures with the keys in PEM files (ports.trust.Trust). Imports its cryptography when first used."""

    async def verifies(self, key_file: str, message: bytes, signature: bytes, algorithm: str = "") -> bool:
        """True where the key in `key_file` made `signature` of `message`. Raises TrustError.

        RSA takes milliseconds, and a file may lie on a slow disk: both are done aside.
        """
        return await asyncio.to_thread(_verifies, key_file, message, signature, algorithm)


def _verifies(key_file: str, message: bytes, signature: bytes, algorithm: str) -> bool:
    from tui.trust.proving import proves
    from tui.trust.reading import read_key

    return proves(read_key(key_file), message, signature, algorithm)
