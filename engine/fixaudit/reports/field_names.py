"""The names of fields and columns as reports write them, one table a language."""

from __future__ import annotations

from typing import Literal

Label = Literal[
    "title", "id", "severity", "weak-severity", "location", "lines", "category", "rule", "symbol",
    "problem", "code", "recommendation", "context", "status",
]  # fmt: skip


LABELS: dict[Label, str] = {
    "location": r"""
        (?:affected |source |vulnerable |relevant |code |primary |key )?(?:files?|locations?|paths?|modules?|sources? files?|components?)(?: ?\(s\))?(?: ?(?:affected|involved|path|name|location|and lines?|/ ?lines?|:lines?))?
        where | (?:referenced|mentioned|used) (?:in|by) | found (?:in|at) | occurrences? | instances | occurs (?:in|at) | seen (?:in|at)
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
        acceptance criteria | definition of done | how to fix(?: it)? | to fix | after | good | better | correct(?:ed)?(?: code)?
        fixed(?: code)? | should be | instead | ✅ ?(?:good|correct|fixed|after|secure|safe|better|do|yes|right)?(?: (?:code|way|version))?
    """,
    "context": r"""
        existing (?:safeguards?|solutions?|mitigations?).* | references?
        effort.* | timeline | estimated .* | size | duplicates | proof | usage | related.* | see also | tests? | testing
        verification | status quo | workaround | notes? | owner | benefits?
        expected (?:impact|load|outcome|result) | expected .* | confidence | likelihood
        exploitability | attack flow
    """,
    "status": r"""
        status | state | resolved | fixed in | resolution(?: status)? | decision | verdict | disposition | outcome | assessment
    """,
    "problem": r"""
        (?:the |main |core |specific |potential |key |current )?(?:problems?|issues?|descriptions?|details?|concerns?|risks?|errors?|findings?|observations?|root causes?|causes?|impacts?|summary|explanation|analysis|rationale|reason|symptoms?|consequences?|behaviou?r|state|weakness)(?: \d+.*| description| identified| found)?
        why .* | what .* | attack (?:scenario|vector|example).* | exploit.* | race condition
        current .*
    """,
}


TONGUES: dict[str, dict[Label, str]] = {
    "de": {
        "location": "(?:betroffene |betroffener )?(?:datei(?:en)?|fundstellen?|orte?|stellen?|pfade?|module?|speicherort)(?: (?:und|&) zeilen?)? | betrifft | betroffen",
        "lines": "zeilen?(?:nummern?| nr\\.?)?(?:bereich)?",
        "severity": "schweregrad | schwere | risiko(?:stufe|bewertung)? | kritikalit[äa]t | priorit[äa]t | dringlichkeit | einstufung",
        "title": "befund | fehler | schwachstelle | titel | mangel | thema",
        "problem": "problem(?:beschreibung)? | beschreibung | ursachen? | auswirkung(?:en)? | begr[üu]ndung | details | erkl[äa]rung | folgen? | meldung",
        "recommendation": "empfehlung(?:en)? | empfohlene \\w+ | l[öo]sung(?:svorschlag|en)? | behebung | ma(?:ß|ss)nahmen? | (?:verbesserungs)?vorschl[aä]ge? | verbesserung | korrektur | abhilfe",
        "status": "status | stand | entscheidung | bewertung",
        "category": "kategorie | bereich | typ | art | klasse",
        "id": "nr\\.? | nummer | kennung",
        "context": "aufwand | hinweise? | anmerkung(?:en)? | referenz(?:en)?",
    },
    "fr": {
        "location": "(?:fichiers?|emplacements?|chemins?|modules?|localisations?|lieux?)(?: (?:concern[ée]s?|affect[ée]s?|impact[ée]s?))? | o[ùu]",
        "lines": "lignes?",
        "severity": "gravit[ée] | s[ée]v[ée]rit[ée] | criticit[ée] | priorit[ée] | niveau(?: de (?:risque|gravit[ée]))? | risque",
        "title": "constat | titre | anomalie | d[ée]faut | faille | vuln[ée]rabilit[ée] | [ée]l[ée]ments? | package | paquet",
        "problem": "probl[èe]mes? | descriptions? | d[ée]tails? | causes? | impacts? | cons[ée]quences? | explication | message",
        "recommendation": "recommandations? | correctifs? | corrections? | solutions? | actions?(?: requises?| correctives?)? | rem[èe]des? | rem[ée]diations? | am[ée]liorations?",
        "status": "statut | [ée]tat | d[ée]cision | verdict",
        "category": "cat[ée]gorie | type | domaine",
        "id": "n° | num[ée]ro",
        "context": "effort | remarques? | notes? | r[ée]f[ée]rences? | quantit[ée]",
    },
    "es": {
        "location": "(?:archivos?|ficheros?|ubicaci[oó]n(?:es)?|rutas?|m[oó]dulos?|localizaci[oó]n(?:es)?)(?: (?:afectad[oa]s?|y l[ií]neas?))? | d[oó]nde",
        "lines": "l[ií]neas?",
        "severity": "severidad | gravedad | criticidad | prioridad | riesgo | nivel(?: de (?:riesgo|severidad))?",
        "title": "hallazgo | t[ií]tulo | vulnerabilidad | defecto | error | elemento | paquete",
        "problem": "problemas? | descripci[oó]n | detalles? | causas? | impactos? | consecuencias? | explicaci[oó]n | mensaje",
        "recommendation": "recomendaci[oó]n(?:es)? | soluci[oó]n(?:es)? | correcci[oó]n(?:es)? | acci[oó]n(?:es)?(?: requeridas?| recomendadas?)? | mejoras? | arreglo | sugerencia",
        "status": "estado | decisi[oó]n | veredicto",
        "category": "categor[ií]a | tipo | [áa]rea",
        "id": "n[.ºo°]* | n[úu]mero",
        "context": "esfuerzo | notas? | referencias?",
    },
    "pt": {
        "location": "(?:arquivos?|ficheiros?|localiza[cç][aã]o|locais?|caminhos?|m[oó]dulos?)(?: (?:afetad[oa]s?|encontrad[oa]s?|envolvid[oa]s?))? | onde",
        "lines": "linhas?",
        "severity": "severidade | gravidade | criticidade | prioridade | risco | n[ií]vel(?: de risco)?",
        "title": "achado | t[ií]tulo | vulnerabilidade | defeito | erro | elemento | pacote",
        "problem": "problemas? | descri[cç][aã]o | detalhes? | causas? | impactos? | consequ[êe]ncias? | explica[cç][aã]o | mensagem",
        "recommendation": "recomenda[cç](?:[aã]o|[õo]es) | corre[cç](?:[aã]o|[õo]es) | solu[cç](?:[aã]o|[õo]es) | a[cç](?:[aã]o|[õo]es)(?: recomendadas?| necess[áa]rias?)? | melhorias? | sugest[aã]o",
        "status": "estado | situa[cç][aã]o | decis[aã]o | veredito",
        "category": "categoria | tipo | [áa]rea",
        "id": "n[.ºo°]* | n[úu]mero",
        "context": "esfor[cç]o | notas? | observa[cç][aã]o | refer[êe]ncias?",
    },
    "it": {
        "location": "(?:file|percors[oi]|posizion[ei]|modul[oi])(?: (?:interessat[oi]|coinvolt[oi]))? | dove",
        "lines": "rig(?:a|he) | line[ae]",
        "severity": "gravit[àa] | severit[àa] | priorit[àa] | rischio | criticit[àa] | livello",
        "title": "titolo | vulnerabilit[àa] | difetto | elemento | pacchetto",
        "problem": "problem[ai] | descrizion[ei] | dettagli[o]? | caus[ae] | impatt[oi] | conseguenz[ae] | spiegazione | messaggio",
        "recommendation": "raccomandazion[ei] | soluzion[ei] | correzion[ei] | azion[ei](?: consigliat[ae])? | migliorament[oi] | suggeriment[oi]",
        "status": "stato | decisione",
        "category": "categoria | tipo | area",
    },
    "ru": {
        "location": "(?:файлы?|расположение|место|путь|пути|модул[ьи]|где)(?: и строк[аи])?",
        "lines": "строк[аи] | номера? строк[и]?",
        "severity": "критичность | серь[её]зность | приоритет | уровень(?: (?:риска|критичности))? | риск | важность | тяжесть",
        "title": "находка | уязвимость | дефект | ошибка | элемент | название | пакет",
        "problem": "проблем[аы] | описание | подробности | детали | причин[аы] | последстви[яе] | влияние | сообщение | симптомы?",
        "recommendation": "исправлени[ея] | рекомендаци[яи] | решени[ея] | действи[ея] | предложени[ея] | что делать | как исправить | улучшени[ея]",
        "status": "статус | состояние | решение по находке | вердикт",
        "category": "категория | тип | область",
        "id": "№ | номер",
        "context": "трудозатраты | примечани[ея] | заметк[аи] | ссылк[аи] | размер",
    },
    "uk": {
        "location": "файли? | розташування | місце | шлях | модуль",
        "lines": "рядк[иа] | рядок",
        "severity": "критичність | серйозність | пріоритет | рівень | ризик",
        "problem": "проблем[аи] | опис | деталі | причин[аи] | наслідки | вплив",
        "recommendation": "виправлення | рекомендаці[яї] | рішення",
        "status": "стан",
    },
    "pl": {
        "location": "pliki? | lokalizacj[ae] | [śs]cie[żz]k[ai] | modu[łl]",
        "lines": "lini[ae] | wiersz[e]?",
        "severity": "poziom | priorytet | krytyczno[śs][ćc] | ryzyko | waga",
        "title": "tytu[łl] | b[łl][ąa]d",
        "problem": "problemy? | opis | szczeg[óo][łl]y | przyczyn[ay] | skutk[iu] | wp[łl]yw",
        "recommendation": "rekomendacj[ae] | rozwi[ąa]zani[ae] | poprawk[ai] | napraw[ay] | zaleceni[ae]",
        "status": "stan",
    },
    "nl": {
        "location": "bestand(?:en)? | locaties? | pad | modules?",
        "lines": "regels? | regelnummers?",
        "severity": "ernst | prioriteit | risico | urgentie",
        "title": "bevinding | titel",
        "problem": "probleem | beschrijving | oorzaak | gevolg(?:en)? | uitleg",
        "recommendation": "aanbeveling(?:en)? | oplossing(?:en)? | maatregel(?:en)? | verbetering(?:en)?",
    },
    "tr": {
        "location": "dosya(?:lar)?(?: yolu)? | konum(?:lar)? | yer | mod[üu]l",
        "lines": "sat[ıi]r(?:lar)?(?: numaras[ıi])?",
        "severity": "[öo]nem(?: derecesi)? | [öo]ncelik | ciddiyet | risk seviyesi | kritiklik",
        "title": "bulgu | ba[şs]l[ıi]k | hata | a[çc][ıi]k",
        "problem": "sorun(?:lar)? | a[çc][ıi]klama | problem | detay(?:lar)? | etki(?:si)? | neden",
        "recommendation": "[öo]neri(?:ler)?(?:len)? | [çc][öo]z[üu]m(?: [öo]nerisi)? | d[üu]zeltme | aksiyon",
        "status": "durum",
    },
    "zh": {
        "location": "(?:涉及|相关|受影响|问题)?(?:的)?(?:文件|档案|位置|路径|模块|代码位置|文件路径|文件位置)",
        "lines": "行号?|代码行|行数范围",
        "severity": "严重(?:程度|性|级别)?|优先级|级别|等级|风险(?:等级|级别)|危险(?:等级|程度)",
        "title": "标题|名称|漏洞(?:名称)?|缺陷|问题名称",
        "problem": "问题(?:描述|说明|分析)?|描述|说明|详情|原因|影响|后果|现象|风险|根因",
        "recommendation": "建议|修复(?:建议|方案|方法|内容|措施)?|解决(?:方案|办法|方法)|改进(?:建议|方案)?|整改(?:建议)?|处理建议|优化建议|推荐(?:方案)?",
        "status": "状态|处理状态|结论|决定",
        "category": "类别|类型|分类",
        "id": "编号|序号|问题编号",
        "code": "代码|示例代码|问题代码|当前代码|现有代码",
        "context": "工作量|备注|参考|优点",
    },
    "ja": {
        "location": "(?:対象|該当|影響)?(?:の)?(?:ファイル|場所|箇所|パス|位置|モジュール)(?:名|パス)?|ファイル(?:・行)?",
        "lines": "行(?:番号|数)?|該当行",
        "severity": "重要度|深刻度|優先度|重大度|緊急度|危険度|リスク(?:レベル)?",
        "title": "タイトル|指摘(?:事項)?|脆弱性|件名|項目",
        "problem": "問題(?:点|内容)?|説明|詳細|内容|原因|影響|理由|概要|現状",
        "recommendation": "推奨(?:対応|対策|事項|修正)?|修正(?:案|方法|内容)?|対策|対応(?:案|策|方法)?|解決(?:策|方法)|改善(?:案|策)?|提案",
        "status": "状態|ステータス|対応状況|判定",
        "category": "カテゴリ(?:ー)?|種類|分類|種別",
        "id": "番号|通番",
        "code": "コード(?:例)?|現在のコード|該当コード",
    },
    "ko": {
        "location": "파일(?:명|경로)?|위치|경로|모듈",
        "lines": "라인|행|줄(?: 번호)?",
        "severity": "심각도|우선순위|중요도|위험도|등급",
        "title": "제목|항목|취약점",
        "problem": "문제(?:점| 설명)?|설명|내용|원인|영향|상세",
        "recommendation": "권장(?:사항| 사항)?|해결(?:책|방안| 방법)|수정(?:안| 방법)?|개선(?:안| 방안)?|조치(?:사항)?|제안",
        "status": "상태",
        "category": "분류|유형|카테고리",
        "id": "번호",
    },
}
"""The names of fields and columns as reports of these languages write them, one table a language."""


COLUMNS: tuple[tuple[Label, str], ...] = (
    ("location", r"(?:affected )?(?:file|location|path|where|module|source)s?(?:\W*(?:and )?(?:\(?s\)?|lines?|name|path|symbol|function|method))*"),
    ("lines", r"lines?(?: ?(?:no\.?|numbers?|#|range|\(s\)))?|ln"),
    ("severity", r"severity|risk(?: level)?|priority|level|sev\.?|criticality|cvss.*|impact level"),
    ("weak-severity", r"impact"),
    ("id", r"#|id|no\.?|nr\.?|ref|number|(?:issue|finding|vuln\w*|comment|bug) ?(?:#|id|no\.?)"),
    ("title", r"(?:(?!related|linked|github|each|no|open|known)\w+ )?(?:issue|finding|problem|bug|weakness|defect|smell|violation|gap)s?(?: and \w+)?|(?:security )?(?:issue|finding|vulnerabilit(?:y|ies)|problem|bug|title|name|weakness|defect|smell|violation|gap|debt|fault|package|dependency|library)s?(?: ?(?:title|name|class))?"),
    ("problem", r"descriptions?|details?|message|observation|what|concern|summary|comment|notes?|explanation|evidence|pattern|reason"),
    ("recommendation", r"(?:recommended |suggested |proposed )?(?:recommendation|fix|remediation|solution|mitigation|action|suggestion|resolution)s?"),
    ("category", r"category|type|class|area|kind|owasp.*"),
    ("rule", r"rules?(?: id)?|cwe|code|check|test id"),
    ("symbol", r"function|method|symbol|function/method"),
    ("status", r"status|state|fixed\??|done|decision|verdict|assessment|outcome|disposition"),
)  # fmt: skip
