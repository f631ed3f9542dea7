"""What a person sees of a reading: its fields, and its blocks with their reasons, on a terminal and as a page."""

from newsarchive.explanation.fields import Field, fields, is_good
from newsarchive.explanation.html_form import as_html
from newsarchive.explanation.json_form import as_json
from newsarchive.explanation.text_form import as_text, blocks_as_text

__all__ = ["Field", "as_html", "as_json", "as_text", "blocks_as_text", "fields", "is_good"]
