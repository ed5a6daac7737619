"""The words that a report itself says, in the languages of the manuals: English, Spanish and Chinese.

Titles, quotes and reasons come from rubrics and judges in their own language; these are the words around them. A
language that is not here gets English.
"""

from __future__ import annotations

__all__ = ["Labels"]

_LABELS: dict[str, tuple[str, str, str]] = {
    "agent": ("agent", "agente", "客服"),
    "assessed": ("Assessed", "Evaluado", "已评估"),
    "auto_fail": ("AUTO-FAIL", "SUSPENSO DIRECTO", "一票否决"),
    "auto_fails": ("auto-fails", "suspensos directos", "一票否决"),
    "broken_most": ("Broken most", "Lo más incumplido", "违反最多"),
    "business": ("business", "negocio", "业务"),
    "cached": ("cached", "en caché", "缓存"),
    "clause": ("clause", "cláusula", "条款"),
    "compliance": ("compliance", "cumplimiento", "合规"),
    "conversations": ("Conversations", "Conversaciones", "对话"),
    "cost": ("Cost", "Coste", "成本"),
    "critical": ("critical", "crítico", "致命"),
    "critical_accuracy": ("Free of critical errors", "Sin errores críticos", "无致命差错"),
    "customer": ("customer", "cliente", "客户"),
    "failed": ("not graded", "sin evaluar", "未能评分"),
    "findings": ("Findings", "Resultados", "评判"),
    "graded": ("graded", "evaluadas", "已评分"),
    "instead": ("better", "mejor", "改为"),
    "insert_after": ("add after turn {turn}", "añadir tras el turno {turn}", "第 {turn} 句之后补充"),
    "insert_before": ("add before turn {turn}", "añadir antes del turno {turn}", "第 {turn} 句之前补充"),
    "judge": ("Judge", "Juez", "评判者"),
    "major": ("major", "grave", "严重"),
    "manual": ("manual", "manual", "手册"),
    "mean": ("mean", "media", "平均分"),
    "met": ("met", "cumplidos", "符合"),
    "minor": ("minor", "leve", "轻微"),
    "no_price": ("price not known", "precio desconocido", "价格未知"),
    "not_assessed": ("not assessed", "no evaluados", "未评估"),
    "nothing_assessed": ("nothing could be assessed", "nada se pudo evaluar", "均未能评估"),
    "none_graded": ("no conversation was graded", "no se evaluó ninguna conversación", "没有已评分的对话"),
    "of_applicable": ("of the criteria that applied", "de los criterios aplicables", "的适用标准"),
    "not_given": ("no data", "sin datos", "无数据"),
    "others": ("and {count} more", "y {count} más", "另有 {count} 项"),
    "passed": ("pass", "apto", "合格"),
    "prompt": ("prompt", "instrucciones", "提示词"),
    "qualification": ("Judge's test", "Prueba del juez", "评判者检验"),
    "qualified": (
        "qualified {date}: violation F1 {f1}, kappa {kappa} on {count} labelled conversations of {rubrics}",
        "superada el {date}: F1 de incumplimientos {f1}, kappa {kappa} en {count} conversaciones etiquetadas de {rubrics}",
        "{date} 通过：违反项 F1 {f1}，kappa {kappa}，{rubrics} 的 {count} 通标注对话",
    ),
    "requests": ("requests", "peticiones", "请求"),
    "rewrites": ("Rewrites", "Mejoras", "改写"),
    "rewrites_counted": (
        "{shown} shown, {withheld} withheld",
        "{shown} mostradas, {withheld} retenidas",
        "给出 {shown} 条，未给出 {withheld} 条",
    ),
    "rubric": ("Rubric", "Rúbrica", "评分标准"),
    "scenarios": ("arose", "se dio", "情形"),
    "score": ("Score", "Puntuación", "得分"),
    "stamped": ("judge UNQUALIFIED", "juez que NO HA SUPERADO la prueba", "评判者未通过检验"),
    "summary": ("Summary", "Resumen", "汇总"),
    "tokens_in": ("tokens in", "tokens de entrada", "输入令牌"),
    "tokens_out": ("tokens out", "tokens de salida", "输出令牌"),
    "turn": ("turn {turn}", "turno {turn}", "第 {turn} 句"),
    "unqualified": (
        "UNQUALIFIED ({date}): {reasons}; violation F1 {f1}, kappa {kappa} on {count} labelled conversations of {rubrics}",
        "NO SUPERADA ({date}): {reasons}; F1 de incumplimientos {f1}, kappa {kappa} en {count} conversaciones "
        "etiquetadas de {rubrics}",
        "未通过（{date}）：{reasons}；违反项 F1 {f1}，kappa {kappa}，{rubrics} 的 {count} 通标注对话",
    ),
    "untested": (
        "has not qualified (coach eval qualify)",
        "sin prueba (coach eval qualify)",
        "未经检验（coach eval qualify）",
    ),
    "untested_because": (
        "has not qualified: {reasons} (coach eval qualify)",
        "sin prueba: {reasons} (coach eval qualify)",
        "未经检验：{reasons}（coach eval qualify）",
    ),
    "ungraded": ("Could not be graded", "Conversaciones sin evaluar", "未能评分的对话"),
    "violated": ("violated", "incumplidos", "违反"),
    "why": ("why", "por qué", "原因"),
    "why_not": ("Not assessed", "No evaluado", "未评估原因"),
    "withheld": ("no rewrite", "sin mejora", "暂无改写"),
}

_COLUMN = {"en": 0, "es": 1, "zh": 2}


class Labels:
    """The labels in one language (`es`, `zh-CN`, ...)."""

    def __init__(self, language: str | None) -> None:
        self.language = (language or "en").split("-")[0].lower()
        self._column = _COLUMN.get(self.language, 0)

    def __call__(self, name: str, **values: object) -> str:
        """The label `name` with `values` filled in. Raises KeyError for a name that is not one."""
        return _LABELS[name][self._column].format(**values)
