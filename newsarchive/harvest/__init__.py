"""Crawling all outlets that are due, in one process and one reactor."""

from newsarchive.harvest.harvest import Harvest
from newsarchive.harvest.plan import Plan

__all__ = ["Harvest", "Plan"]
