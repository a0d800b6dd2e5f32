"""The emulated channel as a web page: the state comes in, one self-contained HTML page goes out."""

from pipeline.publish.emulator.store import Json
from pipeline.publish.emulator.world import World


def render(world: World, state: Json) -> str:
    """The page of the channel as it is now."""
    return "<h1>emulator</h1>"
