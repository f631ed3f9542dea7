"""Days in the words and orders of many languages."""

import time

import pytest

from newsarchive import calendars


@pytest.mark.parametrize(
    "printed",
    [
        "Published on May 3rd, 2024", "3 May 2024", "Fri, 3. Mai 2024", "3 mai 2024", "le 3 mai 2024", "3 de mayo de 2024",
        "3 DE MAIO DE 2024", "3 maggio 2024", "3 mei 2024", "3 maja 2024", "3 Mayıs 2024", "3 мая 2024 г.", "3 травня 2024",
        "3 maj 2024", "3. toukokuuta 2024", "2024. gada 3. maijs, 3 maijs 2024", "2024 m. gegužės 3 d.",
        "3. května 2024", "3. mája 2024", "3 мај 2024", "3 май 2024", "2024. május 3.", "3 maig 2024",
        "3 Mei 2024", "3 Μαΐου 2024", "3 مايو 2024", "3 أيار / مايو 2024", "3 במאי 2024", "3 मई 2024", "3 พฤษภาคม 2567", "2024年5月3日", "2024년 5월 3일",
        "3 tháng 5, 2024", "03.05.2024", "3. 5. 2024", "3/5/2024", "2024-05-03", "2024/5/3", "3.5.24", "3-May-2024",
    ],
)  # fmt: skip
def test_the_third_of_may_is_the_same_in_every_language(printed: str) -> None:
    found = calendars.first_day(printed)
    assert found is not None
    assert found.day.isoformat() == "2024-05-03"


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "May",
        "2024",
        "in 2024 3 of them",
        "version 3.5.2.24",
        "30 February 2024",
        "12 apples 2024",
        "10:30:2024",
        "+49 30 2024 12",
    ],
)
def test_what_is_no_day_is_none(printed: str) -> None:
    assert calendars.first_day(printed) is None


def test_who_writes_the_month_first_is_asked_only_where_both_are_possible() -> None:
    read = [calendars.first_day(one, month_first=True) for one in ("3/5/2024", "13/5/2024", "3.5.2024")]
    assert [one.day.isoformat() for one in read if one] == ["2024-03-05", "2024-05-13", "2024-05-03"]


def test_a_word_of_two_meanings_is_read_in_the_language_of_the_page() -> None:
    assert calendars.month("listopada", None) == 11
    assert calendars.month("listopada", "hr") == 10


def test_the_first_of_several_days_is_found_with_its_place() -> None:
    found = calendars.first_day("Posted 3 May 2024, updated 4 May 2024")
    assert found is not None
    assert (found.day.isoformat(), found.start, found.end) == ("2024-05-03", 7, 17)


@pytest.mark.parametrize("piece", ["12 ", "word ", "1.1.", "2024-", "May 3, ", "x"])
def test_long_lines_cost_little(piece: str) -> None:
    started = time.process_time()
    calendars.first_day(piece * 100_000 + " 2024")
    assert time.process_time() - started < 5
