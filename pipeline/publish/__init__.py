"""Publishing: broadcasts and clips on YouTube, each exactly once, reconciled with what is wanted.

`with publishing(settings, clock) as publisher` holds the one right to publish from a state folder.
"""

from pipeline.publish.account import Account, Notice, when
from pipeline.publish.actions import Action, Kind, Plan
from pipeline.publish.broadcasts import Broadcast
from pipeline.publish.captions import TYPES as CAPTIONS
from pipeline.publish.chapters import Moment
from pipeline.publish.consent import BadAnswer, begin_login, finish_login, login
from pipeline.publish.health import health
from pipeline.publish.links import Links, Video
from pipeline.publish.live import Conductor, Look, Standing
from pipeline.publish.notices import CLOCK_MAY_BE_OFF
from pipeline.publish.outcomes import Remedy, YouTubeError
from pipeline.publish.plan import plan
from pipeline.publish.publisher import Done, Publisher, known, planned, publishing
from pipeline.publish.quota import Airtime, Bucket
from pipeline.publish.scopes import SCOPE, in_words
from pipeline.publish.wishes import (
    BroadcastWish,
    Picture,
    PlaylistWish,
    Recap,
    Upload,
    Wanted,
    broadcast_wish,
    clip_wish,
    playlist_wish,
    recap,
)
from pipeline.publish.youtube import YouTubeApi, connect

__all__ = [
    "CAPTIONS",
    "CLOCK_MAY_BE_OFF",
    "SCOPE",
    "Account",
    "Action",
    "Airtime",
    "BadAnswer",
    "Broadcast",
    "BroadcastWish",
    "Bucket",
    "Conductor",
    "Done",
    "Kind",
    "Links",
    "Look",
    "Moment",
    "Notice",
    "Picture",
    "Plan",
    "PlaylistWish",
    "Publisher",
    "Recap",
    "Remedy",
    "Standing",
    "Upload",
    "Video",
    "Wanted",
    "YouTubeApi",
    "YouTubeError",
    "begin_login",
    "broadcast_wish",
    "clip_wish",
    "connect",
    "finish_login",
    "health",
    "in_words",
    "known",
    "login",
    "plan",
    "planned",
    "playlist_wish",
    "publishing",
    "recap",
    "when",
]
