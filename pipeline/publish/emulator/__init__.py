"""YouTube's Data and Live API on this machine: strict, with a real RTMP ingest, for rehearsals.

Sign in with any client id and secret and the refresh token `REFRESH_TOKEN` at `<url>/token`.
"""

from pipeline.publish.emulator.oauth import REFRESH_TOKEN
from pipeline.publish.emulator.quota import Limits
from pipeline.publish.emulator.scenario import Scenario, read_scenario
from pipeline.publish.emulator.server import Emulator, address_of, running, serve
from pipeline.publish.emulator.world import Delays

__all__ = [
    "REFRESH_TOKEN",
    "Delays",
    "Emulator",
    "Limits",
    "Scenario",
    "address_of",
    "read_scenario",
    "running",
    "serve",
]
