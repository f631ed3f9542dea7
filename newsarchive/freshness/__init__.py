"""When to look again: decisions from evidence alone. Pure: no Scrapy, no clock, no file; moments are whole seconds
since 1970, UTC, and `now` is always an argument.
"""
