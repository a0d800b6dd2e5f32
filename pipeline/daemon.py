"""The daily schedule: for each session, what must happen when, as APScheduler jobs.

Each job is one call into the line and may run late or twice: what is made already is only looked up.
"""

from datetime import timedelta

from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.date import DateTrigger

from pipeline.broadcasting import on_youtube
from pipeline.errors import TayangError, Text, UsageError
from pipeline.publish import publishing
from pipeline.rundown import Session, plan
from pipeline.screen import list_faults, say, show_error
from pipeline.wiring import Studio

LATE = 3600  # seconds after its time at which a job still makes sense
