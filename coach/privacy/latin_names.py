"""Finds names of persons in English and Spanish: after titles, in introductions, in answers to the question for a name.

Promise: a word counts as a name because of where it stands, never because it is on a list of names; so Rosa the caller is
found, and the pink receipt (el recibo rosa) is not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from coach.privacy.words import words

__all__ = ["AMBIGUOUS", "NOT_NAMES", "LatinNames", "name_key"]


def name_key(word: str) -> str:
    """Without case and accents: what makes two written names the same."""
    decomposed = unicodedata.normalize("NFD", word.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


NOT_NAMES = frozenset(name_key(word) for word in (*words("not_names_en"), *words("not_names_es")))
"""Words that follow `this is`, `soy`, `hello` without being a name, and that end a name where no punctuation does."""

AMBIGUOUS = frozenset(name_key(word) for word in words("ambiguous"))
"""Names that are words as well: elsewhere in the conversation they count only where a name would stand."""

_TITLE = (
    r"(?:[Mm]rs?|[Mm]s|[Mm]x|MR|MRS|MS|Miss|Messrs|[Dd]r|[Dd]ra|Prof|Professor|Doctor|Nurse|Sister|"
    r"Father|Officer|Captain|Reverend|[Ss]rt?a|[Ss]r|[Ss]res"
    r"|[Ss]eñor(?:a|ita|es)?|[Dd]on|[Dd]oña|[Dd]octora?|[Ll]icenciad[ao]|[Ii]ngenier[ao]|"
    r"[Pp]rofesora?|[Ll]ic|[Ii]ng|D|Dª|Dña)"
)
_PARTICLE = (
    r"(?:de la|de las|de los|de|del|la|las|los|y|e|van der|van den|van|von|da|das|dos|di|du|le|bin|al|el|O'|Mc|St\.)"
)
_CAP = r"[A-ZÀ-ÖØ-Þ](?:[a-zà-öø-ÿ'’]|[A-ZÀ-ÖØ-Þ])*(?:[-‑][A-ZÀ-Þ]?[a-zà-ÿ]+)*"
_CAPS = rf"(?:[A-Z]\.|{_CAP})(?: (?:{_PARTICLE} )?(?:{_CAP}|[A-Z]\.(?= [A-Z]))){{0,4}}"
_ANY = r"[^\W\d_][^\W\d_]*(?:['’-][^\W\d_]+)*"
_ANYS = rf"{_ANY}(?: {_ANY}){{0,4}}"
_PARTED = rf"(?:(?:{_PARTICLE}) )?{_CAPS}"

_STRONG = re.compile(
    r"\b(?:my (?:full |first |last |sur)?name(?: is|'s|’s|s)|(?:my |the )(?:last |sur|first )name is|"
    r"call me|(?:the |his |her |'s )name(?:'s|’s| is| was)|name's|"
    r"under (?:the )?name(?: of)?|(?:booking|account|order|reservation|name|policy|it) (?:is |"
    r"on it is |should be )?(?:under|in the name of)|first name|last name|full name|"
    r"in the name of|attn:?|attention:?|name|recipient|cardholder|"
    r"me llamo|mi nombre(?: completo)? es|su nombre(?: completo)? es|se llama|a nombre de(?: la| el)?|"
    r"ll[áa]mame|mis? apellidos? (?:es|son)|apellidos?|nombre|titular|"
    r"de parte de|(?:al|a la) atención de)(?: ?[:：,] ?| )(?:es |it's |is |uh,? |um,? |eh,? )?",
    re.IGNORECASE,
)
_WEAK = re.compile(
    r"(?<![\w'’])(?:(?i:this is|i'm|i’m|i am|it's|it’s|here is|(?:speaking|talking|chatting|spoke|"
    r"talked) (?:to|with)|ask(?:ing)? for|my (?:\w+ )?(?:husband|wife|son|daughter|brother|sister|"
    r"mother|"
    r"father|friend|colleague|boss|child|neighbou?r|partner|kid|dad|mum|mom|assistant)(?:'s name is|"
    r" is|,)?|your colleague|(?:colleague|supervisor|manager|driver|courier|technician|engineer|"
    r"assistant),? (?:is |named |called )?|"
    r"through to|with you is|you(?:'ve| have) reached|signed|regards,?|tell|deliver(?:ed)? to|"
    r"soy(?: la señora| el señor)?|(?:le |te |les )?(?:habla|atiende|saluda|escribe)|"
    r"al habla|(?:hablo|hablando|hablé|hablado|hablar|gusto) con|se puso|mi (?:\w+ )?(?:marido|mujer|"
    r"esposa|esposo|hijo|hija|madre|padre|hermano|hermana|compadre|comadre|jefe|vecina|vecino|amiga|"
    r"amigo|"
    r"suegra|suegro|nieto|nieta|abuela|abuelo|pareja|novio|novia|tía|tío|prima|primo),?(?: se llama)?|"
    r"compañer[ao]|supervisor[a]?|(?:mando|envío|envía|manda|pregunte|avis[oe]) (?:a|por)|"
    r"ese tal|esa tal|un tal|una tal|con))(?: ?[,:] ?| )(?:(?i:el|la|a|one|mr|ms|is|the|my name is) )?"
    rf"(?P<name>{_PARTED})"
)
_TITLED = re.compile(
    rf"(?<![\w'’])(?:{_TITLE})(?:(?<=[rsxcgaD])(?<!señor)(?<!señora)(?<!doctor)(?<!doctora)\.)?"
    rf"(?: and (?:{_TITLE})\.?)? (?P<name>{_PARTED})"
)
_PINYIN = re.compile(r"(?<![\w'’])(?:Lao|Xiao) (?P<name>[A-Z][a-z]{1,5})(?![\w-])")
_TITLED_LOWER = re.compile(
    r"(?<![\w'’])(?:mr|mrs|ms|dr|señor|señora|señorita|doña|sr|sra|srta)\.? (?P<name>[a-zà-ÿ][a-zà-ÿ'’-]{1,})"
)
_SAYS_WHO = re.compile(
    rf"(?<![\w'’])(?P<name>{_PARTED})(?: here\b|,? speaking\b| on the line| calling\b|,? al (?:aparato|"
    rf"habla)|,? a sus? órdenes|,? para servirle)"
)
_VOCATIVE = re.compile(
    r"(?<![\w'’])(?i:hi|hello|hey|thanks|thank you|thank you so much|thank you very much|thx|cheers|"
    r"sorry|okay|ok|bye|goodbye|good (?:morning|afternoon|evening|night)|dear|sure|welcome|yes|no|"
    r"great|perfect|done|"
    r"hola|gracias|muchas gracias|buenos días|buenas tardes|buenas noches|buenas|adiós|de acuerdo|"
    r"claro|perfecto|estimad[ao]|querid[ao]|vale|bien|entiendo)"
    rf",? (?P<name>{_CAP}(?: {_CAP})?)(?=\s*(?:[,.!?]|$))"
)
_SENTENCE = re.compile(rf"(?:^|(?<=[.!?;] )|(?<=, ))(?P<name>{_PARTED})(?=\s*(?:[.,;!?]|$))")
_OPENING = re.compile(
    r"^(?:(?:it'?s|it is|yes|yeah|sure|uh|um|er|well|oh|hi|hello|ok|okay|of course|with pleasure|"
    r"speaking|is|es|sí|si|claro|con|a|eh|este|pues|bueno|mire|buenas|"
    r"hola|de|el|la|para|for|the name is)[ ,.:;!]+)*",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"[A-Z]{2,}$")
_NOT_BEFORE_MONTHS = re.compile(
    r"(?:\b(?:in|of|until|till|by|on|since|this|last|next|from|de|en|el)|\d(?:st|nd|rd|th)?) $", re.IGNORECASE
)
_DAY_AFTER = re.compile(r" (?:\d|the \d|first|second|third)")
_WORD_BEFORE = re.compile(rf"(?<![\w'’])(?P<word>{_CAP}) $")
_COMPANY = re.compile(
    r"\b(?:Express|City|Cent(?:er|re)|Banks?|Services?|Customer|Company|Inn|Hotels?|Airlines?|Telecom|"
    r"Insurance|Support|Care|Department|Union|"
    r"Rentals?|Clinic|Hospital|Group|Inc|Ltd|LLC|Mobile|Energy|Water|Electric|Credit|Bank|Banco|"
    r"Seguros|Hotel|Clínica|Telefónica|"
    r"Mensajería|Logística|Transportes|Correos|Tienda|Ópticas?|Servicio|Atención)\b"
)
_A_TITLE = re.compile(_TITLE)
_PRONOUN_AFTER = re.compile(r" (?:i|you|we|he|she|they|it|the|me|my|your)\b", re.IGNORECASE)
_CONTRACTION = re.compile(r"['’](?:m|ve|d|ll|s|re|t)$")
_MONTHS = frozenset({"may", "june", "april", "august", "march", "abril", "julio"})
_WORD = re.compile(rf"(?:(?:{_PARTICLE}) )*[^\W\d_]+(?:['’‑-][^\W\d_]+)*\.?")
_SPELLED = re.compile(r"(?<![\w'’])[A-Za-zÑñ](?:(?:-|, ?|\. ?| )[A-Za-zÑñ](?![\w'’])){2,20}")


class LatinNames:
    """Finds names turn by turn and remembers them for the rest of the conversation. `cased`: the transcript has capitals."""

    def __init__(self, *, cased: bool) -> None:
        self._cased = cased
        self.known: set[str] = set()

    def introduced(self, text: str, *, asked: bool) -> Iterator[tuple[int, int]]:
        """Spans of single name words (with their particles) in titles, introductions and, if `asked`, answers."""
        for pattern in (_TITLED, _PINYIN, _WEAK, _SAYS_WHO, _VOCATIVE):
            for match in pattern.finditer(text):
                if pattern in (_WEAK, _SAYS_WHO, _VOCATIVE) and self._is_company(
                    text, match.end("name"), match["name"]
                ):
                    continue
                yield from self._words(text, match.start("name"), match.end("name"))
        for match in _STRONG.finditer(text):
            yield from self._after_announcement(text, match.end())
        for match in _TITLED_LOWER.finditer(text):
            english = re.match(r"(?:mrs?|ms|dr)\b", match.group()) is not None
            if not self._cased or (english and match["name"] not in NOT_NAMES):
                yield from self._words(text, match.start("name"), match.end("name"))
        if asked:
            yield from self._answers(text)

    @staticmethod
    def _is_company(text: str, end: int, name: str) -> bool:
        words = name.split()
        if len(words) > 3 and not any(word.islower() for word in words):
            return True
        if any(_CAMEL.fullmatch(word) and len(word) > 1 for word in words) and not text.isupper():
            return True
        return _COMPANY.search(name) is not None or _COMPANY.match(text[end:].lstrip()) is not None

    def _after_announcement(self, text: str, start: int) -> Iterator[tuple[int, int]]:
        capital = re.compile(_PARTED).match(text, start)
        if capital is not None:
            yield from self._words(text, start, capital.end())
            return
        match = re.compile(_ANYS).match(text, start)
        announcement = text[max(0, start - 8) : start].lower()
        if match is not None and (not self._cased or re.search(r"(?:name(?: is|'s)|llamo|:)\s*$", announcement)):
            yield from self._words(text, start, match.end(), limit=3)

    def _answers(self, text: str) -> Iterator[tuple[int, int]]:
        begin = _OPENING.match(text).end()  # type: ignore[union-attr]
        capital = re.compile(_PARTED).match(text, begin)
        if capital is not None and (
            capital.end() == len(text)
            or text[capital.end()] in ".,;!?"
            or text[capital.end() :].startswith((" and", " y "))
        ):
            yield from self._words(text, begin, capital.end())
        for match in _SENTENCE.finditer(text):
            yield from self._words(text, match.start("name"), match.end("name"))
        whole = re.compile(rf"{_ANY}(?: {_ANY}){{0,2}}[.!]?").fullmatch(text, begin)
        if whole is not None and capital is None:
            words = re.findall(_ANY, whole.group())
            if all(name_key(word) not in NOT_NAMES and len(word) > 1 for word in words):
                yield from self._words(text, begin, whole.end(), limit=3)

    def _words(self, text: str, start: int, end: int, *, limit: int = 5) -> Iterator[tuple[int, int]]:
        """The words of a name; the name ends before the first word that cannot belong to one."""
        for number, match in enumerate(_WORD.finditer(text, start, end)):
            said = match.group().rstrip(".")
            last = name_key(said.split()[-1])
            if _A_TITLE.fullmatch(said):
                continue
            if number >= limit or self._ends_name(text, match, last):
                return
            if len(last) > 1:
                self.known.add(said.split()[-1])
            yield match.start(), match.start() + len(said)

    def _ends_name(self, text: str, match: re.Match[str], last: str) -> bool:
        """Whether the word cannot belong to a name: a word of speech (`Thanks Crystal What is ...`), a contraction, an acronym."""
        said = match.group()
        if len(said) == 1:
            return True
        if last in AMBIGUOUS and said.split()[-1][0].isupper():
            return _PRONOUN_AFTER.match(text, match.end()) is not None
        acronym = _CAMEL.match(said) is not None and len(said) > 3 and not text.isupper()
        return last in NOT_NAMES or _CONTRACTION.search(said) is not None or acronym

    def again(self, text: str) -> Iterator[tuple[int, int]]:
        """Spans of the words learnt from the whole conversation, and of their spelling letter by letter."""
        if not self.known:
            return
        keys = {name_key(word) for word in self.known}
        for match in _SPELLED.finditer(text):
            if name_key("".join(c for c in match.group() if c.isalpha())) in keys:
                yield match.span()
        for match in re.finditer(r"[^\W\d_]+(?:['’‑-][^\W\d_]+)*", text):
            said = match.group()
            key = name_key(said.removesuffix("'s").removesuffix("’s"))
            end = match.end() - (len(said) - len(said.removesuffix("'s").removesuffix("’s")))
            if key not in keys or len(key) < 2:
                continue
            doubtful = key in AMBIGUOUS or key in NOT_NAMES or len(key) == 2
            if doubtful and not self._as_a_name(text, match.start(), end, key, keys):
                continue
            if doubtful or said[0].isupper() or not self._cased or len(key) >= 5:
                yield match.start(), end
                yield from self._given_before(text, match.start())

    @staticmethod
    def _given_before(text: str, start: int) -> Iterator[tuple[int, int]]:
        """A capitalised word right before a known name belongs to it: `Theo Lindqvist`, where Mrs. Lindqvist is known."""
        match = _WORD_BEFORE.search(text, max(0, start - 24), start)
        if match is None or _A_TITLE.fullmatch(match["word"]):
            return
        key = name_key(match["word"])
        if key not in NOT_NAMES and key not in AMBIGUOUS and not _CONTRACTION.search(match["word"]):
            yield match.span("word")

    def _as_a_name(self, text: str, start: int, end: int, key: str, keys: set[str]) -> bool:
        """Whether a word with another meaning stands where a name would: capital, and not merely at a sentence's beginning."""
        if not text[start].isupper():
            return False
        if key in _MONTHS and (_NOT_BEFORE_MONTHS.search(text, 0, start) or _DAY_AFTER.match(text, end)):
            return False
        before, after = text[:start].rstrip(" ¿¡\"'"), text[end:]
        if before and before[-1] not in ".!?:;…":
            return not re.match(r" [A-ZÀ-Þ]", after) or name_key(after.split()[0].strip(".,!?;")) in keys
        following = after.split()[0].strip(".,!?;") if after.split() else ""
        return not after or after[0] in ",.!?" or name_key(following) in keys
