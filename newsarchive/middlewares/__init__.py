"""Scrapy's side of politeness: what every request passes on its way to a host, and back."""
