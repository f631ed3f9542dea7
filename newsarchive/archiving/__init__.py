"""The files of an archive while a crawl writes them, and their repair after one that died. Knows nothing of Scrapy."""
