"""What a site said beforehand goes into a metadata record and comes back from it."""

from newsarchive.items import RobotsTxt, TdmRep, Terms
from newsarchive.warc import terms
from newsarchive.warc.fields import warc_fields
from newsarchive.warc.reader import read_records

ROBOTS = RobotsTxt("<urn:uuid:1>", "read", "*", "Disallow: /x", "user-agent:gptbot")
TDMREP = TdmRep("<urn:uuid:2>", "/x", "1", "https://times.example/tdm.json")


def written_and_read(said: Terms, tmp_path) -> Terms:
    block = warc_fields((name, value) for name, value in terms.told(said) if value)
    record = f"WARC/1.1\r\nWARC-Type: metadata\r\nContent-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"
    (tmp_path / "x.warc").write_bytes(record)
    (read,) = read_records(tmp_path / "x.warc")
    return terms.read(read.block_fields())


def test_all_that_was_said_comes_back(tmp_path):
    bare = RobotsTxt(None, "unavailable", None, None, None)
    for said in (
        Terms(),
        Terms(ROBOTS, TDMREP),
        Terms(bare, None),
        Terms(None, TdmRep("<urn:uuid:2>", None, None, None)),
    ):
        assert written_and_read(said, tmp_path) == terms.as_kept(said) == said


def test_what_a_hostile_file_says_is_one_line_and_is_the_same_in_a_crawl_and_from_the_record(tmp_path):
    said = Terms(
        RobotsTxt("<urn:uuid:1>", "read", "*", "Disallow: /a\r\nrobotsAgent: b\x85c\u2028d\x0b" + "é " * 5000, ""),
        TdmRep("<urn:uuid:2>", "/\nrole: robots", " 1 ", "\x1b[2J"),
    )
    kept = terms.as_kept(said)
    assert written_and_read(kept, tmp_path) == terms.as_kept(kept) == kept
    assert kept.robots_txt
    assert (kept.robots_txt.agent, kept.robots_txt.reserves) == ("*", None)
    assert kept.tdmrep == TdmRep("<urn:uuid:2>", "/ role: robots", "1", "[2J")
