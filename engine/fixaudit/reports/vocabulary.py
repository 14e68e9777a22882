"""The vocabulary of audit reports: labels such as `File:`, and headings that are no findings.

Two small grammars, both on the words of one heading or label, never on raw report text.
"""

from __future__ import annotations

import re
from typing import Literal

Label = Literal[
    "title", "id", "severity", "weak-severity", "location", "lines", "category", "rule", "symbol",
    "problem", "code", "recommendation", "context", "status",
]  # fmt: skip
Part = Literal[
    "exclusion", "praise", "roadmap", "checklist", "scenario", "metrics", "summary",
    "recommendation", "enhancement", "documentation", "background",
]  # fmt: skip


def _all_labels() -> dict[Label, str]:
    return {
        kind: f"{words.rstrip()}\n{_OTHER_TONGUES.get(kind, '')}".strip()
        for kind, words in _LABELS.items()
    }


def _any(alternatives: str) -> str:
    """Alternatives set apart by ` | ` or line ends, as one pattern."""
    return "|".join(
        re.split(r" \| |\n", "\n".join(map(str.strip, alternatives.strip().split("\n"))))
    )


_LABELS: dict[Label, str] = {
    "location": r"""
        (?:affected |source |vulnerable |relevant |code |primary |key )?(?:files?|locations?|paths?|modules?|sources? files?|components?)(?: ?\(s\))?(?: ?(?:affected|involved|path|name|location|and lines?|/ ?lines?|:lines?))?
        where | found (?:in|at) | occurrences? | instances | occurs (?:in|at) | seen (?:in|at)
        affected(?: code| areas?)? | file ?& ?lines? | targets?
    """,
    "lines": r"""
        (?:code |affected )?(?:lines?|line numbers?|line ?(?:range|no\.?|#)|lines? ?\(s\))(?: numbers?)?(?: ?\(s\))?
    """,
    "severity": r"""
        (?:overall )?(?:severity|risk(?: level| rating)|criticality|threat level|severity level|cvss(?: ?v?3(?:\.\d)?)?(?: score| estimate| rating)?|impact level|rating)(?: rating| score)?
    """,
    "weak-severity": r"""
        priority | risk | level | impact | urgency
    """,
    "rule": r"""
        (?:test |check |rule )?(?:id|rule|cwe|check|code|cve)s?(?: ids?)? | owasp(?: category)?
        references? | cwe[ /&]+owasp
    """,
    "id": r"""
        (?:finding|issue|vulnerability|bug) (?:id|#|number|no\.?) | ref
    """,
    "title": r"""
        issue(?: name| title)? | finding(?: name| title)? | vulnerability(?: name| title)?
        title | bug | name | defect | weakness
    """,
    "category": r"""
        category | type | class(?:ification)? | area | kind | tags? | dimension
    """,
    "symbol": r"""
        (?:affected )?(?:functions?|methods?|symbols?|endpoints?|entry points?)(?:/\w+)?
    """,
    "code": r"""
        (?:current|vulnerable|offending|bad|existing|problematic|affected|insecure|original|example|the)? ?(?:code|snippet|implementation|usage|pattern|configuration)(?: snippet| sample| issues?| example)?
        before | bad | wrong | evidence | evidence of usage | proof | poc | proof of concept
        ❌ ?(?:bad|wrong|vulnerable|before|incorrect|insecure|don'?t|no)?(?: \w+)?
    """,
    "recommendation": r"""
        (?:the |suggested |recommended |proposed |possible |required |quick |better |secure |improved |best )*(?:recommendations?|recommended|fix(?:es|ed)?|remediations?|solutions?|mitigations?|suggestions?|corrections?|actions?|resolutions?|change|approach|pattern|alternative|code fix|refactor(?:ing)?|practice|implementation)(?: required| needed| steps?| code| action| advice| guidance| plan| example)*
        how to fix(?: it)? | to fix | after | good | better | correct(?:ed)?(?: code)?
        fixed(?: code)? | should be | instead | ✅ ?(?:good|correct|fixed|after|secure|safe|better|do|yes|right)?(?: (?:code|way|version))?
    """,
    "context": r"""
        existing (?:safeguards?|solutions?|mitigations?).* | acceptance criteria | references?
        effort.* | timeline | estimated .* | related.* | see also | tests? | testing
        verification | status quo | workaround | note | owner | benefits?
        expected (?:impact|load|outcome|result) | expected .* | confidence | likelihood
        exploitability | attack flow
    """,
    "status": r"""
        status | state | resolved | fixed in | resolution status
    """,
    "problem": r"""
        (?:the |main |core |specific |potential |key |current )?(?:problems?|issues?|descriptions?|details?|concerns?|risks?|errors?|findings?|observations?|root causes?|causes?|impacts?|summary|explanation|analysis|rationale|reason|symptoms?|consequences?|behaviou?r|state|weakness)(?: \d+.*| description| identified| found)?
        why .* | what .* | attack (?:scenario|vector|example).* | exploit.* | race condition
        current .*
    """,
}
_OTHER_TONGUES: dict[Label, str] = {
    "location": "datei(?:en)? | fundstellen? | fichiers? | emplacements? | archivos? | ubicaci[oó]n | arquivos? | файлы? | 文件 | 位置",
    "lines": "zeilen? | lignes? | l[ií]neas? | linhas? | строк[аи] | 行号?",
    "severity": "schweregrad | gravit[ée] | s[ée]v[ée]rit[ée] | severidad | gravedad | gravidade | severidade"
    " | критичность | серь[её]зность | уровень(?: риска)? | 严重(?:程度|性)",
    "problem": "beschreibung | probl[èe]me | problema | descripci[oó]n | descri[cç][aã]o | описание | проблема | 问题 | 描述",
    "recommendation": "empfehlung(?:en)? | l[öo]sung | behebung | recommandations? | correctifs? | soluci[oó]n | recomendaci[oó]n"
    " | recomenda[cç][aã]o | corre[cç][aã]o | исправлени[ея] | рекомендаци[ия] | решение | 建议 | 修复(?:建议)?",
}
"""The few labels that matter most, as German, French, Spanish, Portuguese, Russian and Chinese
reports write them."""

_COMPILED = {
    kind: re.compile(rf"(?:{_any(words)})\Z", re.I) for kind, words in _all_labels().items()
}

_PARTS: dict[Part, str] = {
    "exclusion": r"""
        keep (?:these|as|it|this|unchanged) | what to keep | to keep
        (?:do|should) not (?:touch|change|modify|fix|refactor) | don'?t (?:touch|change|modify)
        not to (?:touch|change) | leave (?:alone|as) | intentional | accepted risks?
        false positives? | won'?t fix | out of scope | off[- ]limits | must not change
    """,
    "praise": r"""
        strengths? | positives? | good (?:practices?|patterns?|things|points|news)
        best practices (?:followed|observed|found)
        (?:what )?(?:works?|went|is|done|doing) well | well[- ](?:done|implemented|designed)
        praise | highlights | kudos | passed | no issues?
        already (?:fixed|secure|good|correct) | resolved | fixed issues | fixes applied
        completed | points forts | r[ée]solus? | st[äa]rken | fortalezas | pontos fortes
        сильные стороны | 优点
    """,
    "documentation": r"""
        documentation (?:updates?|required|needed)
    """,
    "enhancement": r"""
        enhancements? | nice[- ]to[- ]have | future (?:work|improvements?) | long[- ]term
    """,
    "roadmap": r"""
        plan de \w+ | feuille de route | ma(?:ß|ss)nahmenplan | план \w+ | road ?map | phase \d+ | sprint \d+ | weeks? \d+ | months? \d+ | timeline
        implementation (?:priority|plan|order|schedule)
        (?:remediation|action|fix|migration|rollout) (?:plan|priorit\w+|order|schedule|timeline)
        milestones? | next steps? | backlog | priorit(?:y|ies) (?:matrix|order|list)
        priority matrix | action items | to-?do
    """,
    "checklist": r"""
        checklists? | definition of done | acceptance criteria
    """,
    "scenario": r"""
        scenarios? | testing strategy | test plan | load test(?:s|ing)? | threat model
    """,
    "metrics": r"""
        metrics | score(?:s|card)? | statistics | breakdown | distribution | by the numbers
    """,
    "summary": r"""
        summar(?:y|ies) | overview | conclusions? | verdict | prioriti[sz]ed
        top \d*\s*(?:risks|issues|findings|priorities) | at a glance
        key (?:findings|takeaways) | tl;?dr | index of | table of contents | contents
        evaluation | areas for improvement | findings? (?:list|table|index|matrix) | recap
        most important | r[ée]sum[ée](?: ex[ée]cutif)? | zusammenfassung | resumen | резюме | 总结
    """,
    "recommendation": r"""
        recommendations | quick wins | immediate actions? | improvements | action required
        actions required
    """,
    "background": r"""
        contacts? | appendi(?:x|ces) | methodology | scope | references | questions?
        assumptions | glossary | tools? used | introduction
        technology stack | tech stack
        files? (?:reviewed|analy[sz]ed|audited|examined) | how to (?:use|reproduce|run)
        change ?log | disclaimer | sign-?off
    """,
}
_PART_RES = {
    part: re.compile(rf"(?<!\w)(?:{_any(words)})(?!\w)", re.I) for part, words in _PARTS.items()
}

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
    r"\b(?:(?:items )?not (?:yet )?fixed|issues|findings|vulnerabilities|problems|bugs|smells|violations|defects|risks|concerns|weaknesses|flaws|warnings|errors"
    r"|anti-?patterns|hotspots|observations|gaps)\b",
    re.I,
)
_WRONG = re.compile(
    r"\b(?:missing|untested|issues?|bugs?|risks?|concerns?|vulnerab\w+|errors?|unsafe|insecure|weak\w*|lacks?|lacking|no|not|never|without"
    r"|hard-?coded|deprecated|leaks?|leaked|race|injection|unbounded|unused|dead|duplicated?|duplication|inconsistent|incorrect|incomplete"
    r"|broken|blocking|exposed|exposure|bypass|overflow|unhandled|swallow\w*|silent|bare|broad|magic|outdated|excessive|redundant|unreachable"
    r"|mutable|unvalidated|unsaniti[sz]ed|plaintext|disabled|wildcard|low coverage|poor|slow|n\+1|failure|failures|fails?|wrong|improper"
    r"|too|complex\w*|circular|tight|global|mismatch|bugged|flaw\w*|problem\w*|god|long|large|traversal|forgery|disclosure|arbitrary)\b",
    re.I,
)
_GOOD = re.compile(
    r"\b(?:is|are|looks?|seems?) (?:all )?(?:good|fine|ok|okay|correct|solid|excellent|great|clean)\b",
    re.I,
)


_COLUMNS: tuple[tuple[Label, str], ...] = (
    ("location", r"(?:affected )?(?:file|location|path|where|module|source)s?(?:\W*(?:and )?(?:\(?s\)?|lines?|name|path))*"),
    ("lines", r"lines?(?: ?(?:no\.?|numbers?|#))?|ln"),
    ("severity", r"severity|risk(?: level)?|priority|level|sev\.?|criticality|cvss.*|impact level|impact"),
    ("id", r"#|id|no\.?|nr\.?|ref|number|(?:issue|finding|vuln\w*) ?(?:#|id|no\.?)"),
    ("title", r"(?:security )?(?:issue|finding|vulnerabilit(?:y|ies)|problem|bug|title|name|weakness|defect|smell|violation)s?(?: ?(?:title|name))?"),
    ("problem", r"descriptions?|details?|message|observation|what|concern|summary|comment|notes?|explanation|evidence|pattern"),
    ("recommendation", r"(?:recommended |suggested |proposed )?(?:recommendation|fix|remediation|solution|mitigation|action|suggestion|resolution)s?"),
    ("category", r"category|type|class|area|kind|owasp.*"),
    ("rule", r"rules?(?: id)?|cwe|code|check|test id"),
    ("symbol", r"function|method|symbol|function/method"),
    ("status", r"status|state|fixed\??|done"),
)  # fmt: skip


def plain(text: str) -> str:
    """`text` without marks, numbers in front and brackets: what headings are compared by."""
    text = re.sub(r"[^\w\s()\[\]/&:#.,;'+❌✅-]", " ", text)
    text = re.sub(r"^[\s\W]*\d+(?:\.\d+)*[.):]?\s+", "", text)
    return " ".join(text.split()).strip(" :.-")


def label_kind(label: str) -> Label | None:
    """What a label such as "Affected file(s)" or a heading such as "Current Code" announces."""
    words = re.sub(r"\s*\((?!s\)).*$", "", plain(label)).strip(" :")
    if not words or len(words) > 50:
        return None
    return next((kind for kind, shape in _COMPILED.items() if shape.match(words)), None)


def column_kind(text: str) -> Label | None:
    """What a column of a table holds, by its heading."""
    words = re.sub(r"[^\w\s/#().&:-]", "", text).strip().lower()
    found = next((kind for kind, shape in _COLUMNS if re.fullmatch(shape, words)), None)
    return found or label_kind(text)


def part_of_report(title: str) -> Part | None:
    """Which part of a report a heading opens, None for one that may hold findings."""
    words = plain(title)
    named = next((part for part, shape in _PART_RES.items() if shape.search(words)), None)
    ticked = "✅" in title and not re.search(r"❌|⚠|^\W*\d", title)
    return named or ("praise" if ticked else None)


def names_issues(title: str) -> bool:
    """True for a heading in the plural, which holds findings rather than being one."""
    return _ISSUES.search(title) is not None


def states_a_problem(title: str) -> bool:
    return _WRONG.search(title) is not None


def states_approval(title: str) -> bool:
    return _GOOD.search(title) is not None
