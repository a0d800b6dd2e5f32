"""Publishing: broadcasts and clips on YouTube, each exactly once, reconciled with what is wanted.

`with publishing(settings, clock) as publisher` holds the one right to publish from a state folder.
"""

from pipeline.publish.account import Account, status
from pipeline.publish.broadcasts import Broadcast
from pipeline.publish.outcomes import Remedy, YouTubeError
from pipeline.publish.plan import Action, Wanted, plan
from pipeline.publish.publisher import Links, Publisher, known, publishing
from pipeline.publish.signin import login
from pipeline.publish.wishes import BroadcastWish, Upload, broadcast_wish, clip_wish
from pipeline.publish.youtube import YouTubeApi, connect

__all__ = [
    "Account",
    "Action",
    "Broadcast",
    "BroadcastWish",
    "Links",
    "Publisher",
    "Remedy",
    "Upload",
    "Wanted",
    "YouTubeApi",
    "YouTubeError",
    "broadcast_wish",
    "clip_wish",
    "connect",
    "known",
    "login",
    "plan",
    "publishing",
    "status",
]
