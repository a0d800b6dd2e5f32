"""The pictures of one encoder run as files in its folder, for ffmpeg, which reads only files."""

from itertools import count
from pathlib import Path

from pipeline.overlays import Drawn, photo_window
from pipeline.segments import graph
from pipeline.segments.plan import Page
from pipeline.segments.probe import upright
from pipeline.settings import House


class Stills:
    """The pictures of one run as files in its folder; one file for each use of a picture.

    ffmpeg-python takes equal inputs with equal filters for one and the same, which can't feed two.
    """

    def __init__(self, folder: Path, house: House) -> None:
        self._folder = folder
        _, _, width, height = photo_window(house.width, house.height)
        self._size = (width * graph.SUPERSAMPLED, height * graph.SUPERSAMPLED)
        self._numbers = count()

    def still(self, drawn: Drawn) -> Path:
        path = self._new()
        path.write_bytes(drawn.png)
        return path

    def photo(self, page: Page) -> Path:
        assert page.photo is not None
        path = self._new()
        upright(page.photo, *self._size).save(path, compress_level=1)
        return path

    def _new(self) -> Path:
        return self._folder / f"{next(self._numbers)}.png"
