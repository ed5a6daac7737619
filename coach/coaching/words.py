"""The words that a coaching sheet and a practice session say themselves, in English, Spanish and Chinese.

Promise: kind and plain. They speak of what was said, never of what somebody is.
"""

from __future__ import annotations

__all__ = ["Words"]

_WORDS: dict[str, tuple[str, str, str]] = {
    "title": ("Coaching sheet: {agent}", "Hoja de acompañamiento: {agent}", "辅导单：{agent}"),
    "period": (
        "{count} conversations, {since} to {until}, graded by {rubric}.",
        "{count} conversaciones, del {since} al {until}, evaluadas según {rubric}.",
        "{since} 至 {until} 共 {count} 通对话，按“{rubric}”评定。",
    ),
    "none": (
        "No conversation of {agent} has been graded in this period, so there is nothing to say yet.",
        "En este periodo no se ha evaluado ninguna conversación de {agent}; todavía no hay nada que decir.",
        "这段时间没有 {agent} 的已评对话，暂时无从谈起。",
    ),
    "few": (
        "{count} conversations are too few to tell a habit from chance (it takes {enough}). What follows are single moments.",
        "{count} conversaciones son muy pocas para distinguir un hábito de la casualidad (hacen falta {enough}). Lo que"
        " sigue son momentos sueltos.",
        "只有 {count} 通对话，还分不清是习惯还是偶然（至少要 {enough} 通）。下面只是个别时刻。",
    ),
    "strengths": ("What went well", "Lo que salió bien", "做得好的地方"),
    "no_strength": (
        "Nothing has been graded often enough yet to call it a strength.",
        "Todavía no hay nada evaluado tantas veces como para llamarlo un punto fuerte.",
        "目前还没有哪一项被评到足够多次，可以称为强项。",
    ),
    "kept": (
        "{title}: kept {count} of {of} times.",
        "{title}: cumplido {count} de {of} veces.",
        "{title}：{of} 次中做到 {count} 次。",
    ),
    "habits": ("What would help most", "Lo que más ayudaría", "最值得调整的"),
    "moments": ("Moments worth a look", "Momentos que conviene mirar", "值得一看的时刻"),
    "nothing_wrong": (
        "Nothing was found broken in these conversations. There is no habit to change.",
        "En estas conversaciones no se encontró nada incumplido. No hay ningún hábito que cambiar.",
        "这些对话里没有发现违反之处，没有要改的习惯。",
    ),
    "no_habit": (
        "Single slips only, none of them twice: no habit to change.",
        "Solo deslices sueltos, ninguno repetido: no hay hábito que cambiar.",
        "只有零星的疏漏，没有重复出现的，谈不上习惯。",
    ),
    "share": (
        "Broken {count} of the {of} times it applied ({low} to {high} at this sample size, 95%); the judge was {sure} sure.",
        "Incumplido {count} de las {of} veces que tocaba (entre {low} y {high} con esta muestra, 95 %); seguridad de la"
        " evaluación: {sure}.",
        "适用的 {of} 次里违反了 {count} 次（以这个样本量，95% 的区间是 {low} 到 {high}）；评判的把握是 {sure}。",
    ),
    "clause": ("The manual ({clause}): “{quote}”", "El manual ({clause}): «{quote}»", "手册（{clause}）：“{quote}”"),
    "said": ("You said ({where}): “{quote}”", "Usted dijo ({where}): «{quote}»", "您当时说（{where}）：“{quote}”"),
    "replace": ("Better: “{text}”", "Mejor: «{text}»", "可以这样说：“{text}”"),
    "before": ("Before it: “{text}”", "Antes de eso: «{text}»", "在这之前先说：“{text}”"),
    "after": ("After it: “{text}”", "Después de eso: «{text}»", "在这之后补一句：“{text}”"),
    "no_rewrite": (
        "No wording of this turn passed the check; talk it over with your team leader.",
        "Ninguna redacción de este turno superó la comprobación; coméntelo con su responsable.",
        "这一句没有通过复核的改写，可以和班组长一起商量。",
    ),
    "example": (
        "How it can sound, in another conversation: “{text}”",
        "Cómo puede sonar, en otra conversación: «{text}»",
        "换一通对话，可以这样说：“{text}”",
    ),
    "exercise": ("A short exercise", "Un ejercicio corto", "小练习"),
    "answer_these": (
        "These customers are real. How would you answer? (`coach practice {agent}` asks and grades at once.)",
        "Son clientes de verdad. ¿Qué les respondería? (`coach practice {agent}` pregunta y evalúa al momento.)",
        "这些都是真实的客户。您会怎么回答？（`coach practice {agent}` 会提问并当场评分。）",
    ),
    "turn": ("{transcript}, turn {turn}", "{transcript}, turno {turn}", "{transcript} 第 {turn} 句"),
    "customer": ("Customer: {line}", "Cliente: {line}", "客户：{line}"),
    "about": ("({title})", "({title})", "（{title}）"),
    "well": ("Well said.", "Bien dicho.", "说得好。"),
    "not_yet": ("Not yet: {reason}", "Todavía no: {reason}", "还差一点：{reason}"),
    "cannot_tell": (
        "The judge cannot tell from these words.",
        "Con estas palabras no se puede decidir.",
        "从这句话判断不出来。",
    ),
    "also": ("But now it breaks: {title}", "Pero ahora incumple: {title}", "但这样又违反了：{title}"),
    "score": ("{kept} of {count} kept.", "{kept} de {count} cumplidos.", "{count} 题做到 {kept} 题。"),
    "nothing_to_practise": (
        "There is nothing to practise: no habit with a customer's line was found.",
        "No hay nada que practicar: no se encontró ningún hábito con una frase del cliente.",
        "没有要练的：没有找到带客户原话的习惯。",
    ),
}
_COLUMN = {"en": 0, "es": 1, "zh": 2}


class Words:
    """The words in one language (`es`, `zh-CN`); English for a language that is not here."""

    def __init__(self, language: str | None) -> None:
        self.language = (language or "en").split("-")[0].lower()
        self._column = _COLUMN.get(self.language, 0)

    def __call__(self, name: str, **values: object) -> str:
        """The words `name` with `values` filled in. Raises KeyError for a name that is not one."""
        return _WORDS[name][self._column].format(**values)
