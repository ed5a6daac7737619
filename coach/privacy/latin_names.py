"""Finds names of persons in English and Spanish: after titles, in introductions, in answers to the question for a name.

Promise: a word counts as a name because of where it stands, never because it is on a list of names; so Rosa the caller is
found, and the pink receipt (el recibo rosa) is not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

__all__ = ["AMBIGUOUS", "NOT_NAMES", "LatinNames", "name_key"]

_NOT_NAMES_EN = """
a about account actually address after again agent all also am an and any anyone anything are as ask at back bad be because been before billing book booking
bye but by call called caller calling can case cell certainly check code come complaint concerned confirmed could currently customer day days dear
department did do does doing done early easy email enough even ever everyone everything excuse fee fine first folks for free from full get give glad go going
good goodbye got great guys had happy has have having he hello help her here hey hi him his hold home hope how however i if in interested is it its just
know last late let like line looking lost ma'am ma madam maam mail make may maybe me member message miss mm mr mrs ms my name need never new next nice
no none not nothing now number of off oh ok okay old on one only online or order our out over parcel passport perfect phone please point postcode problem
quite ready really receipt reference refund regarding right said same say see service she sir so some sorry speak speaking still stuck sure system team
airport station hospital hotel inn downtown university library restaurant apartment apartments appt appointment north south east west ohh room
tell thank thanks that the their them then there these they thing this those three time to today tomorrow too trying two uh um unable under
until up upset us valued very wait waiting want was way we welcome well were what when where which who why will wife with wondering worried would wow wrong
yeah yep yes yesterday you your yours ok. english spanish chinese american british mexican canadian german french gold silver bronze platinum monday tuesday wednesday thursday friday
saturday sunday january february march april june july august september october november december morning afternoon evening night everybody
customer-service reception support sales claims manager supervisor husband brother sister mother father son daughter friend neighbour neighbor boss
person anybody somebody someone nobody amazing awesome understood absolutely exactly er erm alright yup nope hmm mm mhm aha ah oops ouch ho ha cool lovely brilliant fantastic wonderful correct indeed ordered driving leaving staying based
located available away busy afraid aware certain confused disappointed done finished frustrated furious pleased satisfied sick tired retired
"""
_NOT_NAMES_ES = """
a adiós ahora ahí al algo algún alguien aló allí amable antes aquí así atención aunque ayer bien bueno buena buenas buenos cada caballero casa claro cliente
clienta como compañero compañera con conforme correcto cosa cual cuál cuando cuándo cuánto cómo cuénteme dame de del desde después dice diga dígame dígale dirección
disculpe dónde doña don dos el él ella ellos en encantada encantado entiendo entonces era es esa ese eso esta está este esto estoy exacto favor fecha gracias
ha había hace hasta hay he hola hoy igualmente joven la las le les lo los luego lunes martes miércoles jueves viernes sábado maja majo mal mañana más me mi mire mientras mismo
momento mucho mucha muchas muchos muy nada nadie ni ningún no noches nos nosotros nuestra nuestro número o oiga operador operadora otra otro para parte pase perdón perdone pero perfecto
persona por porque pues que qué quedo quien quién quiere quiero sé se según señor señora señores señorita ser si sí sin sobre solo sólo son soy su sus supervisor
también tan tanto tardes te ten tengo tiene todo todos titular tu tú un una uno usted ustedes va vale vamos verdad voy y ya yo enseguida servicio
técnico repartidor mensajero encargado encargada jefe jefa vecino vecina marido mujer hijo hija madre padre hermano hermana aquella aquel dueño dueña
nuevo nueva viejo responsable autónomo autónoma médico profesora profesor abogado estudiante extranjero española español socio socia abonado usuario
siento lamento ay huy uy ah eh oh ojalá aló bueno venga anda consciente capaz mayor diabético jubilado jubilada
"""


def name_key(word: str) -> str:
    """Without case and accents: what makes two written names the same."""
    decomposed = unicodedata.normalize("NFD", word.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


NOT_NAMES = frozenset(name_key(word) for word in (*_NOT_NAMES_EN.split(), *_NOT_NAMES_ES.split()))
"""Words that follow `this is`, `soy`, `hello` without being a name, and that end a name where no punctuation does."""

AMBIGUOUS = frozenset(
    name_key(word)
    for word in (
        "will may mark grace hope rose june april august frank bill rich grant art drew pat sue chase faith joy dawn summer autumn page price young long "
        "short brown green white black king hill wood day bell rush cash case guy max ray gene dean earl duke jack daisy lily ivy amber ruby crystal iris "
        "violet olive holly heather victor stone marsh finch lane ford field fields park parks banks rivers waters bridge church day knight page baker cook "
        "carter mason miller smith fisher taylor angel angela lowe love sharp small wise moody strange power best major moon snow frost winter winters "
        "rosa luna paz abril domingo esperanza rey ángel blanca nieves cruz flores campos luz mar sol pilar consuelo dolores mercedes soledad clara "
        "socorro remedios milagros rosario reyes santos iglesias calle torre torres castillo casas mesa prado vega vargas rio ríos montes sierra costa "
        "estrella victoria caridad amparo perla julio leal delgado rubio moreno blanco bravo cordero cabrera toro guerra bueno rojo serrano iker "
        "robles lara otero olmo pino lucas marina mar concha socorro oliva mora rocío alba aurora linda rico salud severo gracia justo justa modesto"
    ).split()
)
"""Names that are words as well: elsewhere in the conversation they count only where a name would stand."""

_TITLE = (
    r"(?:[Mm]rs?|[Mm]s|[Mm]x|MR|MRS|MS|Miss|Messrs|[Dd]r|[Dd]ra|Prof|Professor|Doctor|Nurse|Sister|Father|Officer|Captain|Reverend|[Ss]rt?a|[Ss]r|[Ss]res"
    r"|[Ss]eñor(?:a|ita|es)?|[Dd]on|[Dd]oña|[Dd]octora?|[Ll]icenciad[ao]|[Ii]ngenier[ao]|[Pp]rofesora?|[Ll]ic|[Ii]ng|D|Dª|Dña)"
)
_PARTICLE = r"(?:de la|de las|de los|de|del|la|las|los|y|e|van der|van den|van|von|da|das|dos|di|du|le|bin|al|el|O'|Mc|St\.)"
_CAP = r"[A-ZÀ-ÖØ-Þ](?:[a-zà-öø-ÿ'’]|[A-ZÀ-ÖØ-Þ])*(?:[-‑][A-ZÀ-Þ]?[a-zà-ÿ]+)*"
_CAPS = rf"(?:[A-Z]\.|{_CAP})(?: (?:{_PARTICLE} )?(?:{_CAP}|[A-Z]\.(?= [A-Z]))){{0,4}}"
_ANY = r"[^\W\d_][^\W\d_]*(?:['’-][^\W\d_]+)*"
_ANYS = rf"{_ANY}(?: {_ANY}){{0,4}}"
_PARTED = rf"(?:(?:{_PARTICLE}) )?{_CAPS}"

_STRONG = re.compile(
    r"\b(?:my (?:full |first |last |sur)?name(?: is|'s|’s|s)|(?:my |the )(?:last |sur|first )name is|call me|(?:the |his |her |'s )name(?:'s|’s| is| was)|name's|"
    r"under (?:the )?name(?: of)?|(?:booking|account|order|reservation|name|policy|it) (?:is |on it is |should be )?(?:under|in the name of)|first name|last name|full name|"
    r"in the name of|attn:?|attention:?|name|recipient|cardholder|"
    r"me llamo|mi nombre(?: completo)? es|su nombre(?: completo)? es|se llama|a nombre de(?: la| el)?|ll[áa]mame|mis? apellidos? (?:es|son)|apellidos?|nombre|titular|"
    r"de parte de|(?:al|a la) atención de)(?: ?[:：,] ?| )(?:es |it's |is |uh,? |um,? |eh,? )?",
    re.IGNORECASE,
)
_WEAK = re.compile(
    r"(?<![\w'’])(?:(?i:this is|i'm|i’m|i am|it's|it’s|here is|(?:speaking|talking|chatting|spoke|talked) (?:to|with)|ask(?:ing)? for|my (?:\w+ )?(?:husband|wife|son|daughter|brother|sister|mother|"
    r"father|friend|colleague|boss|child|neighbou?r|partner|kid|dad|mum|mom|assistant)(?:'s name is| is|,)?|your colleague|(?:colleague|supervisor|manager|driver|courier|technician|engineer|assistant),? (?:is |named |called )?|"
    r"through to|with you is|you(?:'ve| have) reached|signed|regards,?|tell|deliver(?:ed)? to|soy(?: la señora| el señor)?|(?:le |te |les )?(?:habla|atiende|saluda|escribe)|"
    r"al habla|(?:hablo|hablando|hablé|hablado|hablar|gusto) con|se puso|mi (?:\w+ )?(?:marido|mujer|esposa|esposo|hijo|hija|madre|padre|hermano|hermana|compadre|comadre|jefe|vecina|vecino|amiga|amigo|"
    r"suegra|suegro|nieto|nieta|abuela|abuelo|pareja|novio|novia|tía|tío|prima|primo),?(?: se llama)?|compañer[ao]|supervisor[a]?|(?:mando|envío|envía|manda|pregunte|avis[oe]) (?:a|por)|"
    r"ese tal|esa tal|un tal|una tal|con))(?: ?[,:] ?| )(?:(?i:el|la|a|one|mr|ms|is|the|my name is) )?"
    rf"(?P<name>{_PARTED})"
)
_TITLED = re.compile(
    rf"(?<![\w'’])(?:{_TITLE})(?:(?<=[rsxcgaD])(?<!señor)(?<!señora)(?<!doctor)(?<!doctora)\.)?(?: and (?:{_TITLE})\.?)? (?P<name>{_PARTED})"
)
_PINYIN = re.compile(rf"(?<![\w'’])(?:Lao|Xiao) (?P<name>[A-Z][a-z]{{1,5}})(?![\w-])")
_TITLED_LOWER = re.compile(
    r"(?<![\w'’])(?:mr|mrs|ms|dr|señor|señora|señorita|doña|sr|sra|srta)\.? (?P<name>[a-zà-ÿ][a-zà-ÿ'’-]{1,})"
)
_SAYS_WHO = re.compile(
    rf"(?<![\w'’])(?P<name>{_PARTED})(?: here\b|,? speaking\b| on the line| calling\b|,? al (?:aparato|habla)|,? a sus? órdenes|,? para servirle)"
)
_VOCATIVE = re.compile(
    r"(?<![\w'’])(?i:hi|hello|hey|thanks|thank you|thank you so much|thank you very much|thx|cheers|sorry|okay|ok|bye|goodbye|good (?:morning|afternoon|evening|night)|dear|sure|welcome|yes|no|great|perfect|done|"
    r"hola|gracias|muchas gracias|buenos días|buenas tardes|buenas noches|buenas|adiós|de acuerdo|claro|perfecto|estimad[ao]|querid[ao]|vale|bien|entiendo)"
    rf",? (?P<name>{_CAP}(?: {_CAP})?)(?=\s*(?:[,.!?]|$))"
)
_SENTENCE = re.compile(rf"(?:^|(?<=[.!?;] )|(?<=, ))(?P<name>{_PARTED})(?=\s*(?:[.,;!?]|$))")
_OPENING = re.compile(
    r"^(?:(?:it'?s|it is|yes|yeah|sure|uh|um|er|well|oh|hi|hello|ok|okay|of course|with pleasure|speaking|is|es|sí|si|claro|con|a|eh|este|pues|bueno|mire|buenas|"
    r"hola|de|el|la|para|for|the name is)[ ,.:;!]+)*",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"[A-Z]{2,}$")
_NOT_BEFORE_MONTHS = re.compile(r"(?:\b(?:in|of|until|till|by|on|since|this|last|next|from|de|en|el)|\d(?:st|nd|rd|th)?) $", re.IGNORECASE)
_DAY_AFTER = re.compile(r" (?:\d|the \d|first|second|third)")
_WORD_BEFORE = re.compile(rf"(?<![\w'’])(?P<word>{_CAP}) $")
_COMPANY = re.compile(
    r"\b(?:Express|City|Cent(?:er|re)|Banks?|Services?|Customer|Company|Inn|Hotels?|Airlines?|Telecom|Insurance|Support|Care|Department|Union|"
    r"Rentals?|Clinic|Hospital|Group|Inc|Ltd|LLC|Mobile|Energy|Water|Electric|Credit|Bank|Banco|Seguros|Hotel|Clínica|Telefónica|"
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
                if pattern in (_WEAK, _SAYS_WHO, _VOCATIVE) and self._is_company(text, match.end("name"), match["name"]):
                    continue
                yield from self._words(text, match.start("name"), match.end("name"))
        for match in _STRONG.finditer(text):
            yield from self._after_announcement(text, match.end())
        for match in _TITLED_LOWER.finditer(text):
            if not self._cased or match["name"] not in NOT_NAMES:
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
            capital.end() == len(text) or text[capital.end()] in ".,;!?" or text[capital.end() :].startswith((" and", " y "))
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
