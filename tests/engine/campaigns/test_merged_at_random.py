"""Whatever people do with branches and main, `merged` is never said of a batch that is not there.

The oracle follows what became of each site by what was done, not by what git shows.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from campaign_clones import NEW, OLD, Campaign, Clone, batch_of_texts, new_campaign

from fixaudit.campaigns.batch import CampaignPlan
from fixaudit.campaigns.state import BatchState
from fixaudit.campaigns.syncing import sync

HAND = "clock.now()"
NAMES = {"a-01": ("a.py", "b.py"), "c-01": ("c.py",), "d-01": ("d.py",)}
FUNCTIONS = ("first", "second")
STEPS = 12
SEEDS = range(6)


def text_of(path: str) -> str:
    functions = (f"def {name}():\n    x = {OLD}\n    return x\n" for name in FUNCTIONS)
    filler = "".join(f"n{number} = {number}\n" for number in range(8))
    return f"# {path}\n{filler}\n\n" + f"\n\n{filler}\n\n".join(functions)


class World:
    """Two people, three batches, and where each site's present code came from."""

    def __init__(self, campaign: Campaign, seed: int) -> None:
        self.campaign = campaign
        self.bea = campaign.theirs
        self.random = random.Random(seed)
        self.origin = {
            (path, name): "old" for paths in NAMES.values() for path in paths for name in FUNCTIONS
        }
        self.held: dict[str, set[tuple[str, str]]] = {}  # the sites that a batch's branch mends
        self.foreign: set[str] = set()
        self.merges: list[tuple[str, dict[tuple[str, str], str]]] = []
        self.count = 0
        self.states: tuple[BatchState, ...] = ()
        self.publish(list(NAMES))

    def paths(self) -> list[str]:
        return [path for path in sorted({path for path, _ in self.origin}) if self.there(path)]

    def there(self, path: str) -> bool:
        return (self.bea.top / path).exists()

    def plan(self) -> CampaignPlan:
        batches = []
        for name, paths in NAMES.items():
            there = [path for path in paths if self.campaign.has(self.campaign.base, path)]
            texts = {path: self.campaign.at(self.campaign.base, path) for path in there}
            texts = {path: text for path, text in texts.items() if OLD in text}
            if texts:
                batches.append(batch_of_texts(name, texts))
        return self.campaign.plan(*batches)

    def publish(self, names: list[str]) -> None:
        for batch in self.plan().batches:
            if batch.name in names:
                self.campaign.publish(batch)
                mended = {file.path for file in batch.files}
                self.held[batch.name] = {
                    site
                    for site, origin in self.origin.items()
                    if site[0] in mended and origin == "old"
                }
        self.bea.git("fetch", "--quiet", "origin")

    def ref(self, name: str) -> str:
        return f"origin/{self.campaign.branch(name)}"

    # What people do. Each leaves the work tree of main clean.

    def squash(self) -> None:
        self._merge("--squash")

    def merge(self) -> None:
        self._merge("--no-ff")

    def rebase(self) -> None:
        name = self.random.choice(list(NAMES))
        commits = self.bea.git("rev-list", "--reverse", f"main..{self.ref(name)}").split()
        head = self.bea.git("rev-parse", "HEAD")
        for commit in commits:
            self.bea.git("cherry-pick", commit, check=False)
        if not commits or self.bea.git("status", "--porcelain", "-uno") or self._in_between():
            self.bea.git("cherry-pick", "--abort", check=False)
            self.bea.git("reset", "--quiet", "--hard", head)
            return
        self._merged(name, head)

    def _in_between(self) -> bool:
        return (self.bea.top / ".git" / "CHERRY_PICK_HEAD").exists()

    def _merge(self, how: str) -> None:
        name, head = self.random.choice(list(NAMES)), self.bea.git("rev-parse", "HEAD")
        self.bea.git("merge", "--quiet", how, "-m", f"Merge {name}", self.ref(name), check=False)
        if self.bea.git("ls-files", "--unmerged"):
            self.bea.git("reset", "--quiet", "--hard", head)
            return
        if how == "--squash":
            self.bea.git("commit", "--quiet", "-m", f"Times ({name})", check=False)
        self._merged(name, head)

    def _merged(self, name: str, before: str) -> None:
        """The sites whose new code came from it: those that are old no more."""
        if self.bea.git("rev-parse", "HEAD^{tree}") == self.bea.git(
            "rev-parse", f"{before}^{{tree}}"
        ):
            return
        was = dict(self.origin)
        for site in self.held[name]:
            if self.origin[site] == "old" and self.there(site[0]) and not self._is_old(site):
                self.origin[site] = "batch"
        self.merges.append((self.bea.git("rev-parse", "HEAD"), was))

    def _is_old(self, site: tuple[str, str]) -> bool:
        _, found, rest = self.bea.read(site[0]).partition(f"def {site[1]}(")
        return bool(found) and OLD in rest.partition("\ndef ")[0]

    def revert(self) -> None:
        if not self.merges:
            return
        commit, was = self.merges.pop()
        head = self.bea.git("rev-parse", "HEAD")
        parents = self.bea.git("rev-list", "--parents", "--max-count=1", commit).split()
        main = ("-m", "1") if len(parents) > 2 else ()
        self.bea.git("revert", "--no-edit", *main, commit, check=False)
        if self.bea.git("ls-files", "--unmerged") or head == self.bea.git("rev-parse", "HEAD"):
            self.bea.git("reset", "--quiet", "--hard", head)
            return
        for site, origin in was.items():
            undone = not self.there(site[0]) or self._is_old(site)
            if self.origin[site] == "batch" and origin == "old" and undone:
                self.origin[site] = "old"

    def edit_elsewhere(self) -> None:
        for path in self.paths()[: self.random.randint(1, 2)]:
            self.count += 1
            old = f"n{self.random.randrange(8)} = "
            self.bea.write(path, self.bea.read(path).replace(old, f"{old}{self.count} + "))
        self.bea.commit("elsewhere")

    def edit_the_new_lines(self) -> None:
        self._replace(NEW, f"str({NEW})")

    def mend_by_hand(self) -> None:
        path = self._replace(OLD, HAND)
        for site, origin in self.origin.items():
            if site[0] == path and origin == "old":
                self.origin[site] = "hand"

    def half_by_hand(self) -> None:
        for path in self.paths()[:1]:
            text = self.bea.read(path)
            first, second = text.split("def second", 1) if "def second" in text else (text, "")
            if self.origin[path, "first"] == "old" and OLD in first:
                rest = f"def second{second}" if second else ""
                self.bea.write(path, first.replace(OLD, HAND) + rest)
                self.bea.commit("half")
                self.origin[path, "first"] = "hand"

    def _replace(self, old: str, new: str) -> str | None:
        path = self.random.choice(self.paths() or [""])
        if path and old in self.bea.read(path):
            self.bea.write(path, self.bea.read(path).replace(old, new))
            self.bea.commit("replace")
            return path
        return None

    def take_out_a_function(self) -> None:
        path = self.random.choice(self.paths() or [""])
        if path and "def second" in self.bea.read(path):
            self.bea.write(path, self.bea.read(path).partition("def second")[0])
            self.bea.commit("take out")
            self._took((path, "second"))

    def delete_a_file(self) -> None:
        path = self.random.choice(self.paths() or [""])
        if path and self.random.random() < 0.3:
            self.bea.git("rm", "--quiet", path)
            self.bea.commit("delete")
            for name in FUNCTIONS:
                self._took((path, name))

    def _took(self, site: tuple[str, str]) -> None:
        if self.origin[site] == "old":
            self.origin[site] = "hand"

    def move_a_file(self) -> None:
        path = self.random.choice(self.paths() or [""])
        if path and self.random.random() < 0.3:
            self.count += 1
            self.bea.git("mv", path, f"moved{self.count}.py")
            self.bea.commit("move")
            for name in FUNCTIONS:
                self._took((path, name))

    def commit_on_a_branch(self) -> None:
        name = self.random.choice(list(NAMES))
        self.bea.git("checkout", "--quiet", "--detach", self.ref(name))
        self.count += 1
        self.bea.commit("mine", **{f"person{self.count}": "x = 1\n"})
        branch = self.campaign.branch(name)
        self.bea.git("push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")
        self.bea.git("checkout", "--quiet", "main")
        self.foreign.add(name)

    def forge_trailers(self) -> None:
        name = self.random.choice(list(NAMES))
        message = self.bea.git("show", "--no-patch", "--format=%B", self.ref(name))
        self.bea.commit(message)

    def recompute(self) -> None:
        """What the driver does with what is stale."""
        report = self.sync()
        assert not self.foreign & set(report)
        self.publish(report)

    def sync(self) -> list[str]:
        self.bea.git("push", "--quiet", "origin", "main")
        self.campaign.fetch()
        before = Clone(self.campaign.remote).git("for-each-ref")
        states = self.states if self.random.random() < 0.5 else ()
        report = sync(self.campaign.ours.repository, self.campaign.settings, self.plan(), states)
        self.states = report.states
        assert Clone(self.campaign.remote).git("for-each-ref") == before
        return list(report.recompute)

    def really_merged(self) -> set[str]:
        return {
            name
            for name, sites in self.held.items()
            if all(self.origin[site] == "batch" for site in sites)
        }

    def said_merged(self) -> set[str]:
        return {state.name for state in self.states if state.status == "merged"}

    @property
    def deeds(self) -> list[Callable[[], None]]:
        return [
            *(self.squash, self.merge, self.rebase) * 2,
            *(self.edit_elsewhere, self.edit_the_new_lines, self.mend_by_hand, self.half_by_hand),
            *(self.revert, self.take_out_a_function, self.delete_a_file, self.move_a_file),
            *(self.commit_on_a_branch, self.forge_trailers, self.recompute),
        ]


@pytest.mark.parametrize("seed", SEEDS)
def test_never_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    files = {path: text_of(path) for paths in NAMES.values() for path in paths}
    world = World(new_campaign(tmp_path, monkeypatch, files), seed)
    done = []
    for _ in range(STEPS):
        deed = world.random.choice(world.deeds)
        deed()
        done.append(deed.__name__)
        world.sync()
        assert world.said_merged() <= world.really_merged(), done
