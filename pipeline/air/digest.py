"""The fingerprint of an airing's coded pictures: `packets` in the journal. Pure.

Blocks of pictures are hashed, and the hashes are folded, so that the fingerprint of the blocks so far is
all it takes to go on: after a kill only the last block has to be read again, not hours of program.
"""

import hashlib

BLOCK = 1500
"""A block ends before the first keyframe after so many pictures: a minute at 25 fps."""


class PictureDigest:
    """SHA-256 over `folded + SHA-256(block)`, folded block after block, and for the rest.

    `folded` is the hexadecimal fingerprint of the whole blocks before, "" when there are none yet.
    """

    def __init__(self, folded: str = "") -> None:
        self.folded = folded
        self._pictures = 0
        self._block = hashlib.sha256()

    def update(self, picture: bytes, key: bool) -> bool:
        """Adds one coded picture, in decoding order.

        True when a block was complete before it: `folded` is then the fingerprint of all that came
        before this picture, a keyframe.
        """
        fold = key and self._pictures >= BLOCK
        if fold:
            self.folded = self.hexdigest()
            self._pictures = 0
            self._block = hashlib.sha256()
        self._block.update(picture)
        self._pictures += 1
        return fold

    def hexdigest(self) -> str:
        """The fingerprint of all pictures so far."""
        return hashlib.sha256(self.folded.encode() + self._block.digest()).hexdigest()
