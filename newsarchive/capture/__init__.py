"""Capture: what goes over the wire is archived before anybody sees it. `Addon` turns it on in any Scrapy project."""

from newsarchive.capture.addon import Addon

__all__ = ["Addon"]
