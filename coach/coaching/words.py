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
    "share_once": (
        "Broken the one time it applied; the judge was {sure} sure.",
        "Incumplido la única vez que tocaba; seguridad de la evaluación: {sure}.",
        "只适用过 1 次，那次违反了；评判的把握是 {sure}。",
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
    "monthly_title": (
        "Monthly summary: {agent}, {month}",
        "Resumen mensual: {agent}, {month}",
        "月度总结：{agent}，{month}",
    ),
    "monthly_draft": (
        "DRAFT, drawn from graded conversations. Check it, complete what stands in brackets, and strike out what is not so.",
        "BORRADOR, hecho con conversaciones evaluadas. Revíselo, complete lo que va entre corchetes y tache lo que no sea así.",
        "草稿：根据已评对话生成。请核对，补上方括号里的内容，不符合实际的请删去。",
    ),
    "monthly_count": (
        "{count} conversations were graded by {rubric}; {passed} of {settled} passed.",
        "Se evaluaron {count} conversaciones según {rubric}; {passed} de {settled} aprobadas.",
        "按“{rubric}”评定 {count} 通对话；{settled} 通中 {passed} 通合格。",
    ),
    "monthly_1": (
        "1. Problems of the month and how they were solved",
        "1. Problemas del mes y cómo se resolvieron",
        "一、本月遇到的问题及解决情况",
    ),
    "monthly_2": ("2. What was learned", "2. Lo aprendido", "二、学到了什么"),
    "monthly_3": ("3. Where training is needed", "3. Dónde hace falta formación", "三、哪些方面还需要培训"),
    "monthly_4": (
        "4. What customers asked most, and why",
        "4. Lo que más preguntaron los clientes y por qué",
        "四、客户问得最多的问题及原因",
    ),
    "monthly_5": ("5. Plan for the next month", "5. Plan para el próximo mes", "五、下一阶段的计划"),
    "monthly_situation": (
        "{title}: all its rules kept in {kept} of {count} conversations.",
        "{title}: todas sus reglas cumplidas en {kept} de {count} conversaciones.",
        "{title}：{count} 通对话中 {kept} 通全部做到。",
    ),
    "monthly_gain": (
        "{title}: kept {before} of {of} times before, {now} of {count} this month.",
        "{title}: antes cumplido {before} de {of} veces; este mes, {now} de {count}.",
        "{title}：以前 {of} 次做到 {before} 次，本月 {count} 次做到 {now} 次。",
    ),
    "monthly_chance": (
        "At such counts a change can be chance.",
        "Con estas cifras, un cambio puede ser casualidad.",
        "数量这么少，变化也可能是偶然。",
    ),
    "monthly_no_gain": (
        "No rule was kept more often than before, as far as the counts can tell.",
        "Ninguna regla se cumplió más que antes, hasta donde alcanzan las cifras.",
        "从数字上看，没有哪一条比以前做得更好。",
    ),
    "monthly_first": (
        "There is no earlier month to compare with.",
        "No hay un mes anterior con el que comparar.",
        "没有更早的月份可以比较。",
    ),
    "monthly_broken": (
        "{title}: broken {count} of the {of} times it applied.",
        "{title}: incumplido {count} de las {of} veces que tocaba.",
        "{title}：适用的 {of} 次里违反了 {count} 次。",
    ),
    "monthly_few": (
        "{count} conversations are too few to tell a habit from chance: these are single moments.",
        "{count} conversaciones son muy pocas para distinguir un hábito de la casualidad: son momentos sueltos.",
        "只有 {count} 通对话，分不清是习惯还是偶然：这些只是个别时刻。",
    ),
    "monthly_asked": (
        "{title}: in {count} conversations.",
        "{title}: en {count} conversaciones.",
        "{title}：{count} 通对话。",
    ),
    "monthly_line": (
        "A customer said ({where}): “{quote}”",
        "Un cliente dijo ({where}): «{quote}»",
        "客户说（{where}）：“{quote}”",
    ),
    "monthly_goal": ("Keep every time: {title}", "Cumplir siempre: {title}", "每次都做到：{title}"),
    "monthly_practise": (
        "Practise on this month's customers: `coach practice {agent}`.",
        "Practicar con los clientes de este mes: `coach practice {agent}`.",
        "用本月的客户原话练习：`coach practice {agent}`。",
    ),
    "monthly_nothing": (
        "Nothing that was graded shows this.",
        "Nada de lo evaluado lo muestra.",
        "已评的对话里没有这方面的内容。",
    ),
    "monthly_fill_1": (
        "[Which problems are still open, and what was done outside the conversation?]",
        "[¿Qué problemas siguen abiertos y qué se hizo fuera de la conversación?]",
        "[哪些问题还没有解决？对话之外做了什么？]",
    ),
    "monthly_fill_2": (
        "[In your own words: what was learned?]",
        "[Con sus palabras: ¿qué se aprendió?]",
        "[用自己的话写：学到了什么？]",
    ),
    "monthly_fill_3": (
        "[Which knowledge of goods, systems or rules was missing?]",
        "[¿Qué conocimiento de productos, sistemas o normas faltó?]",
        "[还缺哪些商品、系统或规定方面的知识？]",
    ),
    "monthly_fill_4": (
        "[Why did they ask? What would make these questions rarer?]",
        "[¿Por qué preguntaron? ¿Qué haría menos frecuentes estas preguntas?]",
        "[他们为什么问？怎样能让这些问题少一些？]",
    ),
    "monthly_fill_5": ("[What else, and by when?]", "[¿Qué más y para cuándo?]", "[还有什么？什么时候完成？]"),
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
