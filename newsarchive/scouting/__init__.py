"""Scouting: from what a site answers to the facts of an outlet, each with how sure it is. No network, no clock."""

from newsarchive.scouting.draft import Draft, as_facts, as_yaml, draft
from newsarchive.scouting.judging import Judgement
from newsarchive.scouting.sites import SitePage, read_page
from newsarchive.scouting.sources import (
    Probe,
    children,
    conventional,
    is_answer,
    likeliest,
    named,
    probe,
    sitemaps_of_robots,
    with_children,
)

__all__ = [
    "Draft",
    "Judgement",
    "Probe",
    "SitePage",
    "as_facts",
    "as_yaml",
    "children",
    "conventional",
    "draft",
    "is_answer",
    "likeliest",
    "named",
    "probe",
    "read_page",
    "sitemaps_of_robots",
    "with_children",
]
