"""What belongs beside a WARC file, from its records alone: articles, and the reasons of what gave none."""

from newsarchive.deriving.deriving import derive, pages, read
from newsarchive.deriving.finding import find
from newsarchive.deriving.findings import Derived, OutletOf, Unread
from newsarchive.deriving.origin import Origin
from newsarchive.warc.problem import Problem

__all__ = ["Derived", "Origin", "OutletOf", "Problem", "Unread", "derive", "find", "pages", "read"]
