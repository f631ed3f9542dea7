"""Days as people write them, in many languages: `3 mai 2024`, `May 3rd, 2024`, `03.05.24`, `2024年5月3日`. Pure."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

# Twelve words a language, in the case that dates use; forms of one month are parted by a bar. The order decides
# where a word has two meanings and the language is unknown: `listopad` is November before it is October.
_MONTHS = {
    "en": "january february march april may june july august september|sept october november december",
    "de": "januar|jänner|jaenner februar|feber märz|maerz|mrz april mai juni juli august september oktober november "
    "dezember",
    "fr": "janvier février|fevrier mars avril mai juin juillet août|aout septembre octobre novembre décembre|decembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre|setiembre octubre noviembre diciembre",
    "pt": "janeiro fevereiro março|marco abril maio junho julho agosto setembro outubro novembro dezembro",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "nl": "januari februari maart|mrt april mei juni juli augustus september oktober november december",
    "pl": "stycznia|styczeń lutego|luty marca|marzec kwietnia|kwiecień maja|maj czerwca|czerwiec lipca|lipiec "
    "sierpnia|sierpień września|wrzesień października|październik listopada|listopad grudnia|grudzień",
    "tr": "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "ru": "января|январь февраля|февраль марта|март апреля|апрель мая|май июня|июнь июля|июль августа|август "
    "сентября|сентябрь октября|октябрь ноября|ноябрь декабря|декабрь",
    "uk": "січня|січень лютого|лютий березня|березень квітня|квітень травня|травень червня|червень липня|липень "
    "серпня|серпень вересня|вересень жовтня|жовтень листопада|листопад грудня|грудень",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "no": "januar februar mars april mai juni juli august september oktober november desember",
    "is": "janúar febrúar mars apríl maí júní júlí ágúst september október nóvember desember",
    "fi": "tammikuuta|tammikuu helmikuuta|helmikuu maaliskuuta|maaliskuu huhtikuuta|huhtikuu toukokuuta|toukokuu "
    "kesäkuuta|kesäkuu heinäkuuta|heinäkuu elokuuta|elokuu syyskuuta|syyskuu lokakuuta|lokakuu marraskuuta|marraskuu "
    "joulukuuta|joulukuu",
    "et": "jaanuar veebruar märts aprill mai juuni juuli august september oktoober november detsember",
    "lv": "janvāris|janvārī februāris|februārī marts|martā aprīlis|aprīlī maijs|maijā jūnijs|jūnijā jūlijs|jūlijā "
    "augusts|augustā septembris|septembrī oktobris|oktobrī novembris|novembrī decembris|decembrī",
    "lt": "sausio vasario kovo balandžio gegužės birželio liepos rugpjūčio rugsėjo spalio lapkričio gruodžio",
    "cs": "ledna|leden února|únor března|březen dubna|duben května|květen června|červen července|červenec srpna|srpen "
    "září října|říjen listopadu prosince|prosinec",
    "sk": "januára februára marca apríla mája júna júla augusta septembra októbra novembra decembra",
    "sl": "januarja februarja marca aprila maja junija julija avgusta septembra oktobra novembra decembra",
    "hr": "siječnja|siječanj veljače|veljača ožujka|ožujak travnja|travanj svibnja|svibanj lipnja|lipanj "
    "srpnja|srpanj kolovoza|kolovoz rujna|rujan listopada|listopad studenoga|studenog|studeni prosinca|prosinac",
    "sr": "јануара|јануар фебруара|фебруар марта|март априла|април маја|мај јуна|јун јула|јул августа|август "
    "септембра|септембар октобра|октобар новембра|новембар децембра|децембар",
    "bg": "януари февруари март април май юни юли август септември октомври ноември декември",
    "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "hu": "január február március április május június július augusztus szeptember október november december",
    "sq": "janar shkurt mars prill maj qershor korrik gusht shtator tetor nëntor|nentor dhjetor",
    "ca": "gener febrer març abril maig juny juliol agost setembre octubre novembre desembre",
    "id": "januari februari maret|mac april mei juni juli agustus|ogos september oktober november desember|disember",
    "el": "ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου|μαίου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου "
    "νοεμβρίου δεκεμβρίου",
    "ar": "يناير|جانفي فبراير|فيفري|شباط مارس|آذار أبريل|ابريل|إبريل|أفريل|نيسان مايو|ماي|أيار يونيو|جوان|حزيران "
    "يوليو|جويلية|تموز أغسطس|اغسطس|أوت|آب سبتمبر|أيلول أكتوبر|اكتوبر نوفمبر ديسمبر",
    "he": "ינואר|בינואר פברואר|בפברואר מרץ|במרץ אפריל|באפריל מאי|במאי יוני|ביוני יולי|ביולי אוגוסט|באוגוסט "
    "ספטמבר|בספטמבר אוקטובר|באוקטובר נובמבר|בנובמבר דצמבר|בדצמבר",
    "hi": "जनवरी फरवरी|फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर|सितम्बर अक्टूबर|अक्तूबर नवंबर|नवम्बर दिसंबर|दिसम्बर",
    "th": "มกราคม|ม.ค กุมภาพันธ์|ก.พ มีนาคม|มี.ค เมษายน|เม.ย พฤษภาคม|พ.ค มิถุนายน|มิ.ย กรกฎาคม|ก.ค สิงหาคม|ส.ค "
    "กันยายน|ก.ย ตุลาคม|ต.ค พฤศจิกายน|พ.ย ธันวาคม|ธ.ค",
}
_SHORTEST, _LONGEST_SHORT = 3, 5
_WORD = r"(?P<month>[^\s\d,/|()\[\]<>:;_-]{2,14}?)\.?"
_DAY = r"(?<![\d.,:])(?P<day>\d{1,2})"
# Arab papers name a month twice, as Syria and as Egypt do.
_TWIN = r"(?:\s?/\s?[\u0621-\u064a]{2,10})?"
_YEAR = r"(?P<year>\d{4})(?!\d)"
_OF = r"(?:(?:d[eio]|del|of|ta|mb[ëe])\s+|d['’])?"
_DAY_MONTH_YEAR = re.compile(
    rf"{_DAY}(?:st|nd|rd|th|er|[.ºª°])?[\s/-]{{0,3}}{_OF}{_WORD}{_TWIN}[\s,/-]{{1,3}}{_OF}{_YEAR}", re.IGNORECASE
)
_MONTH_DAY_YEAR = re.compile(
    rf"(?<![^\W\d_]){_WORD}[\s-]{{1,3}}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s,-]{{1,4}}{_YEAR}", re.IGNORECASE
)
_YEAR_MONTH_DAY = re.compile(
    rf"(?<!\d)(?P<year>\d{{4}})(?:\s?m)?\.?[\s-]{{1,3}}{_WORD}[\s-]{{1,3}}(?P<day>\d{{1,2}})(?!\d)", re.IGNORECASE
)
_NUMBERS = re.compile(
    r"(?<![\d.,:/-])(?P<first>\d{1,2})(?P<mark>\.\s?|/|-|\s/\s)(?P<second>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})(?![\d:])(?!\.\d)"
)
_YEAR_FIRST = re.compile(
    r"(?<![\d-])(?P<year>\d{4})(?P<mark>-|/|\.\s?|\s?年\s?|\s?년\s?)(?P<month>\d{1,2})(?:(?P=mark)|\s?月\s?|\s?월\s?)(?P<day>\d{1,2})(?!\d)(?:\s?[日일号號])?"
)
_VIETNAMESE = re.compile(rf"{_DAY}\s+tháng\s+(?P<month>\d{{1,2}})(?:\s+năm|,)?\s+{_YEAR}", re.IGNORECASE)
# What no pattern can be without.
_HAS_YEAR = re.compile(r"\d{4}|\d[./-]\s?\d{1,2}[./-]\s?\d\d")
_BUDDHIST, _BUDDHIST_LEAD = range(2500, 2600), 543


@dataclass(frozen=True, slots=True)
class Day:
    """A day, and where in the text it stands."""

    day: date
    start: int
    end: int


def first_day(text: str, *, language: str | None = None, month_first: bool = False) -> Day | None:
    """The first day written in the text; `month_first` decides what `3/5/2024` means, where it could mean both."""
    if not _HAS_YEAR.search(text):
        return None
    found = (day for read in _READERS for day in read(text, language, month_first))
    return min(found, key=lambda one: (one.start, -one.end), default=None)


def month(word: str, language: str | None) -> int | None:
    """The month a word names, in the language if it is known, else in any."""
    folded = word.casefold().rstrip(".")
    own = _words(language) if language in _MONTHS else {}
    return own.get(folded) or _all_words().get(folded)


def day_of(year: int, number: int, day: int) -> date | None:
    """That day, if there is one; a Buddhist year is made a common one."""
    try:
        return date(year - _BUDDHIST_LEAD if year in _BUDDHIST else year, number, day)
    except ValueError:
        return None


@cache
def _words(language: str | None) -> dict[str, int]:
    """A language's words and their beginnings, where these name one month only."""
    named = [
        (form, number)
        for number, forms in enumerate(_MONTHS[language or "en"].split(), start=1)
        for form in forms.casefold().split("|")
    ]
    words = dict(named)
    for length in range(_LONGEST_SHORT, _SHORTEST - 1, -1):
        meanings: dict[str, set[int]] = {}
        for form, number in named:
            meanings.setdefault(form[:length], set()).add(number)
        for short, numbers in meanings.items():
            if len(numbers) == 1:
                words.setdefault(short, *numbers)
    return words


@cache
def _all_words() -> dict[str, int]:
    whole: dict[str, int] = {}
    for language in _MONTHS:
        for word, number in _words(language).items():
            whole.setdefault(word, number)
    return whole


def _worded(pattern: re.Pattern[str]) -> Callable[[str, str | None, bool], Iterator[Day]]:
    def read(text: str, language: str | None, _: bool) -> Iterator[Day]:
        for found in pattern.finditer(text):
            number = month(found["month"], language)
            day = day_of(int(found["year"]), number, int(found["day"])) if number else None
            if day:
                yield Day(day, found.start(), found.end())

    return read


def _numbered(pattern: re.Pattern[str]) -> Callable[[str, str | None, bool], Iterator[Day]]:
    def read(text: str, _: str | None, __: bool) -> Iterator[Day]:
        for found in pattern.finditer(text):
            day = day_of(int(found["year"]), int(found["month"]), int(found["day"]))
            if day:
                yield Day(day, found.start(), found.end())

    return read


def _in_numbers(text: str, _: str | None, month_first: bool) -> Iterator[Day]:
    for found in _NUMBERS.finditer(text):
        first, second, year = int(found["first"]), int(found["second"]), _whole_year(found["year"])
        # Who writes dots writes the day first.
        number, day = (first, second) if month_first and "." not in found["mark"] else (second, first)
        if number > 12:
            number, day = day, number
        read = day_of(year, number, day)
        if read:
            yield Day(read, found.start(), found.end())


def _whole_year(printed: str) -> int:
    year = int(printed)
    return year if len(printed) == 4 else year + (2000 if year < 70 else 1900)


_READERS = (
    _numbered(_YEAR_FIRST),
    _worded(_DAY_MONTH_YEAR),
    _worded(_MONTH_DAY_YEAR),
    _worded(_YEAR_MONTH_DAY),
    _in_numbers,
    _numbered(_VIETNAMESE),
)
