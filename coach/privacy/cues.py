"""Words that announce what kind of number, name or date comes next, in English, Spanish and Chinese.

Promise: a cue by itself masks nothing. It decides between kinds, and it lets short numbers count that alone would say
nothing; so a forgotten cue costs a kind or a short number, a superfluous one next to nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from coach.privacy.kinds import Kind

__all__ = ["TIGHT", "Cue", "Expectation", "find_cues"]

Wanted = Kind | Literal["LAST"]

_CUES: dict[str, str] = {
    "AGENT_ID": r"(?:my )?work number|número de trabajo|agent(?: number| id)?|badge|(?:employee|staff|operator|"
    r"advisor|adviser)(?: number| id)|operador[a]?|agente|"
    r"ejecutiv[oa](?: número)?|ases(?:or|ora) número|número de (?:agente|empleado|operador)|工号|服务证号|坐席号|员工号",
    "PHONE": r"(?:tele)?phone|mobile|cell(?:phone)?|landline|fax|extension|whatsapp|call ?back number|contact number|"
    r"(?:reach|ring|text|call) (?:me|you|him|her|them|us)(?: back)? (?:on|at)|(?:call|ring) (?:him|"
    r"her|them)|numbers? (?:shall|can|should) we|"
    r"(?:his|her|the courier's|driver's) number|number for|tel[ée]fono|m[óo]vil|celular|l[íi]nea|fijo|"
    r"número de contacto|"
    r"n[úu]mero (?:para|d[oe]nde)|(?:llam\w+|localiz\w+) al|电话|手机|座机|联系方式|号码|拨打|打我|打这个|热线|转分机",
    "ID": r"social security|\bsocial\b|ssn|passport|driv(?:er'?s|ing) licen[cs]e(?: number)?|national insurance|"
    r"(?:national |identity |photo |\b)id(?: card| number)|identity|tax (?:id|number)|dni|nie|nif|"
    r"curp|rfc|pasaporte|c[ée]dula|"
    r"documento|identificaci[óo]n|carn[ée]t? de conducir|seguridad social|身份证|护照|驾驶证|驾照|证件号?|社保号|"
    r"档案编号|军官证|通行证",
    "CARD": r"cards?|visa|mastercard|amex|long number|tarjetas?|卡号|银行卡|信用卡|借记卡|储蓄卡|的卡|农行|工行|建行|卡",
    "ACCOUNT": r"accounts?|(?:member(?:ship)?|customer|client|insurance|meter|contract) (?:number|no\.?|id)|policy|"
    r"user ?name|user id|login|iban|routing|sort code|cuentas?|p[óo]liza|(?:número|nº|"
    r"núm\.?) de (?:soci[oa]|abonado|cliente|"
    r"contrato|historia|suministro)|historia|contrato|usuario|mutua|clabe|账[号户]|帐[号户]|户[号头]|会员号|会员卡号|保单号?|客户号|"
    r"客户编号|税号|微信号?|qq号?|用户名|合同号|合同编号|保险号|存折|公积金号",
    "ORDER": r"orders?|(?:número de |la )orden|tracking|parcel|package|shipment|consignment|waybill|booking|"
    r"reservation|confirmation|ticket|case|"
    r"reference|ref|claim|complaint (?:number|id)|complaint|job number|invoice|receipt|check number|ride id|"
    r"transaction|voucher|coupon|pedidos?|gu[íi]a|rastreo|seguimiento|env[íi]o|reserva|localizador|referencia|"
    r"reclamaci[óo]n|incidencia|siniestro|expediente|folio|factura|parte|aviso|caso|encargo|albar[áa]n|resguardo|"
    r"número de baja|单号|订单|运单|快递|工单|受理(?:编)?号|报案号|编号|流水号|预约号|票号|优惠券|券码|凭证号|回执|"
    r"取件码|案号|受理",
    "PLATE": r"(?:licen[cs]e |number |\b)plates?|registration|reg number|matr[íi]cula|placas?|patente|车牌号?|号牌",
    "BIRTH_DATE": r"birth ?(?:date|day)?|date of birth|born|dob|nac[íi](?:miento|da|do)?|cumplea[ñn]os|出生|生日|生于",
    "CODE": r"pin(?: code| number)?|pass ?code|password|security code|cvv|cvc|(?:verification|one-time) code|code|"
    r"c[óo]digo|clave|contrase[ñn]a|验证码|密码|校验码",
    "ADDRESS": r"post ?codes?|zip(?: code)?|house number|address|c[óo]digo postal|c\.?p\.|direcci[óo]n|domicilio|"
    r"邮编|地址|住址",
    "NAME": r"(?:your|full|last|first|the|whose|patient's|recipient's|his|her) names?|names? (?:on|that|of|is|"
    r"was)|surname|who am i speaking|"
    r"speaking with|with whom|who is this|(?:what|how) (?:do|should|may|shall|can) i (?:call|"
    r"address) you|su nombre|nombre completo|nombre|apellidos?|c[óo]mo se llama|se llama|"
    r"con qui[ée]n|a nombre de|贵姓|怎么称呼|如何称呼|姓名|名字|姓什么|叫什么|哪位|收件人|寄件人|联系人|车主|户主|驾驶员",
    "LAST": r"(?:last|final) (?:two|three|four|five|six|\d) ?(?:digits|numbers)?|last digits|end(?:s|"
    r"ing)(?: in| with)?|"
    r"(?:terminad|acabad)[ao](?: en)?|termina en|acaba en|[úu]ltim[oa]s (?:dos|tres|cuatro|cinco|seis|"
    r"\d)?(?: d[íi]gitos| cifras)?|"
    r"尾号|后头是?|后面是?|末尾|后[二两三四五六]位|末[二两三四五六]位|最后[二两三四五六]位",
}


def _guarded(pattern: str) -> str:
    """Latin words whole; Chinese ones anywhere."""
    return rf"(?<![a-zà-ÿ0-9_])(?:{pattern})(?![a-zà-ÿ_])"


_PATTERN = re.compile("|".join(f"(?P<{kind}>{_guarded(pattern)})" for kind, pattern in _CUES.items()), re.IGNORECASE)

TIGHT = re.compile(
    r"(?:[\s:：#,.;?¿，。？、\-–—(（\"'“”]|numbers?|num|no|nr|nº|n\.º|n°|n[úu]meros?|id|code|c[óo]digo|is|"
    r"was|it's|its|are|it|yes|yeah|sure|ok|"
    r"sorry|one|either|actually|maybe|probably|i think|"
    r"de|for|of|the|a|al|an?|that's|that|i mean|so|que|es|son|fue|s[íi]|mi|el|la|los|las|en|"
    r"con|por|terminad[ao]|"
    r"acabad[ao]|ends?|ending|in|on|at|with|last|four|digits?|[úu]ltim[oa]s|cuatro|d[íi]gitos|"
    r"number is|letra|my|your|new|old|"
    r"file|是|为|的|就|号|码|号码|嗯|呃|后[二三四五六]位|尾号|末[二三四五六]位|编号|写着|哦|对|您?记一下)*",
    re.IGNORECASE,
)
"""What may stand between a cue and its number where only a cue right before makes it one."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue at `start:end`."""

    start: int
    end: int
    kind: str


def find_cues(text: str) -> list[Cue]:
    """The cues of `text`, from left to right."""
    return [Cue(m.start(), m.end(), m.lastgroup or "") for m in _PATTERN.finditer(text)]


class Expectation:
    """What the last question or announcement makes one expect of the turns that follow.

    It holds while little else is said: for the next turns with numbers or a few words, and one more.
    """

    _SHORT = 14

    def __init__(self) -> None:
        self.kinds: tuple[str, ...] = ()
        self.speaker: str | None = None
        self._age = 0

    def after(self, text: str, cues: list[Cue], speaker: str, *, answered: bool) -> None:
        """Take note of a turn; `answered`: it held a number or name."""
        question = "?" in text or "？" in text
        if cues and (question or not (answered and self.kinds and len(text) < 2 * self._SHORT)):
            self.kinds = tuple(dict.fromkeys(cue.kind for cue in reversed(cues)))
            self.speaker, self._age = speaker, 0
            return
        if len(text) > self._SHORT and not (answered and len(text) < 4 * self._SHORT):
            self._age += 1
            if self._age >= 2:
                self.kinds = ()
