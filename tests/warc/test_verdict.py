from newsarchive.warc.verdict import Tally


def test_what_was_not_checked_is_counted_in_the_singular_and_the_plural():
    tally = Tally(right=1204)
    tally.not_checked.update({"files without a manifest": 1, "in files that keep no requests": 1, "lines of others": 2})
    told = "1 file without a manifest; 1 in files that keep no requests; 2 lines of others"
    assert str(tally) == f"1,204 ok, not checked: {told}"
