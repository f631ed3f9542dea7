import rfc8785

from newsarchive.store.lines import line_of


def test_a_line_is_canonical_json_whatever_is_printed_in_it():
    text = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x11000)))) + "\U0001f600"
    for metadata in ({}, {"\U0001f600": 1, "\uffff": 2.5}):
        row = {"text": text, "quality": {"words": 2**31, "flags": []}, "b": None, "a": True, "metadata": metadata}
        assert line_of(row) == rfc8785.dumps(row) + b"\n"
