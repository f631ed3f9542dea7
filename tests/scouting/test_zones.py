"""The zone of an outlet, from little and from much."""

import pytest

from newsarchive.scouting.zones import judge

WINTER, SUMMER = "Tue, 20 Jan 2026 10:00:00 {}", "Mon, 20 Jul 2026 10:00:00 {}"


@pytest.mark.parametrize(
    ("host", "language", "region", "printed", "zone", "sureness"),
    [
        ("times.de", "de", None, [WINTER.format("+0100"), SUMMER.format("+0200")], "Europe/Berlin", "sure"),
        ("times.com.au", "en", "au", [WINTER.format("+0800")], "Australia/Perth", "sure"),
        ("times.com.au", "en", "au", [WINTER.format("+1100")], "Australia/Sydney", "sure"),
        ("times.com.ua", "uk", None, [WINTER.format("+0000")], "Europe/Kyiv", "guessed"),
        ("times.co.jp", "ja", None, [], "Asia/Tokyo", "likely"),
        ("times.co.uk", "en", None, ["2026-07-20T10:00:00+01:00"], "Europe/London", "sure"),
        ("times.org", "he", None, [WINTER.format("+0200")], "Asia/Jerusalem", "likely"),
        ("times.com", "en", None, [WINTER.format("-0500")], "America/New_York", "guessed"),
        ("times.com", "en", None, [WINTER.format("GMT")], "UTC", "guessed"),
        ("times.io", "en", "gb", [], "Europe/London", "guessed"),
        ("times.tv", None, None, ["nonsense", "2026-01-20"], "UTC", "guessed"),
    ],
)
def test_a_zone_is_judged_from_offsets_country_and_language(host, language, region, printed, zone, sureness):
    found = judge(host, language=language, region=region, printed=printed)
    assert (found.value, found.sureness) == (zone, sureness)
