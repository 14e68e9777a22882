"""The level that the words of a message ask for, in the languages that applications print in."""

from __future__ import annotations

import re

from fixaudit_codemods.logs.print_to_logger._edges import LABEL

_TRYING_AGAIN = re.compile(r"\bretrying\b|\bwill (?:be )?retr|\bretry in\b|\bgiving up\b", re.IGNORECASE)  # fmt: skip
_NO_ERRORS = re.compile(
    r"\b(?:no|0|zero|without|any) (?:\w+ )?(?:errors?|failures?|warnings?)\b"
    r"|(?:没有|無し|无|\b0 ?个?) ?(?:错误|异常|失败)|エラーなし|\bбез ошибок\b|\b(?:keine?|ohne) fehler\b"
    r"|\bsin errores\b|\bsem erros\b|\b(?:sans|aucune) erreurs?\b",
    re.IGNORECASE,
)
_ERROR = re.compile(
    r"\b(?:errors?|failed|failing|fails?|failures?|fatal|exception|traceback|unable to"
    r"|could not|couldn't"
    r"|ошибк[аиуе]|не удалось|сбой|fehler|fehlgeschlagen|gescheitert|erreurs?|échec|échoué"
    r"|errore|errores|fallo|falló|no se pudo|erros?|falha|falhou|não foi possível)\b"
    r"|失败|失敗|错误|錯誤|出错|出錯|异常|異常|无法|無法|エラー|できません|오류|실패",
    re.IGNORECASE,
)
_WARNING = re.compile(
    r"\bwarn(?:ing|ings)?\b|\bretr(?:y|ies|ied|ying)\b|\blimit\b|\bgiv(?:ing|e|es|en) up\b|\bgave up\b"
    r"|\bdeprecated\b|\bfall(?:s|ing)? back\b|\bfallback\b|\btimed out\b|\bskipping\b"
    r"|\bnot found\b|\bignoring\b|\bwill (?:not|never) be\b|\bwill be (?:ignored|skipped)\b"
    r"|\b(?:предупреждение|внимание|пропускаем|warnung|achtung|avertissement|attention :"
    r"|advertencia|atenção)\b"
    r"|警告|注意[:：]|重试|重試|超时|超時|限制|放弃|跳过|忽略|再試行|경고",
    re.IGNORECASE,
)


def level_of(text: str) -> str | None:
    """The level its words ask for; None where they ask for none."""
    label = LABEL.match(text)
    if label is not None and label.lastgroup:
        return label.lastgroup
    if _TRYING_AGAIN.search(text):
        return "warning"
    text = _NO_ERRORS.sub("", text)
    if _ERROR.search(text):
        return "error"
    return "warning" if _WARNING.search(text) else None


def is_labelled(text: str) -> bool:
    """True where the text starts with its own level, such as `Warning:` or `[DEBUG]`."""
    return LABEL.match(text) is not None
