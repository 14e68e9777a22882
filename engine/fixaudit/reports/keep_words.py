"""The words by which a sentence speaks for a place in the code, one table a language.

`asks` are words that ask for no edit whatever follows them: "may stay as it is", "must not be touched".
`approves` find nothing wrong, which what follows may take back: "is fine", "is right, but ...".
`needs` speak for a thing that is there, and ask for one that is not: "the lock is needed" and "a lock is
needed"; `definite` is what the former opens with. `refuses` in front of such words take them back,
`but` behind words that approve does, and so does `rest` in front of them, which is about something else.
`apart` sets a place apart from what is spoken of. `linking` words alone stand before words about the place
named before. `predicate` makes words up to a place a clause of their own, which goes on about another
place. `joins` set clauses apart. An `aside` approves in brackets behind a place. What somebody `says` is
right may be wrong.

`<end>` is the end of a clause, `<place>` a place or a name in back quotes.
"""

from __future__ import annotations

import re
from typing import Literal

Tone = Literal[
    "asks", "approves", "needs", "definite", "refuses", "but", "rest", "apart", "linking",
    "predicate", "joins", "aside", "says",
]  # fmt: skip

KEEPS: dict[str, dict[Tone, str]] = {
    "en": {
        "asks": r"""
            (?:may|can) (?:well |safely |just |simply |also |both |all |probably )*(?:stay|remain|be left|be kept)(?: exactly| just)?(?: as[ -]is| as (?:it|they|this|that|these|those) (?:is|are|do|does)| unchanged| untouched| alone| where (?:it|they) (?:is|are)| in place| there| here| for now| like (?:this|that))?<end>
            (?:should|must|shall|has to|have to|needs? to|is to|are to|ought to) (?:just |also |both |all )*(?:stay|remain|be left|be kept)(?: exactly| just)? (?:as[ -]is|as (?:it|they) (?:is|are)|unchanged|untouched|alone|where (?:it|they) (?:is|are)|in place)
            leave(?: \S+){1,8}? (?:alone|as[ -]is|as (?:it|they) (?:is|are)|unchanged|untouched|in peace)
            (?:be|best|better|rightly|deliberately|intentionally) left (?:alone|as[ -]is|as (?:it|they) (?:is|are)|unchanged|untouched)
            keep(?: \S+){1,6}? (?:as[ -]is|as (?:it|they) (?:is|are)|unchanged|untouched)
            keep (?:the |this |that )?(?:\w+ ){0,3}?<place><end>
            (?:do not|don'?t|never) (?:touch|change|modify|edit|alter|rewrite|refactor) (?:it|them|this|that|these|those|anything in|(?:the |this |that |these |those )?(?:\w+ ){0,4}?<place>)<end>
            (?:must|should|shall|need|may|can|is|are)(?: not|n'?t| never) (?:to )?be (?:touched|changed|modified|edited|altered|rewritten|refactored|fixed|removed|replaced)<end>
            (?:needs? not|needn'?t|do(?:es)?(?: not|n'?t) (?:need|have) to) (?:be )?(?:touched|changed?|modified|edited|altered|fixed|mended|replaced)<end>
            (?:needs?|calls? for) no (?:change|fix|action|attention|work|mending|repair|treatment|edit)s?
            no (?:change|changes|fix|action|edit) (?:is |are )?(?:needed|required|necessary|called for) (?:here|there|at|in|for|to)
            (?:there is |there's )?nothing (?:has |needs )?to (?:be )?(?:do|done|fix|fixed|change|changed|mend|mended) (?:here|there|at|in|about)
            (?:can|may) safely be ignored
            (?:have|has|had|see|raise|with) no objections? (?:to|against|there|here) | no complaints? (?:about|there|here)
            (?:is|are) (?:quite |an? |entirely |altogether )*(?:another|different) (?:matter|story|case|question|thing)
            (?:is|are) (?:\w+ly )?(?:out of scope|off[- ]limits|exempt(?:ed)?)(?! from the)
            (?:is|are) (?:\w+ly )?(?:not|n'?t) (?:affected|concerned|meant|in question|at issue|part of (?:this|the) (?:finding|problem|issue))<end>
        """,
        "approves": r"""
            (?:is|are)(?: perfectly| quite| entirely| completely| absolutely| also| still| both| all| just| of course| indeed| however| probably| already| therefore| thus| here| there| fully| likely| clearly| certainly)* (?:fine|ok|okay|all right|alright|right|correct|legitimate|justified|acceptable|harmless|appropriate|warranted|safe|sound|unproblematic|in order|unaffected|as it should be)<end>
            (?:is|are)(?: not)?(?: both| quite| clearly| entirely| fully| all| also| probably| indeed| however)* (?:deliberate|intentional|by design|on purpose|(?:as )?intended(?! (?:to|for|as|audience|use)\b))(?!\w)
            (?:is|are|does|do|works?)(?: \w+ly)? as (?:intended|designed|it should)<end>
            (?:is|are) (?:really |actually |therefore )?(?:no|not (?:a|an)|n'?t (?:a|an)) (?:real |actual |security |such )?(?:problem|issue|bug|concern|flaw|defect|risk|danger|threat|mistake|error)s?<end>
            (?:do(?:es)? not|doesn'?t|don'?t) (?:apply|matter) (?:to|in|for|here|there) | (?:poses?|carries|carry|is|are) no (?:risk|threat|danger|problem)
            (?:there is|there's|we see|we found) (?:no|nothing) (?:problem|issue|risk|danger|wrong|flaw) (?:with|in|at|there|here) | nothing (?:is )?wrong (?:with|in|at)
            (?:is|are) (?:an? )?(?:expected|everyday|normal|known|routine|documented) (?:error|event|case|behaviou?r|exception|outcome|condition)s?<end>
            (?:has|have) (?:its|their|a) (?:own |good )*reasons?
            needs? no (?!auth|log-?in|password|token|permission|credential|privilege|access|user|interact|key|special|prior|knowledge|proof)\w+
        """,
        "needs": r"(?:is|are)(?: really| indeed| still| also| actually)* (?:needed|necessary|required|indispensable)(?! to be)",
        "definite": r"the|this|that|these|those|both|its|their|lines?|<place>",
        "refuses": r"""
            not | \w+n'?t | never | no longer | hardly | scarcely | neither | nor | cannot | rarely | far from | anything but | nothing | none | nowhere
            if | unless | whether | assuming | suppos\w+ | pretend\w* | claim\w* | believ\w+ | would | seems? | appears? | looks? | considered | even (?:when|though)
            (?:might|may|could) be | dangerous to | risky to | unwise to | unsafe to | wrong to | bad to | tempting to | afford to
            (?:assum|check|ensur|verif|think|know|test|guarantee|expect|mean|say|impl|show|prov|trust|hop|mak|rel|tell|stat|decid|determin|until|once|when|after|before|so|such)\w* (?:sure |on )?(?:that|it|they)
        """,
        "but": r"""
            but | however | although | though | yet | except | only (?:if|when|for|in|while|because|by) | as long as | provided | until | unless | if | when
            in (?:tests|testing|development|dev|theory|principle|isolation|itself|a demo|local) | for (?:tests|testing|development|dev|demos?|a demo|a prototype|local\w*|small)
            at first | on (?:its|their) own | so far | today | nowadays
        """,
        "rest": r"the (?:rest|others?|remainder|remaining|other \w+) | everything else | otherwise | all other | anything else | else | elsewhere",
        "apart": r"unlike|except for|other than|apart from|instead of|besides|as opposed to|in contrast to|contrary to|compared (?:to|with)|rather than|than(?: in| at)?|as in|similar to|same as",
        "linking": r"so|and|thus|therefore|hence|which|that|it|they|this|these|those|both|we|please|you|also|there|here|all|of|them|itself|themselves|who|however|or|to|just|then|better|for|us|as|such|indeed|is|are|again|one|ones",
        "predicate": r"is|are|was|were|has|have|had|must|should|shall|needs?|fix(?:ed)?|replace|change|remove|use[sd]?|mend|delete|rewrite|correct|see|affects?|occurs?|happens?|stands?|found|concerns?|problem|flaw|bug|does|do|catches|swallows?|lacks?",
        "aside": r"(?:this |which |it )?(?:is )?(?:fine|ok|okay|intentional|intended|deliberate|by design|on purpose|acceptable|accepted|correct as[ -]is|correct|harmless|safe|unaffected|not affected|left as[ -]is|leave as[ -]is|leave alone|keep|kept|to be kept|keep as[ -]is|no change|no action|no change needed|no action needed|not a bug|not an issue|not a problem|no problem|false positive|may stay|can stay)<end>",
        "says": r"(?:says?|claim(?:s|ed)?|stat(?:es|ed)|thought|thinks?|believe[sd]?|argue[sd]?|assume[sd]?|pretend(?:s|ed)?|suggest(?:s|ed)?|implie[sd])",
        "joins": r"and | but | while | whereas | although | though | however | because | since | yet | or | where",
    },
    "de": {
        "asks": r"""
            (?:kann|können|darf|dürfen|soll|sollen|sollte|sollten|muss|müssen)(?: auch| ruhig| aber| dagegen| wohl| hier| dort| gern| gerne| beide| alle)* (?:so (?:stehen )?|wie (?:sie|es|er) (?:ist|sind) |stehen |stehen|unverändert |unverändert so |unangetastet |bestehen |bestehen|erhalten )(?:bleiben|belassen werden|gelassen werden)
            (?:kann|können|darf|dürfen)(?: auch| ruhig| hier| dort)* bleiben<end> | (?:so|stehen|unverändert) bleiben (?:kann|können|darf|dürfen|soll|sollen|sollte)
            (?:darf|dürfen|soll|sollen|sollte|sollten|muss|müssen|bitte)(?: \w+)? nicht (?:angefasst|geändert|verändert|angetastet|berührt|anfassen|ändern|verändern|anrühren|angerührt|ersetzt|entfernt)(?: werden)?<end>
            (?:so|unverändert|in Ruhe) (?:lassen|belassen) | (?:ist|sind) (?:hier |dort |aber |dagegen )*(?:eine (?:ganz )?andere (?:Sache|Frage)|ein(?:e)? andere[rs]? (?:Fall|Thema)|etwas anderes)
            (?:haben|habe|ist|sind)(?: wir)? nichts (?:einzuwenden|auszusetzen) | (?:braucht|brauchen|benötigt) keine? (?:Änderung\w*|Korrektur\w*|Anpassung\w*)
            kein Handlungsbedarf | nichts zu (?:tun|ändern) | (?:ist|sind)(?: \w+)? nicht (?:betroffen|gemeint)
        """,
        "approves": r"""
            (?:ist|sind)(?: auch| hier| dort| aber| dagegen| völlig| durchaus| so| wohl| beide| alle| jedoch| ebenfalls)* (?:in Ordnung|richtig|korrekt|gewollt|beabsichtigt|Absicht|unproblematisch|unbedenklich|zulässig|vertretbar|harmlos|gerechtfertigt|kein Problem|kein Fehler|kein Mangel|kein Risiko)<end>
            (?:in Ordnung|richtig|korrekt|gewollt|beabsichtigt|unbedenklich) (?:ist|sind)<end> | (?:braucht|brauchen|benötigt|benötigen) keine?n? (?!Anmeld|Authent|Passw|Login|Rechte|Zugang)\w+
        """,
        "needs": r"(?:ist|sind)(?: hier| dort| wirklich| tatsächlich| weiterhin)* (?:notwendig|nötig|erforderlich|unentbehrlich)",
        "definite": r"der|die|das|dieser?|dieses|diese|beide|Zeilen?",
        "refuses": r"nicht|nie|niemals|kein\w*|kaum|weder|wenn|falls|ob|sofern|scheint|scheinen|wäre\w*|dass",
        "but": r"aber|jedoch|allerdings|doch|nur (?:wenn|solange|in|für|bei)|solange|sofern|bis|falls|wenn|außer|im Test|in Tests|zum Testen|für Tests",
        "rest": r"der Rest|alles andere|die (?:anderen|übrigen|restlichen)|sonst|ansonsten|übrige\w*",
        "apart": r"anders als|außer|im Gegensatz zu\w*|statt|abgesehen von|als",
        "linking": r"also|und|das|dies|diese|dieser|es|sie|er|die|der|beide|daher|deshalb|wir|bitte|hier|dort|auch|dagegen|damit|daran|welche[rs]?|alle|so|dazu",
        "predicate": r"ist|sind|wird|werden|hat|haben|muss|müssen|soll\w*|steht|stehen|ersetzen|ändern|entfernen|betrifft|nutzt|ruft|liest|schreibt|fängt",
        "aside": r"(?:ist )?(?:in Ordnung|gewollt|beabsichtigt|Absicht|kein Problem|kann (?:so )?bleiben|so lassen|unbedenklich)<end>",
        "says": r"(?:sagt|behauptet|meint|glaubt)",
        "joins": r"und | aber | während | jedoch | denn | weil | doch | oder | obwohl",
    },
    "fr": {
        "asks": r"""
            peu(?:t|vent)(?: bien| aussi| donc)* (?:rester|demeurer|être (?:laissée?s?|conservée?s?))(?: tel(?:le)?s? quel(?:le)?s?| ainsi| en l['’]état| comme (?:il|elle|ça)\w*(?: est| sont)?| en place)?<end>
            doi(?:t|vent) (?:rester|être (?:laissée?s?|conservée?s?)) (?:tel(?:le)?s? quel(?:le)?s?|inchangée?s?|en l['’]état|en place)
            ne doi(?:t|vent) pas être (?:modifiée?s?|touchée?s?|changée?s?|corrigée?s?|supprimée?s?|remplacée?s?)<end> | (?:ne pas|il ne faut pas) (?:y |le |la |les )?(?:toucher|modifier|changer)
            (?:laisser|laissez)(?: \S+){0,5}? (?:tel(?:le)?s? quel(?:le)?s?|en l['’]état|tranquilles?) | à laisser (?:tel|en l)
            (?:est|sont) (?:une (?:tout )?autre (?:affaire|histoire|question)|un autre (?:cas|sujet)|hors de cause|hors périmètre) | (?:aucune objection|rien à redire|rien à changer|aucun changement (?:nécessaire|requis))
            n['’](?:est|a|ont)(?: pas| aucun)? (?:concernée?s?|besoin d['’]être (?:modifi|corrig|chang)\w+)
        """,
        "approves": r"""
            (?:est|sont)(?: tout à fait| bien| donc| aussi| parfaitement| ici| là| en revanche| toutefois)* (?:correcte?s?|justes?|volontaires?|intentionnel\w*|voulue?s?|délibérée?s?|acceptables?|légitimes?|justifiée?s?|sans danger|sans risque|inoffensi\w+|normal\w*|appropriée?s?)<end>
            ne (?:pose|posent) (?:pas de|aucun) problème | n['’]est pas un (?:problème|bug|défaut|risque)<end> | (?:ne sont|ce ne sont) pas (?:un|des) (?:problèmes?|bugs?|défauts?)<end> | n['’](?:a|ont) pas besoin d(?:e |['’])(?!auth|mot)\w+
        """,
        "needs": r"(?:est|sont)(?: bien| vraiment| toujours)* (?:nécessaires?|indispensables?)",
        "definite": r"le|la|les|l['’]|ce|cette|ces|lignes?",
        "refuses": r"ne|n['’]\w+|pas|jamais|aucune?|si|s['’]ils?|semble\w*|serait|seraient|parait|paraît|que",
        "but": r"mais|cependant|toutefois|pourtant|seulement|tant que|sauf|si|jusqu['’]\w*|à condition|en test|pour les tests|en développement",
        "rest": r"le reste|tout le reste|les autres|ailleurs|sinon|autres",
        "apart": r"contrairement à|sauf|à part|au lieu de|hormis|excepté|que(?: dans)?",
        "linking": r"donc|et|ce|cela|c['’]|ça|il|elle|ils|elles|ceux|celles|qui|nous|y|les deux|tous|toutes|ici|là|aussi|ainsi|n['’]avons|n['’]ai|avons|à|en|l['’]|le|la|les",
        "predicate": r"est|sont|doit|doivent|ont|faut|utilise\w*|remplacer|corriger|supprimer|concerne|appelle|lit|écrit",
        "aside": r"(?:volontaire|voulu|intentionnel|correct|acceptable|à conserver|peut rester|faux positif|sans danger)<end>",
        "says": r"(?:dit|prétend|affirme|croit) que",
        "joins": r"et | mais | tandis que | alors que | car | parce que | puisque | cependant | ou",
    },
    "es": {
        "asks": r"""
            puede[n]?(?: bien| también)* (?:quedar(?:se)?|permanecer|seguir|dejarse)(?: como (?:está|están|es|son)| así| tal cual| igual)?<end> | debe[n]? (?:quedar(?:se)?|permanecer) (?:como (?:está|están)|sin cambios|intact[oa]s?|tal cual|igual)
            no (?:debe[n]?|se debe[n]?|hay que|conviene) (?:ser )?(?:tocar|cambiar|modificar|tocad|cambiad|modificad)\w*<end> | no (?:tocar|modificar|cambiar) (?:nada en )?<place>
            dejar(?:l[oa]s?)?(?: \S+){0,5}? (?:como (?:está|están)|tal cual|en paz|sin cambios|intact[oa]s?) | (?:es|son) (?:otr[oa] (?:asunto|caso|tema|cosa|cuestión)|un (?:caso|asunto|tema) (?:distinto|aparte))
            no (?:requiere[n]?|necesita[n]?|precisa[n]?) (?:ningún )?(?:cambios?|correcci\w+|modificaci\w+) | (?:ninguna|sin) objeci[óo]n | nada que (?:cambiar|corregir|objetar) | no (?:está|están) afectad[oa]s?
        """,
        "approves": r"""
            (?:es|son|está|están)(?: también| aquí| perfectamente| totalmente| en cambio)* (?:correct[oa]s?|intencional(?:es)?|intencionad[oa]s?|deliberad[oa]s?|aceptables?|bien|inofensiv[oa]s?|justificad[oa]s?|legítim[oa]s?|a propósito|segur[oa]s?|adecuad[oa]s?)<end>
            no (?:es|son|supone[n]?|representa[n]?) (?:un |ningún )?(?:problemas?|errore?s?|fallos?|riesgos?|defectos?)<end>
        """,
        "needs": r"(?:es|son)(?: realmente| aquí)* (?:necesari[oa]s?|imprescindibles?)",
        "definite": r"el|la|los|las|este|esta|estos|estas|líneas?|l[ií]neas?",
        "refuses": r"no|nunca|jamás|si|ning\w+|tampoco|parece\w*|sería\w*|que",
        "but": r"pero|sin embargo|aunque|solo|sólo|mientras|hasta|excepto|salvo|si|en pruebas|en desarrollo|para pruebas",
        "rest": r"el resto|lo demás|los demás|las demás|los otros|las otras|otr[oa]s",
        "apart": r"a diferencia de|excepto|salvo|en lugar de|aparte de|que(?: en)?",
        "linking": r"así|que|y|esto|eso|est[ao]s|es[ao]s|ell[oa]s|él|ambos|ambas|por|tanto|lo|la|los|las|aquí|allí|también|tenemos|todos|todas|ello",
        "predicate": r"es|son|debe\w*|hay|tiene\w*|usa\w*|está|están|reemplazar|corregir|cambiar|eliminar|llama|lee|escribe",
        "aside": r"(?:intencional|a propósito|correcto|aceptable|puede quedar(?:se)?|falso positivo|está bien)<end>",
        "says": r"(?:dice|afirma|cree) que",
        "joins": r"y | pero | mientras que | porque | ya que | aunque",
    },
    "pt": {
        "asks": r"""
            pode[m]?(?: bem| também)* (?:ficar|permanecer|continuar|ser mantid[oa]s?)(?: como (?:está|estão|é|são)| assim| inalterad[oa]s?)?<end> | deve[m]? (?:ficar|permanecer|continuar) (?:como (?:está|estão)|inalterad[oa]s?|intact[oa]s?|assim)
            não (?:deve[m]?|se deve|podem?|é para) (?:ser )?(?:tocar|mexer|alterar|modificar|mudar|tocad|alterad|modificad)\w*<end> | não (?:tocar|mexer|alterar|modificar) (?:em |no |na )?<place>
            deix(?:ar|e)(?: \S+){0,5}? (?:como (?:está|estão)|em paz|inalterad[oa]s?|intact[oa]s?) | (?:é|são) (?:outr[oa] (?:assunto|caso|questão|coisa|história)|um caso à parte)
            não (?:requer|requerem|precisa[m]?|necessita[m]?)(?: de)? (?:mudanças?|alteraç\w+|correç\w+) | (?:nenhuma|sem) objeção | nada a (?:mudar|corrigir|alterar) | não (?:é|são|está|estão) afetad[oa]s?
        """,
        "approves": r"""
            (?:é|são|está|estão)(?: também| aqui| perfeitamente| totalmente)* (?:corret[oa]s?|intencional|intencionais|proposita(?:l|is)|deliberad[oa]s?|aceitáve(?:l|is)|ok|inofensiv[oa]s?|justificad[oa]s?|legítim[oa]s?|segur[oa]s?|adequad[oa]s?)<end>
            não (?:é|são|representa[m]?) (?:um |nenhum )?(?:problemas?|erros?|falhas?|riscos?|defeitos?|bugs?)<end>
        """,
        "needs": r"(?:é|são)(?: realmente| aqui)* (?:necessári[oa]s?|imprescindíve(?:l|is))",
        "definite": r"o|os|este|esta|estes|estas|esse|essa|linhas?",
        "refuses": r"não|nunca|jamais|se|nenhum\w*|nem|parece\w*|seria\w*|que",
        "but": r"mas|porém|contudo|entretanto|embora|apenas|só|somente|enquanto|até|exceto|se|em testes|em desenvolvimento|para testes",
        "rest": r"o resto|o restante|os demais|as demais|os outros|as outras|outr[oa]s",
        "apart": r"ao contrário d[eoa]s?|diferente d[eoa]s?|exceto|salvo|em vez d[eoa]s?|além d[eoa]s?|que(?: em| no| na)?",
        "linking": r"então|assim|e|isto|isso|est[ea]s?|ess[ea]s?|el[ea]s?|ambos|ambas|portanto|que|aqui|lá|também|todos|todas|temos|a|o|os|as",
        "predicate": r"é|são|deve\w*|há|tem|têm|usa\w*|está|estão|substituir|corrigir|mudar|remover|chama|lê|escreve",
        "aside": r"(?:intencional|proposital|correto|aceitável|pode ficar|falso positivo|está ok)<end>",
        "says": r"(?:diz|afirma|acredita) que",
        "joins": r"e | mas | enquanto | porque | pois | porém | ou",
    },
    "it": {
        "asks": r"""
            (?:può|possono)(?: anche| ben)* (?:restare|rimanere|essere lasciat[oaie])(?: cos[iì](?: com['’]è| come sono)?| com['’]è| come sono| invariat[oaie]| tale? quale?)?<end> | (?:deve|devono) (?:restare|rimanere) (?:cos[iì]|com['’]è|come sono|invariat[oaie]|intatt[oaie])
            non (?:deve|devono|va|vanno) (?:essere )?(?:toccat|modificat|cambiat|alterat|corrett)[oaie]<end> | non (?:toccare|modificare|cambiare) (?:nulla in )?<place>
            lasciare?(?: \S+){0,5}? (?:cos[iì] com['’]è|com['’]è|come sono|invariat[oaie]|in pace|stare) | (?:è|sono) (?:un['’]altra (?:questione|cosa|storia|faccenda)|un altro (?:caso|discorso))
            non (?:richiede|richiedono|necessita|necessitano)(?: di)? (?:modific|cambiament|correzion)\w+ | nessuna obiezione | nulla da (?:cambiare|correggere|eccepire) | non (?:è|sono) (?:interessat|coinvolt)[oaie]
        """,
        "approves": r"""
            (?:è|sono|va|vanno)(?: anche| qui| perfettamente| del tutto| invece)* (?:corrett[oaie]|giust[oaie]|intenzional[ei]|volut[oaie]|deliberat[oaie]|accettabil[ei]|bene|innocu[oaie]|giustificat[oaie]|legittim[oaie]|sicur[oaie]|a posto)<end>
            non (?:è|sono|costituisce|rappresenta) (?:un |alcun )?(?:problem[ai]|error[ei]|difett[oi]|rischi[o]?|bug)<end>
        """,
        "needs": r"(?:è|sono)(?: davvero| qui)* (?:necessari[oae]?|indispensabil[ei])",
        "definite": r"il|lo|la|gli|le|l['’]|questo|questa|questi|queste|righe|riga",
        "refuses": r"non|mai|se|nessun\w*|né|sembra\w*|sarebbe\w*|pare|che",
        "but": r"ma|però|tuttavia|sebbene|solo|soltanto|finché|fino|tranne|se|nei test|per i test|in sviluppo",
        "rest": r"il resto|tutto il resto|gli altri|le altre|altr[oaie]",
        "apart": r"a differenza d\w+|tranne|eccetto|invece d\w+|oltre a\w*|che(?: in)?",
        "linking": r"quindi|e|questo|questa|questi|queste|esso|essa|essi|esse|entrambi|entrambe|perciò|che|qui|lì|anche|tutti|tutte|lo|la|li|le|cosa",
        "predicate": r"è|sono|deve|devono|ha|hanno|usa\w*|sostituire|correggere|cambiare|rimuovere|chiama|legge|scrive",
        "aside": r"(?:intenzionale|voluto|corretto|accettabile|può restare|falso positivo|va bene)<end>",
        "says": r"(?:dice|afferma|crede) che",
        "joins": r"e | ma | mentre | perché | poiché | però",
    },
    "ru": {
        "asks": r"""
            (?:может|могут) (?:так и )?(?:остаться|оставаться)(?: как есть| без изменений| прежн\w+)?<end> | можно (?:так и )?оставить(?: как есть| без изменений)?<end> | (?:оставить|оставьте|оставляем)(?: \S+){0,5}? (?:как есть|без изменений|в покое)
            (?:должн[аоы]?|должен|следует|нужно) (?:остаться|оставаться|оставить) (?:как есть|без изменений|нетронут\w+) | не (?:нужно|надо|следует|стоит|требуется|должн\w+)?\s?(?:трогать|менять|изменять|исправлять|быть изменен\w+)<end>
            (?:изменений|исправлений|правок) не (?:требует|требуют|требуется|нужно) | (?:другое|иное|отдельное) дело | другой (?:случай|вопрос) | (?:нет|без) возражений
        """,
        "approves": r"""
            (?:сделан[оаы]? |написан[оаы]? |здесь |является |являются |это )*(?:намеренно|допустимо|корректно|верно|правильно|нормально|безопасно|безвредно|намеренн\w+|допустим\w*|оправдан\w*)<end>
            не (?:является|являются|это|представляет) (?:собой )?(?:проблем\w+|ошибк\w+|уязвимост\w+|дефект\w+|риск\w*|опасност\w+)<end> | проблем (?:здесь |тут |там )?нет | не проблема<end>
        """,
        "refuses": r"не|нельзя|никогда|если|ли|вряд|кажется|было бы|будто|что|чтобы",
        "but": r"но|однако|хотя|только|пока|кроме|если|до тех|в тестах|для тестов",
        "rest": r"остальн\w+|прочие|прочее|в остальном|другие",
        "apart": r"в отличие от|кроме|вместо|помимо|чем",
        "linking": r"поэтому|и|это|этот|эта|эти|он|она|они|оно|оба|обе|так|что|здесь|там|тут|тоже|его|её|их|котор\w+|все|у|нас",
        "predicate": r"должн\w+|должен|нужно|надо|следует|использу\w+|заменить|исправить|удалить|вызыва\w+|чита\w+|пиш\w+",
        "aside": r"(?:намеренно|допустимо|корректно|можно оставить|не трогать|ложное срабатывание)<end>",
        "says": r"(?:говорит|утверждает|считает)",
        "joins": r"и | но | а | тогда как | потому что | так как | однако | или",
    },
    "zh": {
        "asks": r"""
            可以?(?:原样|继续)?(?:保留|不动|不改|保持(?:不变|原样|现状)) | (?:应|应该|需|请|需要|必须)?保持(?:不变|原样|现状) | (?:无需|不需要|不必|无须|不用)(?:做?任何)?(?:修改|改动|更改|处理|修复|变更|调整) | (?:请?不要|不应|不得|不可|请勿|切勿|勿)(?:被)?(?:修改|改动|更改|触碰|动)
            另当别论 | 是另一(?:回事|码事|个问题) | 不在(?:此|本)(?:次|问题)?(?:范围|之列)
        """,
        "approves": r"""
            (?:是|属于|属|则是|都是)(?:完全)?(?:正确|合理|有意|故意|预期|正常|合法|安全|可接受)(?:的|行为|设计|为之)* | (?:并?没有|没|不是|并非|不存在|不构成)(?:任何)?(?:问题|缺陷|漏洞|风险) | 设计如此 | 有意为之 | 有意设计
        """,
        "refuses": r"不|未|没|无|如果|若|是否|除非|假如|并非|只有|看似|以为",
        "but": r"但是?|然而|不过|只是|除非|仅限",
        "rest": r"其余|其他|其它|另外的",
        "apart": r"不同于|除了?|而不是|与",
        "linking": r"因此|所以|这些?|该|它们?|此处|这里|那里|均|都|也|这样|处|请",
        "predicate": r"需要?|应该?|必须|存在|使用|是|有",
        "aside": r"(?:可以?保留|有意|设计如此|正确|无需修改|误报|没问题)<end>",
        "joins": r"但 | 而 | 因为 | 由于",
    },
    "ja": {
        "asks": r"""
            そのまま(?:で|に|残して|にして)?(?:も)?(?:よい|良い|いい|構わない|構いません|問題ない|問題ありません|おいてよい|する|しておく) | (?:変更|修正|対応|対処)(?:は|の必要は|する必要は)?(?:不要|しない|ない|ありません|しないで) | 触(?:らない|れない)(?:で|こと)?
            別(?:の)?(?:話|問題|件|途)(?:です|である|だ)? | 対象外
        """,
        "approves": r"""
            問題(?:は|に)?(?:ない|ありません|なし|ならない) | 意図(?:的(?:な|です|である|だ|に)|された|したもの|通り|どおり) | 仕様(?:です|である|だ|どおり|通り) | 正しい<end> | 妥当(?:です|である|だ)<end>
        """,
        "refuses": r"もし|場合|かどうか|とは限ら",
        "but": r"が、|しかし|ただし|ものの|限り",
        "rest": r"その他|他の|それ以外|残り",
        "apart": r"と違い|と異なり|以外|ではなく",
        "linking": r"これ(?:ら)?|それ(?:ら)?|ここ|は|も|この|ため|なので|両方|いずれも",
        "predicate": r"必要|べき|使用|直す|修正",
        "aside": r"(?:意図的|仕様|問題なし|変更不要|対象外|誤検知)<end>",
        "joins": r"しかし | 一方 | ただし",
    },
    "ko": {
        "asks": r"그대로 (?:두|유지|남) \S* | (?:수정|변경)(?:할| 은|은)? ?필요(?:가|는)? 없\S* | (?:수정|변경)하지 (?:마|말|않)\S*",
        "approves": r"문제(?:가|는)? (?:없|아니|되지 않)\S* | 의도(?:된|적인|한) \S+ | 정상(?:입니다|이다|적)",
        "refuses": r"만약|경우|여부",
        "but": r"하지만|그러나|다만",
        "rest": r"나머지|다른",
        "linking": r"이는|이것은|그것은|여기는|이들은|따라서",
        "joins": r"하지만 | 반면",
    },
}  # fmt: skip

_SPACELESS = frozenset({"zh", "ja"})
"""Languages without blanks between words."""
_END = (
    r"(?=\s*(?:\Z|[.,;:!)(—–。，；：！）（、]|(?:as (?:it is|they are|is)|here|there|because|since|and|or|too|as well|denn|weil|und|hier|dort"
    r"|car|parce|puisque|et|ici|porque|pues|pois|y|e|aqu[ií]|perch[ée]|qui|потому|так как|и|здесь|тут)\b|- ))"
)


def _tongues(tone: Tone) -> tuple[str, str]:
    """The alternatives of all languages with blanks, and of those without."""
    found: tuple[list[str], list[str]] = ([], [])
    for tongue, table in KEEPS.items():
        words = table.get(tone)
        if words:
            parts = re.split(r" \| |\n\s*", words.strip())
            found[tongue in _SPACELESS].extend(parts)
    return "|".join(found[0]), "|".join(found[1])


def words_for(tone: Tone) -> str:
    """One pattern for the words of all languages."""
    spaced, spaceless = _tongues(tone)
    pattern = rf"(?<![^\W\ue000-\ue002])(?:{spaced})(?![^\W\ue000-\ue002])"
    if spaceless:
        pattern = rf"(?:{pattern}|(?:{spaceless}))"
    return pattern.replace("<end>", _END).replace("<place>", r"[\ue000\ue001]+")
