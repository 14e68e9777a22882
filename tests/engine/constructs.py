"""Text with every construct that the running Python reads."""

from __future__ import annotations

import ast
import sys

_ALL = """\
from __future__ import annotations
import a.b as c, d
from . import e as f
from g import *
x: int = 1
y: int
x = y = 2
x += 1; x -= 1; x *= 1; x /= 1; x //= 1; x %= 1; x @= 1; x **= 1; x <<= 1; x >>= 1; x &= 1; x |= 1; x ^= 1
del x, y.z, w[0]
assert x, "message"
pass
if (n := 10) > 5 and not x or y: ...
elif x in y or x not in y or x is y or x is not y: ...
else: ...
while x < 1 <= 2 == 2 != 3 >= 4: break
else: x
for i, (j, *k) in z: continue
else: x
with a as (b, c), d: ...
try: x
except E as e: raise
except (F, G): raise X from e
else: y
finally: z
try: x
except* H as h: y
match x:
    case {"k": [1, *rest], **others} | Point(1, x=0) | None | -1 | a.b: pass
    case (str() as s) if s: pass
    case [1, *_] | _: pass
@decorated
class C(Base, metaclass=M, **kw):
    x: int = 1
@decorated(1)
def f(a: int, /, b=1, *c: int, d, e=2, **g) -> int:
    global gl
    def h():
        nonlocal b
        yield
        x = yield 1
        yield from y
    return -a + ~b + +c
async def g():
    async with a as (b, c), d: return [i async for i in x if i if j]
    async for i in x: await i
    else: y
    return lambda a, *b, c=1, **d: (a, b)
{**a, 1: 2}; {1, *a}; [*a]; (1,); {i: j for i in a for j in b}; {i for i in a}; (i for i in a)
a[1:2:3, ..., ::-1, *b]; a if b else c; a.b.c; f(*a, b=1, **c)
1; 1.0; 1j; b"x"; "x" "y"; u"x"; None; True; ...
f"{a!r:>{width}} {b=} {c}"
a + b - c * d / e // f % g @ h ** i << j >> k & l | m ^ n
"""
_BY_VERSION = {
    (3, 12): """\
type Alias = int | None
type Pair[A, B: (int, str)] = tuple[A, B]
type Call[**P, *Ts] = Callable[P, tuple[*Ts]]
class Box[T: Base, *Ts, **P](list[T]):
    def get[U](self, other: U, *a: *Ts) -> U | T: ...
async def run[V](task: V) -> V: return f"{f"{task}"}"
""",
    (3, 13): """\
type Pair[A, B: int = str] = tuple[A, B]
class Box[T = int, *Ts = *tuple[int, ...], **P = [int]]: ...
def get[U: Base = Base](x: U = 1) -> U: ...
""",
    (3, 14): """\
t"{a!r:>{width}} {b} text"
try: x
except E, F: y
""",
}
TEXTS = (_ALL, *(text for version, text in _BY_VERSION.items() if sys.version_info >= version))
_NEVER_PARSED = (ast.mod, ast.TypeIgnore, ast.slice, ast.Param, ast.AugLoad, ast.AugStore)


def kinds() -> set[type[ast.AST]]:
    """The node types that the running Python makes of a module."""
    found: set[type[ast.AST]] = {ast.Module, ast.Constant}
    above: list[type[ast.AST]] = [ast.AST]
    while above:
        kind = above.pop()
        below = kind.__subclasses__()
        if issubclass(kind, (ast.Constant, *_NEVER_PARSED)):
            continue  # below a constant are its old names
        above += below
        if not below:
            found.add(kind)
    return found
