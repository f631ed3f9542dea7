"""Other people's programs open our snapshots: pywb (`make replay`), py-wacz and ReplayWeb.page (`make viewers`).

They are programs of their own, under licences of their own; nothing here imports them.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from newsarchive.sealing import names
from tests.capture.replay import Replay, wayback
from tests.conftest import PROJECT
from tests.sealing.browser import Browser, served
from tests.sealing.conftest import World
from tests.sealing.forging import members_of

WACZ = PROJECT / ".venv" / "viewers" / "bin" / "wacz"
REPLAYWEB = PROJECT / ".venv" / "viewers" / "package"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SEEDS = {
    "https://kyivindependent.com/putin-scholz-to-hold-first-direct-phone-call-in-two-years-bloomberg-reports/":
        "are set to hold their first direct phone call in nearly two years",
    "https://responsiblestatecraft.org/scholz-putin-call/":
        "For the first time in two years",
}  # fmt: skip


@pytest.mark.skipif(wayback() is None, reason="pywb is not installed: make replay")
def test_pywb_replays_both_seed_articles(world: World, tmp_path: Path):
    folder = tmp_path / "unpacked"
    folder.mkdir()
    for name, octets in members_of(world.path(3)).items():
        if name == names.INDEX or name.startswith(names.ARCHIVE):
            (folder / Path(name).name).write_bytes(octets)
    with Replay(folder, tmp_path / "pywb") as replay:
        for url, says in SEEDS.items():
            shown = replay.get(url, as_archived=False)
            assert shown.status == 200
            assert says.encode() in shown.body


@pytest.mark.skipif(not WACZ.exists(), reason="py-wacz is not installed: make viewers")
@pytest.mark.parametrize("number", [1, 2, 3])
def test_py_wacz_validates_it(world: World, number: int):
    done = subprocess.run(
        [WACZ, "validate", "-f", world.path(number)], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Valid" in done.stdout, done.stdout


@pytest.mark.skipif(
    not REPLAYWEB.exists() or CHROMIUM is None, reason="no ReplayWeb.page, or no Chromium: make viewers"
)
def test_replayweb_page_shows_both_seed_articles_and_a_valid_signature(world: World):
    files = {"/": REPLAYWEB / "index.html", "/x.wacz": world.path(3)}
    files |= {f"/{name}": REPLAYWEB / name for name in ("ui.js", "sw.js")}
    with served(files) as base, Browser(CHROMIUM or "") as browser:
        for url, says in SEEDS.items():
            browser.open("about:blank")
            browser.open(f"{base}/?source={base}/x.wacz#view=pages&url={url}")
            found = browser.wait_for(
                "fetch('w/api/coll-index').then(r => r.json()).then(j => j.colls.length && j.colls[0].id).catch(() => '')"
            )
            # What stands in the frame, not what the service worker could be asked for.
            shown = browser.wait_for(f"({_FRAMES})(document).includes({json.dumps(says)}) && ({_FRAMES})(document)")
            assert says in shown
        listed = json.loads(browser.evaluate(f"fetch('w/api/c/{found}?all=1').then(r => r.text())"))
        key = json.loads(members_of(world.path(3))[names.DIGEST])["signedData"]["publicKey"]
        assert listed["verify"]["publicKey"] == key
        titles = [page["title"] for page in listed["pages"]]
        assert len(titles) == len(members_of(world.path(3))[names.PAGES].splitlines()) - 1
        signature = next(one for one in json.loads(browser.evaluate(_VERIFICATION)) if one["id"] == "signature")
        assert (signature["expected"], signature["matched"]) == (True, True)


# The text of all frames, through shadow roots.
_FRAMES = """function text(node) {
  let found = '';
  for (const one of node.querySelectorAll('*')) {
    if (one.shadowRoot) found += text(one.shadowRoot);
    if (one.localName === 'iframe' && one.contentDocument && one.contentDocument.body)
      found += one.contentDocument.body.innerText + text(one.contentDocument);
  }
  return found;
}"""
# What ReplayWeb.page has noted of its checks.
_VERIFICATION = """(async () => {
  const found = [];
  for (const {name} of await indexedDB.databases()) {
    const database = await new Promise(done => { const asked = indexedDB.open(name); asked.onsuccess = () => done(asked.result); });
    if (!database.objectStoreNames.contains('verification')) continue;
    found.push(...await new Promise(done => {
      const asked = database.transaction('verification').objectStore('verification').getAll();
      asked.onsuccess = () => done(asked.result);
    }));
  }
  return JSON.stringify(found);
})()"""
