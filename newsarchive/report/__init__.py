"""What a crawl did, told to a person: as text, as JSON and as one HTML page."""

from newsarchive.report.article_lines import ArticleLine, ArticleLines
from newsarchive.report.crawl_report import CrawlReport, SourceLine
from newsarchive.report.html_form import as_html
from newsarchive.report.json_form import as_json, json_pieces
from newsarchive.report.progress import Progress
from newsarchive.report.text_form import as_text

__all__ = [
    "ArticleLine",
    "ArticleLines",
    "CrawlReport",
    "Progress",
    "SourceLine",
    "as_html",
    "as_json",
    "as_text",
    "json_pieces",
]
