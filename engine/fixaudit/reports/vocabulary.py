"""The vocabulary of audit reports: labels such as `File:`, and headings that are no findings.

Two small grammars, both on the words of one heading or label, never on raw report text.
"""

from __future__ import annotations

import re
from typing import Literal

from fixaudit.reports.field_names import COLUMNS, LABELS, TONGUES, Label
from fixaudit.reports.severity import severity_of_section

Part = Literal[
    "exclusion", "praise", "roadmap", "checklist", "scenario", "metrics", "summary",
    "recommendation", "enhancement", "documentation", "background",
]  # fmt: skip


def _all_labels() -> dict[Label, str]:
    tables = [LABELS, *TONGUES.values()]
    kinds: list[Label] = [*LABELS]
    return {
        kind: "\n".join(words.strip() for table in tables if (words := table.get(kind)))
        for kind in kinds
    }


def _any(alternatives: str) -> str:
    """Alternatives set apart by ` | ` or line ends, as one pattern."""
    return "|".join(
        re.split(r" \| |\n", "\n".join(map(str.strip, alternatives.strip().split("\n"))))
    )


_COMPILED = {
    kind: re.compile(rf"(?:{_any(words)})\Z", re.I) for kind, words in _all_labels().items()
}


_PARTS: dict[Part, str] = {
    "exclusion": r"""
        keep (?:these|as|it|this|unchanged) | what to keep | to keep
        (?:do|should) not (?:touch|change|modify|fix|refactor) | don'?t (?:touch|change|modify)
        not to (?:touch|change) | leave (?:alone|as) | intentional | accepted risks?
        nicht (?:[äa]ndern|anfassen) | ne pas (?:toucher|modifier) | no tocar | n[ãa]o (?:tocar|alterar|mexer) | не трогать | не менять | 유지 필수 | (?:변경|수정|삭제) 금지 | 不要修改 | 保持不变 | 変更しない
        fehlalarme? | faux positifs | falsos positivos | ложные срабатывания | 误报 | 誤検知
        acceptable patterns? | false positives? | won'?t fix | out of scope | off[- ]limits | must not change
    """,
    "praise": r"""
        strengths? | positives? | good (?:practices?|patterns?|things|points|news)
        best practices (?:followed|observed|found)
        (?:what )?(?:works?|went|is|done|doing) well | well[- ](?:done|implemented|designed)
        praise | highlights | kudos | passed | no issues?
        already (?:secure|good|correct)
        completed | points (?:forts|positifs) | st[äa]rken | positive aspekte | fortalezas | puntos (?:fuertes|positivos)
        pontos (?:fortes|positivos) | bo[an]s pr[áa]ticas | buenas pr[áa]cticas | bonnes pratiques | punti di forza
        сильные стороны | достоинства | хорошие практики | 优点 | 亮点 | 优势 | 良い点 | 強み | 장점
    """,
    "documentation": r"""
        documentation (?:updates?|required|needed)
    """,
    "enhancement": r"""
        best practices (?:for|f[üu]r|going) .* | prevention | lessons learned | for future (?:changes|development) | enhancements? | nice[- ]to[- ]have | future (?:work|improvements?) | long[- ]term
    """,
    "roadmap": r"""
        plan d[e']? ?\w+ | prochaines [ée]tapes | pr[óo]xim[oa]s pas[so]os | n[äa]chste schritte | следующие шаги | дорожная карта | 行动计划 | 实施计划 | 整改方案 | 后续步骤 | 路线图 | ロードマップ | 次のステップ | feuille de route | ma(?:ß|ss)nahmenplan | план \w+ | road ?map | phase \d+ | sprint \d+ | weeks? \d+ | months? \d+ | timeline
        migration guide | implementation (?:priority|plan|order|schedule)
        (?:remediation|action|fix|migration|rollout) (?:plan|priorit\w+|order|schedule|timeline)
        step \d+ | schritt \d+ | paso \d+ | [ée]tape \d+ | шаг \d+ | (?:proper )?resolution(?: plan| steps)? | milestones? | next steps? | backlog | priorit(?:y|ies) (?:matrix|order|list)
        (?:priority|prioriti[sz]ation) matrix | matri(?:ce|z) (?:de|di) prior\w+ | action items | to-?do
    """,
    "checklist": r"""
        checklists? | checkliste | чек-?лист | 检查清单 | チェックリスト | definition of done | acceptance criteria
    """,
    "scenario": r"""
        scenarios? | testing strategy | test plan | load test(?:s|ing)? | threat model
    """,
    "metrics": r"""
        \Atest(?:ing|s|ing status)\Z | test (?:results?|status) | git history | metrics | score(?:s|card)? | statistics | breakdown | distribution | by the numbers
    """,
    "summary": r"""
        summar(?:y|ies) | overview | conclusions? | verdict | prioriti[sz]ed(?! recommend)
        top[ -]?\d+ | top (?:risks|issues|findings|priorities) | at a glance
        key (?:findings|takeaways) | tl;?dr | index of | table of contents | contents
        evaluation | areas for improvement | findings? (?:list|table|index|matrix) | recap
        most important | summary tables? | итогов\w+ \w+ | tableau r[ée]capitulatif | tabla resumen | tabela resumo | 汇总表? | 一覧表?
         résum[ée](?: ex[ée]cutif)? | resumé | resume ex[ée]cutif | \Aresume\Z | (?:kurz)?zusammenfassung | [üu]bersicht | resum(?:en|o) | sum[áa]rio | riepilogo | sintesi | резюме | сводка | итоги | содержание | краткое \w+
        总结 | 摘要 | 概述 | 概览 | \A目录\Z | 概要 | まとめ | サマリー | 目次 | 요약 | [öo]zet
    """,
    "recommendation": r"""
        how to fix | как исправить | c[óo]mo (?:corregir|arreglar|solucionar) | como (?:corrigir|resolver) | comment corriger | 修复方法 | 修正方法
        (?:recommended|suggested|proposed) (?:actions?|steps|improvements) | (?:empfohlene|vorgeschlagene|notwendige) \w+
        recommendations | quick wins | immediate actions? | (?:\A|\w+ed |possible |potential |further |future |additional |general )improvements | action required
        actions required | recommandations | recomendaciones | recomenda[cç][õo]es | empfehlungen | raccomandazioni | рекомендации
        a[cç][õo]es recomendadas | acciones recomendadas | (?:sofort|empfohlene )ma(?:ß|ss)nahmen | 建议 | 推荐措施 | 推奨(?:事項|対応)? | 권장사항
    """,
    "background": r"""
        \A(?:implementation |additional |general )?notes?\Z | contacts? | appendi(?:x|ces) | methodology | scope | references | questions?
        assumptions | glossary | tools? used | introduction
        technology stack | tech stack
        files? (?:reviewed|analy[sz]ed|audited|examined) | how to (?:use|reproduce|run)
        root cause analysis | impact (?:assessment|analysis) | change ?log | disclaimer | sign-?off | search patterns? | verification commands? | methodik | anhang | annexe | anexo | ap[êe]ndice | приложение | методология | 附录 | 方法 | 付録
    """,
}


_PART_RES = {
    part: re.compile(rf"(?<![^\W\u3040-\u9fff])(?:{_any(words)})(?!\w)", re.I)
    for part, words in _PARTS.items()
}
"""In scripts without blanks, the last words of a heading count: "执行摘要"."""


WHY: dict[Part, str] = {
    "exclusion": "asked to be kept",
    "praise": "praise: no problem is stated",
    "roadmap": "a step of a plan that names no finding of this report",
    "checklist": "a check-list entry that names no finding of this report",
    "scenario": "a scenario, not a place in the code",
    "metrics": "figures, not a finding",
    "summary": "a summary line that names no finding of this report",
    "recommendation": "advice without a place or code of its own",
    "enhancement": "a proposal for something new; nothing existing is found wrong",
    "documentation": "documentation to be written",
    "background": "background: no problem is stated",
}


HARD: frozenset[Part] = frozenset(
    {"exclusion", "praise", "scenario", "metrics", "enhancement", "documentation", "background"}
)
"""Parts whose items never are findings."""


MILD: frozenset[Part] = frozenset(
    {"scenario", "metrics", "background", "documentation", "enhancement"}
)
"""Hard parts below which a numbered heading with a place or severity still is a finding."""


_ISSUES = re.compile(
    r"\b(?:probleme?s?|befunde|schwachstellen|m[äa]ngel|fehler|risiken|probl[èe]mes|constats|vuln[ée]rabilit[ée]s|failles|risques|problemas|hallazgos|vulnerabilidad\w*|riesgos|achados|riscos|problemi"
    r"|проблемы|находки|уязвимости|ошибки|недостатки|риски|sorunlar|bulgular)\b|问题|缺陷|漏洞|隐患|改进点|不足|風險|问题点|指摘|問題|課題|脆弱性|문제|취약점"
    r"|\b(?:(?:items )?not (?:yet )?fixed|issues|findings|vulnerabilities|problems|bugs|smells|violations|defects|risks|concerns|weaknesses|flaws|warnings|errors"
    r"|anti-?patterns|hotspots|observations|gaps)\b",
    re.I,
)


_WRONG = re.compile(
    r"\b(?:missing|untested|issues?|bugs?|risks?|concerns?|vulnerab\w+|errors?(?! (?:handling|logging|reporting|messages?|codes?|tracking|types?|class\w*|recovery))|unsafe|insecure|weak\w*|lacks?|lacking|no|not|never|without"
    r"|hard-?coded|deprecated|leaks?|leaked|race|injection|unbounded|unused|dead|duplicated?|duplication|inconsistent|incorrect|incomplete"
    r"|broken|blocking|exposed|exposure|bypass|overflow|unhandled|swallow\w*|silent|bare|broad|magic|outdated|excessive|redundant|unreachable"
    r"|mutable|unvalidated|unsaniti[sz]ed|plaintext|disabled|wildcard|low coverage|poor|slow|n\+1|failure|failures|fails?|wrong|improper"
    r"|too|complex\w*|circular|tight|global|mismatch|bugged|flaw\w*|problem\w*|god|long|large|traversal|forgery|disclosure|arbitrary)\b",
    re.I,
)


_WRONG_ELSEWHERE = re.compile(
    r"\b(?:fehl\w+|kein\w*|ohne|doppelt\w*|unsicher\w*|veraltet\w*|nicht|unbenutzt\w*|ungenutzt\w*|falsch\w*"
    r"|manqu\w+|absence|sans|doublon\w*|dupliqu\w+|fuite\w*|incorrect\w+|obsol[èe]te\w*|trop|inutilis\w+"
    r"|falt\w+|sin|sem|ausencia|ausência|duplicad\w+|insegur\w+|exp(?:ost|uest)\w+|incorret\w+|vazament\w+|obsolet\w+|demasiad\w+|não"
    r"|manca\w*|assen[tz]\w+|senza|duplicat\w+|brak\w*|b[łl][ęe]d\w*|niepoprawn\w+|zduplikowan\w+"
    r"|отсутств\w+|дублир\w+|утечк\w+|уязвим\w+|неверн\w+|неправильн\w+|небезопасн\w+|хардкод\w*|устаревш\w+|сломан\w+|м[её]ртв\w+|лишн\w+|слишком|гонк\w+|нет|не)\b"
    r"|污染|混入|过[大长多时]|缺[失少乏]|不足|未(?!来)|没有|硬编码|重复|泄[漏露]|风险|错误|异常|不一致|不规范|冲突|失败|阻塞|混乱|冗余|不当"
    r"|欠如|重複|漏れ|バグ|不整合|ハードコード|누락|중복|하드코딩|취약|오류|미흡|없음|부재",
    re.I,
)
"""The same in other languages."""
_GOOD = re.compile(
    r"\b(?:is|are|looks?|seems?) (?:all |very |quite |really )?(?:good|fine|ok|okay|correct|solid|excellent|great|clean)\b|\A\W*(?:good|great|excellent|nice|solid|well[- ][a-z]+ed)\b|\b(?:is|are|works?|reads?) (?:[a-z]+ (?:[a-z]+ )?)?well\Z",
    re.I,
)


_WIDE = str.maketrans("（）：", "():")


def plain(text: str) -> str:
    """`text` without marks, numbers in front and brackets: what headings are compared by."""
    text = text.translate(_WIDE)
    text = re.sub(r"[^\w\s()\[\]/&:#.,;'+❌✅-]", " ", text)
    text = re.sub(r"^[\s\W]*\d+(?:\.\d+)*[.):]?\s+", "", text)
    return " ".join(text.split()).strip(" :.-：")


def label_kind(label: str) -> Label | None:
    """What a label such as "Affected file(s)" or a heading such as "Current Code" announces."""
    words = re.sub(r"\s*\((?!s\)).*$", "", plain(label)).strip(" :")
    if not words or len(words) > 50:
        return None
    forms = dict.fromkeys((words, words.translate(_SIMPLIFIED)))
    found = (kind for each in forms for kind, shape in _COMPILED.items() if shape.match(each))
    return next(found, None)


_SIMPLIFIED = str.maketrans(
    "風險級別嚴優問題議復復類狀態說響詳號決處標編碼當現進現結論驗證據備註員關聯檔徑塊應後項稱陷範圍釋",
    "风险级别严优问题议复复类状态说响详号决处标编码当现进现结论验证据备注员关联档径块应后项称陷范围释",
)
"""Traditional characters of labels."""


def column_kind(text: str) -> Label | None:
    """What a column of a table holds, by its heading."""
    words = re.sub(r"[^\w\s/#().&:-]", "", text).strip().lower()
    found = next((kind for kind, shape in COLUMNS if re.fullmatch(shape, words)), None)
    return found or label_kind(text)


def part_of_report(title: str) -> Part | None:
    """Which part of a report a heading opens, None for one that may hold findings."""
    words = plain(title)
    named = next((part for part, shape in _PART_RES.items() if shape.search(words)), None)
    ticked = "✅" in title and not re.search(r"❌|⚠|^\W*\d", title)
    ticked = ticked and severity_of_section(title)[0] is None  # "✅ P0 - Critical - FIXED"
    return named or ("praise" if ticked else None)


def names_issues(title: str) -> bool:
    """True for a heading in the plural, which holds findings rather than being one."""
    return _ISSUES.search(title) is not None


def states_a_problem(title: str) -> bool:
    return _WRONG.search(title) is not None or _WRONG_ELSEWHERE.search(title) is not None


def states_approval(title: str) -> bool:
    return _GOOD.search(title) is not None


_MORE = re.compile(
    r"\b(?:same|further|other|more|also|similar|additional|elsewhere|remaining|following)\b[^.:]*:\s*\Z",
    re.I,
)


def announces_places(text: str) -> bool:
    """True for a line that announces further places of a finding: "The same occurs in:"."""
    return _MORE.search(text) is not None
