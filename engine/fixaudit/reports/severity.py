"""Severities in the words of reports, and the five they come down to."""

from __future__ import annotations

import re

from fixaudit.reports.model import Severity

_LEVELS: dict[Severity, str] = {
    "critical": "critical blocker severe urgent p0 s0 showstopper catastrophic fatal kritisch kritische kritischer critique critiques crítico crítica críticos críticas"
    " critico critica critici критический критическая критические критично критическое критичный критичные критичні критична блокер"
    " kritis 严重 嚴重 致命 紧急 危急 クリティカル 致命的 緊急 重大 심각 치명적 krytyczny krytyczne kritik kritiek bloquant bloqueante bloqueador",
    "high": "high major important importante importantes serious p1 s1 error hoch hohe hoher haut haute hauts élevé élevée élevés majeur majeure alto alta altos altas grave graves elevado elevada mayor maior"
    " высокий высокая высокие высокое высоко важно серьезный серьёзный серьезные серьёзные серьезная серьёзная wichtig wichtige wichtiger penting tinggi високий висока 高 高危 重要 높음 wysoki wysoka wysokie yüksek hoog",
    "medium": "medium med moderate warning warnung warnungen advertencia aviso avertissement p2 s2 умеренный умеренная умеренные 警告 경고 предупреждения предупреждение sedang mittel mittlere mittlerer mäßig moyen moyenne moyens modéré modérée medio media médio média medios medias moderado moderada moderato"
    " средний средняя средние среднее средне середній середня 中 中等 中危 一般 普通 보통 중간 średni średnia średnie orta gemiddeld",
    "low": "low lower minor cosmetic trivial p3 p4 s3 rendah niedrig niedrige gering geringe leicht faible faibles basse bas mineur mineure bajo baja bajos bajas baixo baixa baixos baixas menor basso bassa"
    " низкий низкая низкие низкое низко низький низька 低 低危 轻微 軽微 낮음 niski niska niskie düşük laag",
    "info": "info informational information informative informativ note nit nitpick suggestion hinweis informativo информация информационный 信息 提示 情報 참고 bilgi",
}
"""The words of reports for the five severities, in the languages of `vocabulary`."""
_WORDS: dict[str, Severity] = {
    word: severity for severity, words in _LEVELS.items() for word in words.split()
}
_MARKS: dict[str, Severity] = {
    "🔴": "critical",
    "🚨": "critical",
    "🟠": "high",
    "🟡": "medium",
    "🟢": "low",
    "🔵": "info",
    "⚪": "info",
}
WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
SAID_AT_END = re.compile(
    rf"\s*(?:[-–—:|,]+\s*|[(\[]\s*)(?:(?:severity|priority|risk|impact)\s*:?\s*)?(?P<word>{WORD})"
    rf"(?:[ -](?:risk|severity|priority|impact))?\s*[)\]]?\s*\Z",
    re.I,
)
SAID_BY_MARK = re.compile(
    rf"\s*(?:[⚠❗‼🔥🔴🟠🟡🟢🔵]|(?<=\s)\[[A-Z!]+\])\ufe0f?\s*(?P<word>{WORD})(?:\s+(?:{WORD}))?\s*(?:\([^()]*\))?\s*\Z",
    re.I,
)
"""A severity after its mark at the end of a title, with a condition in brackets or without."""
SAID_IN_BRACKETS = re.compile(
    rf"\s*[(\[]`?(?:severity|priority|risk)\s*[:=]\s*(?P<word>{WORD})(?:\s*[-/]\s*\w+)?`?[)\]]",
    re.I,
)
RANKED_ID = re.compile(
    r"(?:[A-Z]{1,3}-)?(?P<word>CRITICAL|CRIT|HIGH|MEDIUM|MED|LOW|INFO|P[0-3])-\d"
)
_FIRST = re.compile(rf"(?<![\w-])({WORD})(?![\w])", re.I)
_SCORE = re.compile(r"(?<![\d.])(10(?:\.0)?|\d\.\d|\d)(?![\d.])")
_RANK = r"severity|priority|schweregrad|priorit[äa]t|priorit[ée]|gravit[ée]|s[ée]v[ée]rit[ée]|prioridade?|severidade?|gravedad|gravidade|priorit[àa]|приоритет|критичность|пріоритет|öncelik|urgency|緊急度|紧急程度"
_NOUN = rf"{_RANK}|problem\w*|probl[èe]mes?|проблемы?|ошибки|находки|уязвимости|issues?|findings?|vulnerabilit\w+|bugs?|risks?|priority|severity|problems?|defects?|errors?|fixes (?:applied|made|done|implemented)|debt|items?|tasks?|gaps?|concerns?|smells?|violations?|flaws?|weakness(?:es)?|failures?|blockers?|warnings?|missing \w+|баг\w*|замечани\w*|befunde|hallazgos|achados"
_OTHER_SCALE = re.compile(
    rf"\b({WORD})[ -]+(?:confidence|impact(?! (?:issues|problems|findings|bottlenecks|bugs)\b)|effort|coverage|quality|traffic)\b",
    re.I,
)
_OF_SECTION = re.compile(
    rf"(?<![\w-])(?<!\band )(?<!\bи )(?<!& )({WORD})(?:[ -]+(?!impact|effort)[a-z/&]+)??(?:[ -]+[a-z/&]+)??[ -]+(?:{_NOUN})\b"
    rf"|^\W*({WORD})s?(?:\s*/\s*[\w-]+)?\W*(?:\([^)]*\))?\W*$"
    rf"|\s[|–—-]\s+({WORD})\s*(?:\(\d+\)|\Z)"
    rf"|^\W*({WORD})\s*[(:–—-]"
    rf"|\b(?:{_RANK})\s*[:-]?\s*({WORD})\b"
    rf"|({WORD})(?:优先级|优先|风险|级别|级|问题|漏洞|優先度|リスク)|(?:优先级|级别|風險|風险|风险|優先度|重要度|深刻度)\s*[:：]?\s*({WORD})"
    rf"|[(（]({WORD})[)）]|\b(?:{_NOUN})\s+([PS]\d)\b",
    re.I,
)


def normalised(word: str) -> Severity | None:
    """The severity one word means, None for any other word."""
    return _WORDS.get(word.lower())


def severity_in(value: str, label: str = "") -> Severity | None:
    """The severity that the value of a severity label states first: a word, a mark or a score.

    Scores count only where label or value speak of CVSS or are nothing but a number.
    """
    found = _FIRST.search(value.rpartition(" | ")[2][:80]) or _FIRST.search(value[:80])
    if found:  # of "Nitpick | Minor", a kind and a level, the level
        return normalised(found.group(1))
    counts = label.lower() not in ("impact", "priority", "weak-severity")
    scored = "cvss" in (label + value).lower() or (counts and re.fullmatch(r"[\d./ ]+", value))
    score = _SCORE.search(value) if scored else None
    if score:
        number = float(score.group(1))
        return (
            "critical"
            if number >= 9
            else "high" if number >= 7 else "medium" if number >= 4 else "low"
        )
    return severity_mark(value)


def cvss_in(text: str) -> str:
    """The words of `text` from a CVSS score on, "" where there is none."""
    score = re.search(r"\bCVSS\W{0,3}(?:v?[34](?:\.\d)?\W{1,3})?\d", text)
    return text[score.start() :].strip() if score else ""


_INSIDE = re.compile(
    rf"\b(?:severity|priority|impact|risk)\s*:\s*({WORD})(?=\s*(?:[.;,|)]|\Z))", re.I
)


def level_inside(text: str) -> tuple[str, Severity | None]:
    """A level within words, as it is written too: "... CVSS 7.5", "... sent once. Impact: high."."""
    if score := cvss_in(text):
        return score, severity_in(score, "cvss")
    found = _INSIDE.search(text)
    return (found[1], normalised(found[1])) if found else ("", None)


def severity_mark(text: str) -> Severity | None:
    """The severity a coloured mark at either end of `text` stands for."""
    return next((_MARKS[char] for char in text[:6] + text[-12:] if char in _MARKS), None)


def severity_of_section(title: str) -> tuple[Severity | None, str]:
    """The severity a heading gives to what stands below it, with its words.

    "Critical Issues Found", "8.2 High-Risk Issues", "Medium" give one; "High Impact, Low Effort"
    and "Critical Path" do not.
    """
    leads = re.match(rf"\W*(?:{WORD})\b", title, re.I)  # "Low (latent, low impact)"
    other = _OTHER_SCALE.search(re.sub(r"(?<=\w) ?\([^()]*\)", "", title) if leads else title)
    found = None if other else _OF_SECTION.search(title)
    if found:
        word = next(group for group in found.groups() if group)
        return normalised(word), word
    mark = severity_mark(title)
    return mark, title[:1] if mark else ""


_RED = re.compile(rf"🔴[^\w\n]{{0,6}}({WORD})\b", re.I)
_RANKED = re.compile(rf"\b({WORD})(?=[ -](?:{_NOUN})\b)", re.I)


def red_is_high(text: str) -> bool:
    """True where a report means "high" by its red mark: it says so, or names no higher level."""
    said = [level for level in map(normalised, _RED.findall(text)) if level in ("critical", "high")]
    if said:
        return said.count("high") > said.count("critical")
    levels = {*map(normalised, _RANKED.findall(text))}
    return "high" in levels and "critical" not in levels


_VAGUE = re.compile("risco|risque|risiko|rischio|riesgo|риск|风险|リスク", re.I)
_BARE = re.compile(r"\w+\W*(?:\(.*|\Z)")


def is_severity(label: str, value: str) -> bool:
    """False for a risk told in words: "Risco: baixo neste lugar", but "Risco: baixo (UX)" is one."""
    if label.strip().lower() == "risk":
        return re.match(rf"\W*(?:{WORD})\b", value, re.I) is not None or bool(severity_mark(value))
    return not _VAGUE.search(label) or _BARE.match(value) is not None
