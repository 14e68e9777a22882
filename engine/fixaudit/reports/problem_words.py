"""Words by which plain prose says that it lists problems, states one, or is another kind of document.

They decide only for groups of entries without places, ids and severities, never for a single entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from fixaudit.reports.markdown_tree import Line
from fixaudit.reports.vocabulary import states_a_problem

_COLLECTS = re.compile(
    r"\b(?:bugs?|todos?|to[ -]do|fixme|known (?:issues?|problems?|limitations?)|issues?|problems?|pains?|pain[ -]points?|debts?|limitations?"
    r"|findings?|review(?:ed|s|er)?|audit(?:ed|s)?|remarks?|observations?|comments? on|feedback|concerns?|complaints|shortcomings?|gotchas?|caveats?"
    r"|smells?|weakness(?:es)?|flaws?|defects?|wrong with|needs? (?:fixing|work|attention)|things to (?:fix|change|clean)|clean[ -]?up|refactor\w*|hygiene|vulnerabilit\w+|risks?"
    r"|looked (?:at|through|over)|read(?:ing)? (?:through )?(?:the|your) (?:code|source|repo\w*)|walk(?:ed)? through|went through|nits?|notice[ds]?|stood out|caught my eye|struck me|things (?:I|we) (?:saw|found|would|noticed)|the following|assessment|PR ?#?\d+|pull request|merge request|request(?:ed)? changes|verdict|inspection|post-?mortem"
    r"|deudas?(?: t[eé]cnicas?)?|problemas?|hallazgos|pendientes?|revisi[oó]n|observaciones|errores|limitaciones|puntos de dolor|dolores|auditor[ií]a|d[ií]vidas?(?: t[eé]cnicas?)?|revis[aã]o|pend[eê]ncias|d[eé]bito t[eé]cnico"
    r"|debiti? tecnic[oi]|problemi|punti (?:dolenti|critici)|revisione|osservazioni|difetti|criticit[aà]|limiti|d[lł]ug(?:i)? techniczn\w+|problemy|uwagi|przegl[aą]d|b[lł][eę]dy|us(?:terki|terek)|znane"
    r"|schulden|m[aä]ngel|befunde?|probleme?|bekannte|fehler|durchsicht|pr[uü]fung|anmerkungen|schw[aä]chen|schwachstellen|baustellen|schmerzpunkte"
    r"|dette(?: technique)?|probl[eè]mes|relecture|remarques|constats|d[eé]fauts|faiblesses|anomalies|points de douleur|revue)\b"
    r"|проблем\w*|ошибк\w*|недостатк\w*|замечани\w*|технический долг|долги?\b|ревью|аудит\w*|问题|缺陷|待办|技术债|审查|評審|課題|問題|レビュー|指摘|문제|이슈",
    re.I,
)
_OTHER = re.compile(
    r"\b(?:read ?me|change ?log|release notes|history|news|what'?s new|contribut\w+|code of conduct|licen[cs]e|copying|copyright|tutorial|getting started|quick ?start|guide|how ?to|manual"
    r"|install(?:ation|ing)?|usage|features?|road ?map|milestones?|minutes|meeting|agenda|faq|frequently asked|design(?: doc\w*)?|architecture(?: overview)?|specification|spec|api reference|glossary|authors|credits"
    r"|proposal|vision|policy|prompt|template|wishlist|ideas?|feature requests?|new functionalit\w+|new features?|tutorials?|completed|done|cancelled|archived?|archivo|archiv|architektur|anleitung"
    r"|hist[oó]rico|leeme|gu[ií]a|manuale|guida|protokoll|sitzung|acta|reuni[oó]n|compte[- ]rendu|протокол|архив|процесс|лицензия|руководство|教程|指南|更新日志|会议)\b"
    r"|\bv?\d+\.\d+(?:\.\d+)?\b(?=\s*(?:\(|-|–|\Z))",
    re.I,
)
_TELLS = re.compile(
    r"\b(?:can'?t|cannot|can not|won'?t|don'?t|doesn'?t|didn'?t|isn'?t|aren'?t|wasn'?t|shouldn'?t|hasn'?t|haven'?t|nothing|nobody|none|neither|nor"
    r"|should|must|ought|needs?|instead of|rather than|would be (?:better|safer)|better to|breaks?|broke|crash\w*|hangs?|raises?|ignor\w+|loses?|lost|forg[eo]t\w*|blocks?|stuck|corrupt\w*|twice|again"
    r"|fix\w*|remove|replace|rename|avoid|handle|validate|stop|clean|move|split|extract|refactor|rewrite|use|make|ensure|check|drop|merge|simplify|convert|support|only|however|but|although|weird|odd|ugly|confus\w+"
    r"|assum\w+|hack\w*|temporar\w+|workaround|obsolete|legacy|stale|inefficien\w+|limited|limits?|hard to|difficult|impossible|unclear|undocumented|untyped|copy[- ]?past\w+|copied|repeat\w*|same \w+ (?:code|logic)|mixes|mixed|leav\w+|still|everywhere|any(?:one|body)|whatever|plain ?text|expir\w+|overwrit\w+|invisible|jumps?|overlap\w*|disappear\w*|delays?|takes (?:too|ages|\d+)"
    r"|sin|falta\w*|nunca|demasiad\w+|no (?:se|hay|tiene|existe|es|est[aá])|duplicad\w+|ning[uú]n\w*|sem|n[aã]o|nunca|nenhum\w*|muito"
    r"|nicht|kein\w*|fehl\w+|ohne|zu (?:viel|gro[sß]|lang|tief)\w*|statt|sollte\w*|m[uü]ss\w*|doppelt\w*|veraltet\w*|non|manca\w*|senza|tropp\w+|mai|nessun\w*|dovrebbe|duplicat\w+"
    r"|nie|brak\w*|bez|zbyt|powinn?\w*|zamiast|zduplikowan\w+|pas|manqu\w+|sans|trop|jamais|aucun\w*|devrait|doit|dupliqu\w+)\b"
    r"|\b(?:нет|не|без|отсутств\w*|дублир\w*|нужно|надо|слишком|никогда)\b|没有|缺少|缺乏|未|不|应该|需要|重复|ない|なし|不足|없|않",
    re.I,
)
_NOTHING = re.compile(
    r"\W*(?:\*?(?:none|n/?a|nothing|nil|keine?|ninguno|nessuno|brak|aucun|нет|нету|пока нет|无|なし|없음)\b.{0,40}\Z"
    r"|(?:there (?:are|is|were) )?(?:no|keine|sin|nessun|pas de|пока нет|нет) (?:\w+ ){0,4}(?:issues?|problems?|findings?|bugs?|concerns?|comments?|remarks?|errors?|vulnerabilit\w+|objections?|problemas|probleme|problemi|проблем\w*|предупрежден\w*|план\w*|замет\w*)(?: (?:found|here|at this time|identified|yet|detected))?\W*\Z)",
    re.I,
)
_PARTS_ONLY = re.compile(
    r"\W*(?:how (?:to|we|this)|about|why|when|who|see also|related|background|context|overview|summary|introduction|conclusion|next steps?|process|legend|notes?|references?|links?|history|change ?log)\b",
    re.I,
)


def collects_problems(words: str) -> bool:
    """True where a title or an opening says that problems are listed."""
    return _COLLECTS.search(words) is not None


_TAG = re.compile(
    r"\W*(?:(?P<wrong>BUGS?|FIXME|XXX|HACK|ISSUE|PROBLEM|DEFECT|SECURITY|TODO)"
    r"|(?P<wish>(?:NEW)?FEATURE|IMPROVEMENT|IDEA|ENHANCEMENT|QUESTION|QUERY|WISH(?:LIST)?|PROPOSAL))\b(?=\s?[\]):(-])"
)


_WISH = re.compile(r"(?:ENH|ENHANCEMENT|FEATURE|FEAT|FR|RFE|IDEA|WISH|PROPOSAL)-?\d+", re.I)


def is_wish(ident: str) -> bool:
    """True for the id of something new that is asked for: `FEATURE-2`, `ENH-1`."""
    return _WISH.fullmatch(ident) is not None


_OTHER_PART = re.compile(
    r"\b(?:change ?log|release notes|history|tutorials?|getting started|install(?:ation)?|usage|road ?map|milestones?|faq|glossary|authors|credits|wishlist|ideas?|feature requests?|new (?:functionalit\w+|features?)"
    r"|(?:interesting |useful )?links?|completed|done|cancelled|rejected|archived?|process|archivo|proceso|архив|процесс|процессы?)\b"
    r"|\bv?\d+\.\d+(?:\.\d+)?\b(?=\s*(?:\(|-|–|\Z))",
    re.I,
)


def is_other_part(heading: str) -> bool:
    """True for the heading of a part of a report or register that lists no problems."""
    return _OTHER_PART.search(heading) is not None and not _STRONG.search(heading)


def tag_of(words: str) -> str | None:
    """What a tag in front of an entry says: "wrong" for `[BUG]` and `FIXME:`, "wish" for `[IDEA]`, else None."""
    found = _TAG.match(words)
    return found.lastgroup if found else None


def without_tag(words: str) -> str:
    """The words behind a tag such as `[BUG] --` or `FIXME:`."""
    return _ANY_TAG.sub("", words, count=1) or words


_ANY_TAG = re.compile(
    r"\W*(?:\[[A-Z][A-Z ]{1,15}\]\W*|(?:BUG|FIXME|TODO|XXX|HACK|ISSUE|PROBLEM|NIT|NOTE)(?:\([\w@-]+\))?\s*(?:[:–—]|-+(?=\s))\s*)"
)


def asks_for_work(words: str) -> bool:
    """True for a heading that only collects what is to do: its entries may all be new features."""
    return _WORK.search(words) is not None and not _STRONG.search(words)


_WORK = re.compile(r"\b(?:to-?dos?|to do|pendientes?|pend[eê]ncias|backlog)\b|待办", re.I)


def opens_with_work(words: str) -> bool:
    """True for a title that tells what to do: "Move the parser", "Add a timeout"."""
    return _DOES.match(words) is not None


_DOES = re.compile(
    r"\W*(?:add|remove|delete|drop|move|extract|split|replace|rename|refactor|rewrite|convert|use|create|make|fix|update|upgrade|merge|consolidate|unify|introduce|implement|ensure|decouple|separate|standardi[sz]e|document|enforce|validate|handle|close|cache|pin|test|clean|simplify|reduce|improve|optimi[sz]e|migrate|archive|avoid|stop|return|log|decide|review|check"
    r"|a[ñn]adir|agregar|eliminar|mover|usar|crear|corregir|refactorizar|reemplazar|adicionar|remover|corrigir|substituir|ajouter|supprimer|d[ée]placer|remplacer|corriger|utiliser|cr[ée]er"
    r"|добавить|удалить|заменить|вынести|исправить|перенести|использовать|убрать|создать|doda[ćj]|usun[ąa]\w+|przenie[śs]\w+|zast[ąa]pi\w+|napraw\w*)\b|增加|添加|删除|移除|替换|拆分|修复|改为|统一|追加|削除|추가|제거|분리",
    re.I,
)


def is_other_document(title: str) -> bool:
    """True for the title of a document, or of a part of one, that lists no problems."""
    return _OTHER.search(title) is not None and not _STRONG.search(title)


def is_report(words: str) -> bool:
    """True where a title or an opening says that something was examined."""
    return collects_problems(words) or _EXAMINES.search(words) is not None


_EXAMINES = re.compile(
    r"\b(?:reports?|analys[ie]s|examination|dead code|unused|scan(?:s|ned)?|quality|security|verdict|lint\w*|checks?|verification|validation|test results?|coverage"
    r"|informe|relat[oó]rio|an[aá]lisis|an[aá]lise|analisi|relazione|rapporto|bericht|analyse|rapport|raport|analiza|отч[её]т\w*|анализ\w*|проверк\w*|rapor)\b"
    r"|报告|分析|检查|扫描|报表|レポート|報告|보고서|분석",
    re.I,
)


def is_register(heading: str) -> bool:
    """True for a heading such as "Known issues" or "Technical debt": whatever is listed below is an entry."""
    return _REGISTER.search(heading) is not None and not _OTHER.search(heading)


_REGISTER = re.compile(
    r"\b(?:bugs|known (?:bugs|issues|problems|limitations|defects)|(?:technical|tech) debts?|pain[ -]?points|deudas? t[eé]cnicas?|d[eé]bitos? t[eé]cnicos?|d[ií]vidas? t[eé]cnicas?|problemas conocidos"
    r"|puntos de dolor|errores conocidos|debit[oi] tecnic[oi]|problemi noti|technische schulden|bekannte (?:m[aä]ngel|fehler|probleme|schwachstellen)|dettes? techniques?|probl[eè]mes connus|d[lł]ugi? techniczn\w+|znane (?:problemy|b[lł][eę]dy))\b"
    r"|технический долг|известные (?:проблемы|ошибки)|已知问题|技术债|既知の(?:問題|不具合)|알려진 문제",
    re.I,
)


def is_project_file(stem: str) -> bool:
    """True for the name of a file that every project has: README, CHANGELOG, LICENSE."""
    return _PROJECT_FILE.fullmatch(stem.strip()) is not None


_PROJECT_FILE = re.compile(
    r"(?:\d+ )?(?:read ?me|change ?log|changes|history|news|contributing|licen[cs]e|copying|code of conduct|authors|install|faq|road ?map|architecture|quick ?start|tutorial|getting started|usage|design)",
    re.I,
)


def names_problems(words: str) -> bool:
    """True where a title surely announces problems: "Known issues", "Code review of x"."""
    return _STRONG.search(words) is not None


_STRONG = re.compile(
    r"\b(?:bugs?|known (?:issues|problems)|(?:technical|tech) debt|review(?:ed)?(?! bot)|audit|findings|pain[ -]points|problems|issues|hallazgos|deuda|debito tecnico|schulden|m[aä]ngel)\b",
    re.I,
)


def tells_a_problem(words: str) -> bool:
    """True for a sentence that finds something wrong or asks to change it."""
    return states_a_problem(words) or _TELLS.search(words) is not None


def needs_nothing(words: str) -> bool:
    """True where an entry says that all is well: "is correct", "No fix needed"."""
    return _WELL.search(words) is not None


_WELL = re.compile(
    r"\b(?:is|are|looks?|seems?) (?:all |still |already )?(?:correct|clean|fine|good|ok|okay|safe|solid|free|sound|well[- ]\w+)\b(?! but)"
    r"|\bno (?:\w+ ){0,2}(?:fix|change|action|enforcement|work)(?: is| are)? (?:needed|required|necessary)\b|\bnothing to (?:do|fix|change)\b|\bnot an? (?:issue|bug|problem)\b",
    re.I,
)


def ends_well(words: str) -> bool:
    """True for words that close with approval, in a sentence of its own: "It holds a lock. Good."."""
    return _ENDS_WELL.search(words) is not None


_ENDS_WELL = re.compile(r"[.!;)`]\s+(?:all )?(?:good|ok|okay|fine|correct|clean|great)\W*\Z", re.I)


_APPROVED = re.compile(r"[(\[–—-]\s*(?:correct|ok|okay|fine|good|no issues?)\W*\Z", re.I)


def says_well(heading: str, below: Iterable[Line]) -> bool:
    """True for a heading with words below that find nothing wrong: "LOW - Order of folds (Correct)"."""
    words = " ".join(line.text for line in below)
    cleared = needs_nothing(words) and not states_a_problem(words)
    return cleared or _APPROVED.search(heading) is not None


def says_nothing_found(words: str) -> bool:
    """True for "No issues", "None": an entry that stands for the lack of entries."""
    return _NOTHING.match(words) is not None


def names_parts_only(heading: str) -> bool:
    """True for the heading of a part that explains, such as "How to use this document"."""
    return _PARTS_ONLY.match(heading) is not None
