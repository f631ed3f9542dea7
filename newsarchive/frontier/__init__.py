"""Scrapy's shell around the frontier: what an outlet's spider fetches next."""

from newsarchive.frontier.scheduler import LeaseScheduler

__all__ = ["LeaseScheduler"]
