"""What became of the rows of an archive in another reading of it: matched, compared by field, told with samples."""

from newsarchive.comparing.comparing import compare as compare
from newsarchive.comparing.comparison import Comparison as Comparison
from newsarchive.comparing.html_form import as_html as as_html
from newsarchive.comparing.json_form import as_json as as_json
from newsarchive.comparing.text_form import as_text as as_text
