import pytest

from newsarchive.extract.decode import decode

WORD = "Київ – “café”"


@pytest.mark.parametrize(
    ("payload", "content_type", "text", "charset", "source"),
    [
        ("\ufeffé".encode(), "text/html; charset=windows-1251", "é", "utf-8", "bom"),
        ("é".encode("utf-16-le").join([b"\xff\xfe", b""]), None, "é", "utf-16-le", "bom"),
        (WORD.encode(), "text/html; charset=iso-8859-1", WORD, "utf-8", "utf-8"),
        (b"plain", None, "plain", "utf-8", "utf-8"),
        ("Київ".encode("cp1251"), "text/html; charset=windows-1251", "Київ", "windows-1251", "header"),
        ("café".encode("latin-1"), "text/html; charset=iso-8859-1", "café", "windows-1252", "header"),
        (
            '<meta charset="windows-1251">Київ'.encode("cp1251"),
            None,
            '<meta charset="windows-1251">Київ',
            "windows-1251",
            "meta",
        ),
        ("日本".encode("iso-2022-jp"), "text/html; charset=iso-2022-jp", "日本", "iso2022_jp", "header"),
        ("日本".encode("shift_jis"), "text/html; charset=Shift_JIS", "日本", "shift_jis", "header"),
        ("café".encode("latin-1"), None, "café", "windows-1252", "fallback"),
        # Servers send this one unasked.
        (
            '<meta charset="windows-1251">Київ'.encode("cp1251"),
            "text/html; charset=iso-8859-1",
            '<meta charset="windows-1251">Київ',
            "windows-1251",
            "meta",
        ),
    ],
)
def test_charset_is_found_in_the_order_of_trust(
    payload: bytes, content_type: str | None, text: str, charset: str, source: str
) -> None:
    decoded = decode(payload, content_type)
    assert (decoded.text, decoded.source) == (text, source)
    assert decoded.charset == charset or decoded.charset.replace("cp932", "shift_jis") == charset


def test_one_broken_byte_does_not_change_the_charset() -> None:
    decoded = decode(("Київ " * 50).encode() + b"\xff" + b" tail", "text/html; charset=utf-8")
    assert decoded.text.startswith("Київ Київ")
    assert (decoded.charset, decoded.source) == ("utf-8", "header")


def test_a_page_cut_within_a_character_is_still_valid_utf8() -> None:
    decoded = decode("Київ".encode()[:-1], None)
    assert (decoded.text, decoded.source) == ("Киї", "utf-8")


@pytest.mark.parametrize("name", ["unicode_escape", "rot13", "base64", "utf-7", "idna", "no-such", "\x00", "undefined"])
def test_a_codec_that_is_no_charset_of_the_web_is_not_used(name: str) -> None:
    assert decode(b"\\u0041 caf\xe9", f"text/html; charset={name}").text == "\\u0041 café"


def test_every_byte_string_has_a_text() -> None:
    for payload in (b"", b"\x00" * 40, bytes(range(256)), b"\xff\xfe\x00", b"\xed\xa0\x80", b"\x1b$B\xff"):
        text = decode(payload, "text/html; charset=x-nonsense").text
        assert "\x00" not in text
        text.encode()


@pytest.mark.parametrize("payload", ["Київ".encode(), b"a\0b", "Київ".encode("cp1251"), "\ufeffé".encode()])
def test_markup_is_the_text_in_utf8(payload: bytes) -> None:
    decoded = decode(payload, "text/html; charset=windows-1251")
    assert decoded.markup.decode() == decoded.text
