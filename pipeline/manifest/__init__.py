"""Manifest: journals become an account of every stand's airtime that every exhibitor can check.

A journal is projected into a database, accounted for, shown in five forms, and proved against the
program log. Knows no publishing: links come in as plain values.
"""

from pipeline.manifest.asrun import AsRun, as_run
from pipeline.manifest.export import as_json, csv_file, save
from pipeline.manifest.page import html_page
from pipeline.manifest.pictures import same_pictures
from pipeline.manifest.proof import FindSegment
from pipeline.manifest.report import (
    AiringAccount,
    Links,
    Manifest,
    SessionAccount,
    StandAccount,
    Status,
    Totals,
    Video,
    account,
)
from pipeline.manifest.store import project, read_sessions
from pipeline.manifest.terminal import table
from pipeline.manifest.verify import Verdict, verify
from pipeline.manifest.workbook import xlsx_file

__all__ = [
    "AiringAccount",
    "AsRun",
    "FindSegment",
    "Links",
    "Manifest",
    "SessionAccount",
    "StandAccount",
    "Status",
    "Totals",
    "Verdict",
    "Video",
    "account",
    "as_json",
    "as_run",
    "csv_file",
    "html_page",
    "project",
    "read_sessions",
    "same_pictures",
    "save",
    "table",
    "verify",
    "xlsx_file",
]
