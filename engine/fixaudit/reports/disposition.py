"""What a report says is to become of a finding: open, fixed, deferred, accepted, to be kept, ...

The words are those that reports of these languages use in status columns, decisions and headings.
"""

from __future__ import annotations

import re

from fixaudit.reports.model import Disposition

_WORDS: tuple[tuple[Disposition, str], ...] = (
    (
        "open",
        r"""
        not (?:yet )?(?:been )?(?:fixed|resolved|done|started|completed|implemented|addressed|mitigated) | unfixed | unresolved
        (?:still|nadal|immer noch|toujours|ainda|todav[íi]a) \w+ | cz[ęe][śs]ciowo \w+ | teilweise \w+ | to be (?:fixed|done) | to ?do | open | pending | in progress | outstanding | partial\w* | needs? \w+
        nicht (?:behoben|erledigt) | belum (?:diperbaiki|selesai) | offen | teilweise | ausstehend | non corrig[ée]\w* | [àa] corriger | ouverte? | en cours
        partiel\w* | n[ãa]o corrigid[oa]s? | abert[oa] | em andamento | parcial\w* | no corregid[oa]s? | abiert[oa] | pendiente
        pendente | не исправлен\w* | открыт\w* | частично | в работе | otwart\w+ | do zrobienia | w trakcie | apert[oi] | openstaand | açık | devam ediyor | не виправлен\w+ | 미해결 | 미수정 | 진행 ?중 | 예정 | 未修复 | 未整改 | 未解决 | 待\w* | 部分\w* | 未対応 | 未修正 | 対応中
        """,
    ),
    (
        "false-positive",
        r"""
        false[- ]positives? | not (?:an? )?(?:real )?(?:issue|bug|problem|vulnerab\w+|exploitable) | fehlalarm\w*
        falsch[- ]positiv\w* | faux positifs? | falsos? positivos? | ложн\w+ срабатыван\w+ | 误报 | 誤検[知出]
        """,
    ),
    (
        "keep",
        r"""
        (?:do|does|must|should) not (?:touch|change|modify|remove|edit|fix|be (?:touched|changed|modified))
        don'?t (?:touch|change|modify) | keep(?:ing|s)? (?:it |this |these |them )?(?:as[ -]is|unchanged) | keep | kept
        leave (?:it |this |these |them )?(?:alone|as[ -]is|as it is|unchanged) | (?:safe |ok |okay |fine )?as[ -]is | document only
        nicht (?:anfassen|[äa]ndern|ber[üu]hren) | beibehalten | behalten | so lassen | ne pas (?:toucher|modifier|changer)
        conserver | garder | n[ãa]o (?:tocar|alterar|modificar|mexer) | manter | no (?:tocar|modificar|cambiar) | mantener
        не (?:трогать|менять|изменять) | оставить | 유지(?: 필수)? | 保持(?:不变|现状)? | 保留 | 不要(?:修改|改动|动) | 勿动 | 変更しない | 現状維持
        """,
    ),
    (
        "accepted",
        r"""
        accepted(?: risk)? | risk accepted | accept(?:ed)? as[- ]is | won'?t[- ]?(?:fix|do) | wont[- ]?fix
        will not (?:fix|be fixed) | by design | intentional(?:ly)? | intended | acceptable | tolerated | (?:risiko )?akzeptiert\w*
        beabsichtigt | gewollt | absichtlich | accept[ée]e?s? | intentionnel\w* | voulu\w* | aceptad[oa]s? | aceit[oa]s?
        aceit[áa]vel | aceptable | intencional | por dise[ñn]o | принят\w* | намеренно | допустимо | 不修复 | 接受 | 有意 | 设计如此 | 許容 | 意図的
        仕様
        """,
    ),
    (
        "deferred",
        r"""
        deferred | postponed | (?:moved )?(?:to )?later | backlog | future(?: work)? | verschoben | zur[üu]ckgestellt | sp[äa]ter
        report[ée]e? | diff[ée]r[ée]e? | plus tard | adiad[oa] | aplazad[oa] | pospuest[oa] | отложен\w* | позже | 보류 | 추후 | 推迟 | 暂缓 | 延后 | 延期
        見送り | 後回し
        """,
    ),
    (
        "fixed",
        r"""
        (?:already |now |was |has been |been |fully )*(?:fixed|resolved|done|closed|completed?|remediated|implemented|corrected|addressed|mitigated|solved|patched|removed|merged)
        behoben | erledigt | gel[öo]st | korrigiert | umgesetzt | corrig[ée]e?s? | r[ée]solue?s? | termin[ée]e?s? | corrigid[oa]s?
        resolvid[oa]s? | conclu[íi]d[oa]s? | corregid[oa]s? | resuelt[oa]s? | solucionad[oa]s? | исправлен(?:[оаы]|н\w+)? | устранен(?:[оаы]|н\w+)?
        устранён\w* | решен[оаы]? | решён | выполнен\w* | готово | закрыт\w* | (?:sudah |telah )?(?:diperbaiki|selesai) | [已全](?:部)?(?:修复|修復|修改|整改|解决|解決|完成|处理|處理|修正|关闭|更正|采纳|採納)\w* | 修正済み? | 対応済み?
        naprawion\w+ | zrealizowan\w+ | rozwi[ąa]zan\w+ | zrobione | uko[ńn]czon\w+ | zamkni[ęe]t\w+ | risolt[oi] | corrett[oi] | completat\w+ | opgelost | çözüldü | düzeltildi | tamamlandı | виправлен\w+ | вирішен\w+ | entfernt | removid[oa]s? | удален[оаы]? | удалён
        解決済み? | 完了 | (?:해결|수정|처리|조치|반영|정리) ?(?:완료|됨|함) | 완료(?:됨)? | (?:applied |latest |recent )?fix(?:es)? (?:applied|made|implemented)
        """,
    ),
    (
        "none",
        r"""
        no (?:action|fix|change|changes)(?: (?:is )?(?:needed|required|necessary))? | nothing to (?:do|fix|change)
        not (?:needed|required|applicable) | n/a | none | good | fine | ok(?:ay)? | pass(?:ed)? | looks? good | secure | safe | correct | well done | used
        kein(?:e[rns]?)? (?:handlungsbedarf|ma[ßs]+nahme\w*|risiko) | keine? | nicht n[öo]tig | aucune?(?: action)? | rien [àa] faire
        nenhuma? | n[ãa]o (?:necess[áa]rio|se aplica) | ninguna? | no (?:aplica|necesari[oa]) | не требуется | нет | отсутствует
        无需\w* | 不需要\w* | 无 | 対応不要 | 不要 | なし
        """,
    ),
)
"""Alternatives set apart by ` | ` or line ends."""
_ANY = tuple((kind, "|".join(re.split(r" \| |\n\s*", words.strip()))) for kind, words in _WORDS)
_FRONT = tuple((kind, re.compile(rf"(?:{words})(?!\w)", re.I)) for kind, words in _ANY)
_WITHIN = tuple((kind, re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.I)) for kind, words in _ANY)
_SURE = frozenset({"open", "false-positive", "keep", "accepted", "deferred", "fixed"})
_INSIDE = frozenset({"false-positive", "accepted"})
_TAIL = re.compile(
    r"(?:\s[-–—:|]+\s*|[(\[]|[✅☑✔🟢]\ufe0f?\s*)(?P<words>[^-–—:|()\[\]✅☑✔]{2,40}?)(?:\s*\([^()]{1,80}\)|[)\]]?)\W*\Z"
)
_TICKED = re.compile(r"(?<=\S\s)[✅☑✔]\ufe0f?\s*[^\W\d_]+(?:\s[^\W\d_]+)?\W*\Z")
_BESIDE_TICK = re.compile(
    r"(?:\S\s|\A\W*[✅☑✔].*(?=\s[-–—(]))(?P<tail>(?:[✅☑✔]\ufe0f?|\s[-–—]|\s(?=\())\s*(?P<words>[^✅☑✔]{2,80}))\Z"
)
_HEAD = re.compile(
    r"\W*[\[(*]*(?P<words>[^-–—:：|()\[\]（）]{2,30}?)\s*(?:[\])]|[:：（(]|\s[-–—|])"
)
_MARKS = re.compile(r"[^\w\s()\[\]/'’,.:;-]")
CLOSED: frozenset[Disposition] = frozenset({"fixed", "accepted", "false-positive", "keep", "none"})
"""Dispositions of what nobody is to act on."""


def disposition_of_value(value: str) -> Disposition | None:
    """What the value of a status, decision or verdict field says; its first words count."""
    if box := re.match(r"\W{0,3}\[([ xX])\](?!\w)", value):
        return "fixed" if box[1].strip() else "open"
    words = _MARKS.sub(" ", value).strip(" .:;-()[]")
    kind = _opening(words) or next(
        (k for k, shape in _WITHIN if k in _INSIDE and shape.search(words)), None
    )
    if kind == "none" and words.lower().startswith("safe to"):
        return None
    return kind


_NOTHING = re.compile(
    r"(?<=[.!] )(?:no (?:action|fix|changes?)(?: is| are)? (?:needed|required|necessary)|nothing to (?:do|fix|change))\Z",
    re.I,
)
"""The last sentence of an advice that has explained why."""
_GOES_ON = re.compile(r"\bas[ -]is,? (?:but|or|and)\b", re.I)


def disposition_of_action(value: str) -> Disposition | None:
    """The same for advice: only what asks to leave things as they are, and nothing else, counts."""
    words = _MARKS.sub(" ", value).strip(" .:;-()[]")
    kind = _opening(words)
    if _NOTHING.search(words):
        return "none"
    if kind == "keep" and _GOES_ON.search(words):
        return None
    if kind == "keep" and re.match(r"(?:keep|kept|leave)\b", words, re.I):
        alone = len(words.split()) < 3 or re.match(
            r"\w+ (?:\w+ )?(?:as[ -]|unchanged|alone)", words, re.I
        )
        return "keep" if alone else None
    if kind == "none":
        return (
            "none"
            if re.match(r"(?:no|none|nothing|kein|auc|nenh|ning|не |нет|无|不|対)", words, re.I)
            else None
        )
    return kind if kind in ("keep", "accepted", "false-positive") else None


_TAGGED = re.compile(r"\W*[\[(](?P<words>[A-Z]{4,})\b[^\[\]()]{0,40}[\])]\s*:?\s*")
_TOLD = re.compile(r"\W*(?!DONE|TODO|FIXME)(?P<words>[^\W\d_]{4,}(?: [^\W\d_]+)?)\s*[:：]\s*(?=\S)")
"""A verdict in capitals in brackets, with whatever else they say: "[FIXED 1.2, task 3] ..."."""


def tag_of(text: str) -> re.Match[str] | None:
    found = _TAGGED.match(text) or _TOLD.match(text)
    return found if found and _whole(found["words"]) in _SURE else None


def disposition_of_stamp(words: str) -> Disposition | None:
    """What bold words in capitals say wherever they stand: "... is stale. FIXED (see above)"."""
    kind = _whole(words) if re.fullmatch(r"[A-Z][A-Z '-]{3,}[.!]?", words.strip()) else None
    return kind if kind in _SURE else None


def disposition_of_line(text: str) -> Disposition | None:
    """What a line that opens with a verdict says: "已整改：...", "False positive - ..."."""
    found = tag_of(text) or _HEAD.match(text)
    kind = _whole(found["words"]) if found else None
    return kind if kind in _SURE else None


def disposition_of_title(text: str) -> tuple[Disposition | None, str]:
    """The verdict at either end of a heading or lead, with its words: "... ✅ RESOLVED", "— KEEP"."""
    tail = _TAIL.search(text)
    kind = _whole(tail["words"]) if tail else None
    if tail and kind in _SURE:
        return kind, tail.group()
    ticked = _TICKED.search(text)
    if ticked and kind is None:
        return "fixed", ticked.group()  # "... ✅ Documented"
    behind = _BESIDE_TICK.search(text)
    if behind and _opening(behind["words"].lstrip("( ")) == "fixed":
        return "fixed", behind["tail"]  # "... ✅ Fixed in 1.2", "✅ ... - fixed in 1.2"
    kind = disposition_of_line(text)
    return kind, ""


def disposition_of_section(words: str) -> Disposition | None:
    """What a heading says of all that stands below it: "Resolved Since Last Review", "Won't fix"."""
    plain = _MARKS.sub(" ", words)
    found = [
        (match.start(), kind)
        for kind, shape in _WITHIN
        if kind in _SURE and (match := shape.search(plain)) is not None
    ]
    first = min(found, default=None)
    if first and first[1] == "open" and any(kind == "deferred" for _, kind in found):
        return "deferred"  # "Not fixed (noted for later)"
    return first[1] if first else None


_ALL_DONE = re.compile(
    r"\b(?:all|every|they|these|both|each)\b[^.;:]{0,60}?\b(?:were|was|have been|has been|are now|is now|are|is)\s+(?:all\s+|now\s+)?"
    r"(?:removed|deleted|fixed|resolved|addressed|corrected|patched|mitigated|completed)\b"
    r"|\ball (?:\d+ )?(?:identified |reported )?(?:issues|findings|problems|items|bugs|vulnerabilities|tasks) (?:fixed|resolved|completed?|closed|addressed)\b"
    r"|\b(?:issues|findings|problems|items|bugs|errors|vulnerabilities) (?:(?:were|have been|was) )?(?:found|identified|discovered) and (?:\w+ )?(?:fixed|resolved|corrected)\b"
    r"|\ball (?:[\w/]+ ){0,3}(?:issues|findings|problems|bugs|errors|vulnerabilities) (?:have been |were |are )?(?:now )?(?:fixed|resolved|addressed)\b"
    r"|\b(?:les|los|die|le|os|as) \d+ (?:constats|probl[èe]mes|anomalies|hallazgos|problemas|achados|befunde|fehler|probleme)[^.;:]{0,40} (?:(?:ont|han|foram|wurden|sind)\b[^.;:]{0,20})?(?:corrig[ée]s|r[ée]solus|corregidos|resueltos|corrigidos|resolvidos|behoben|erledigt)\b"
    r"|以下\s?\d*\s?[项个]?(?:的)?(?:问题|缺陷|漏洞)(?:均|都)?已[^。；]{0,30}?(?:修复|解决|整改)|(?:所有|全部)(?:的)?(?:问题|缺陷|漏洞|项目?)(?:均|都)?已(?:修复|解决|整改|完成)|(?:전|모든) ?(?:항목|문제|이슈) ?(?:완료|해결|수정)"
    r"|все (?:проблемы|ошибки|замечания|пункты) (?:исправлены|устранены|решены)"
    r"|tod[oa]s (?:los |as |las |os )?(?:problemas|hallazgos|errores|achados|itens|vulnerabilidad\w*) (?:\w+ )?(?:resueltos|corregidos|resolvidos|corrigidos|solucionados)\w*"
    r"|tous les (?:probl[èe]mes|constats) (?:\w+ )?(?:corrig[ée]s|r[ée]solus)|alle (?:befunde|probleme|punkte) (?:\w+ )?(?:behoben|erledigt)",
    re.I,
)
_FIX_REPORT = re.compile(
    r"\b(?:bug|issue|error|security|vulnerability|review)s?[ -](?:bug )?fix(?:es)?\W+(?:report|summary|log|applied)\b|\b(?:bug|issue|error)s? fixed\W*\Z"
    r"|(?:bug|问题|缺陷|漏洞|错误)修复(?:报告|总结|记录)|(?:버그|오류) ?수정 ?(?:요약|보고서|내역)|отч[её]т об исправлени\w+|バグ修正(?:報告|まとめ)",
    re.I,
)
"""Titles of reports of what was done."""
_SOME = re.compile(
    r"\b(?:not|except|unless|once|until|when|if|must|should|critical|high|remaining)\b", re.I
)


def disposition_of_all(text: str) -> Disposition | None:
    """What a sentence says of all that follows: "They were removed in this patch", "所有问题已修复"."""
    said = _ALL_DONE.search(text)
    return "fixed" if said and not _SOME.search(said.group()) else None


def disposition_of_report(title: str) -> Disposition | None:
    """What the title of a report says of all its findings: "Bug fix report"."""
    return "fixed" if _FIX_REPORT.search(title) else None


_DONE_ELSEWHERE = (
    r"(?:resolved|fixed|closed|done|completed|archived?|resuelt[oa]s?|resolvid[oa]s?|cerrad[oa]s?|erledigt\w*|behoben\w*"
    r"|r[ée]solus?|corrig[ée]s?|risolt[oi]|исправлен\w*|решен\w*|закрыт\w*|已解决|已修复|解決済み?|해결)"
)
_MOVED = re.compile(
    r"\W*(?:moved|migrated|transferred|migrad[oa]s?|movid[oa]s?|trasladad[oa]s?|d[ée]plac[ée]e?s?|verschoben|spostat[oi]|перенес\w+|已?(?:移至|迁移到?|移到))"
    rf"\s*(?:to|into|a|para|nach|zu|vers|в|к)?\s*(?:the |los? |las? |os |den |les |gli )?[`*\"]*{_DONE_ELSEWHERE}"
    rf"|\W*(?:→|see|siehe|v[ée]ase|ver|voir|vedi|см\.?|详见|参见)\s*[`*\"(\[]*(?:\w+[_-])*{_DONE_ELSEWHERE}\w*\.(?:md|rst|txt)\W*\Z",
    re.I,
)


def told_elsewhere(text: str) -> Disposition | None:
    """What a line says that refers to a list of what is done: "Moved to resolved in DONE.md"."""
    return "fixed" if _MOVED.match(text) else None


def _opening(words: str) -> Disposition | None:
    return next((kind for kind, shape in _FRONT if shape.match(words)), None)


def _whole(words: str) -> Disposition | None:
    words = _MARKS.sub(" ", words).strip(" .:;-()[]")
    return next((kind for kind, shape in _FRONT if shape.fullmatch(words)), None)
