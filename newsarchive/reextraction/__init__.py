"""Deriving the rows of many WARC files anew: which files, by which rules, by several processes, into another folder."""
