"""The same site built by dateline, Hugo and Pelican, side by side in one run: wall, CPU, memory, files, bytes.

    python benchmarks/compare.py                      # 1,000 and 10,000 articles, made from the sample stories' words
    python benchmarks/compare.py --articles 100000    # how it grows
    python benchmarks/compare.py --texts stories.txt  # real texts, one a line

Articles carry 4 tags each out of 500. Every tool makes: home and tag pages of 20 stories, article pages, RSS and Atom
with the full text of the 50 newest stories for the site and for every tag. The templates are as bare as they get.
What is compared is the ratio of times taken in turn on one machine; seconds are of that machine and that hour.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "docs" / "examples" / "minimal"
TAGS = 500
TOOLS = ("dateline", "hugo", "pelican")
RUNS = ("cold", "no-op", "edit", "add")

HUGO = {
    "hugo.toml": """\
baseURL = "https://example.org/"
title = "Minimal"
languageCode = "en"
disableKinds = ["section"]
[pagination]
pagerSize = 20
[taxonomies]
tag = "tags"
[outputs]
home = ["html", "rss", "atom"]
taxonomy = ["html"]
term = ["html", "rss", "atom"]
[mediaTypes."application/atom+xml"]
suffixes = ["xml"]
[outputFormats.atom]
mediaType = "application/atom+xml"
baseName = "atom"
isPlainText = false
[permalinks.page]
posts = "/:year/:month/:day/:slug/"
[markup.goldmark.renderer]
unsafe = false
[services.rss]
limit = 50
""",
    "layouts/_default/baseof.html": """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ .Title }}</title>
<link rel="canonical" href="{{ .Permalink }}">
<link rel="alternate" type="application/rss+xml" title="RSS" href="/index.xml">
<link rel="alternate" type="application/atom+xml" title="Atom" href="/atom.xml">
</head>
<body>
<header><a href="/">{{ .Site.Title }}</a> <a href="/tags/">Tags</a></header>
<main>
{{ block "main" . }}{{ end }}
</main>
</body>
</html>
""",
    "layouts/_default/single.html": """\
{{ define "main" }}
<article>
<h1>{{ .Title }}</h1>
<time datetime="{{ .Date.Format "2006-01-02T15:04:05-07:00" }}">{{ .Date.Format "2006-01-02T15:04:05-07:00" }}</time>
{{ .Content }}
<ul>{{ range .GetTerms "tags" }}<li><a href="{{ .RelPermalink }}">{{ .LinkTitle }}</a></li>
{{ end }}</ul>
</article>
{{ end }}
""",
    "layouts/_default/list.html": """\
{{ define "main" }}
<h1>{{ .Title }}</h1>
{{ $pages := .Pages }}{{ if .IsHome }}{{ $pages = .Site.RegularPages }}{{ end }}{{ $p := .Paginate $pages }}
{{ range $p.Pages }}<article><h2><a href="{{ .RelPermalink }}">{{ .Title }}</a></h2><time datetime="{{ .Date.Format "2006-01-02T15:04:05-07:00" }}">{{ .Date.Format "2006-01-02T15:04:05-07:00" }}</time><p>{{ .Description }}</p></article>{{ end }}
<nav>{{ if $p.HasPrev }}<a href="{{ $p.Prev.URL }}">Newer</a> {{ end }}{{ if $p.HasNext }}<a href="{{ $p.Next.URL }}">Older</a>{{ end }}</nav>
{{ end }}
""",
    "layouts/_default/terms.html": """\
{{ define "main" }}
<h1>{{ .Title }}</h1>
<ul>{{ range .Pages }}<li><a href="{{ .RelPermalink }}">{{ .LinkTitle }}</a> {{ len .Pages }}</li>
{{ end }}</ul>
{{ end }}
""",
    "layouts/_default/rss.xml": """\
{{ printf "<?xml version=\\"1.0\\" encoding=\\"utf-8\\"?>" | safeHTML }}
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>{{ .Title }}</title><link>{{ .Permalink }}</link><description>{{ .Title }}</description><language>en</language>
{{ $pages := .Pages }}{{ if .IsHome }}{{ $pages = .Site.RegularPages }}{{ end }}{{ range first 50 $pages }}<item><title>{{ .Title }}</title><link>{{ .Permalink }}</link><guid isPermaLink="false">{{ .Permalink }}</guid><pubDate>{{ .Date.Format "Mon, 02 Jan 2006 15:04:05 -0700" }}</pubDate><description>{{ .Description }}</description>{{ range .GetTerms "tags" }}<category>{{ .LinkTitle }}</category>{{ end }}<content:encoded>{{ .Content | html }}</content:encoded></item>
{{ end }}</channel></rss>
""",
    "layouts/_default/list.atom.xml": """\
{{ printf "<?xml version=\\"1.0\\" encoding=\\"utf-8\\"?>" | safeHTML }}
<feed xmlns="http://www.w3.org/2005/Atom"><title>{{ .Title }}</title><id>{{ .Permalink }}</id><link href="{{ .Permalink }}"/><updated>{{ .Lastmod.Format "2006-01-02T15:04:05Z07:00" }}</updated>
{{ $pages := .Pages }}{{ if .IsHome }}{{ $pages = .Site.RegularPages }}{{ end }}{{ range first 50 $pages }}<entry><title>{{ .Title }}</title><id>{{ .Permalink }}</id><link href="{{ .Permalink }}"/><published>{{ .Date.Format "2006-01-02T15:04:05Z07:00" }}</published><updated>{{ .Lastmod.Format "2006-01-02T15:04:05Z07:00" }}</updated><author><name>Minimal</name></author>{{ range .GetTerms "tags" }}<category term="{{ .LinkTitle }}"/>{{ end }}<summary>{{ .Description }}</summary><content type="html">{{ .Content | html }}</content></entry>
{{ end }}</feed>
""",
    "layouts/404.html": '{{ define "main" }}<h1>Page not found</h1>{{ end }}\n',
}

PELICAN = {
    "pelicanconf.py": """\
SITENAME = "Minimal"
SITEURL = "https://example.org"
PATH = "content"
TIMEZONE = "UTC"
DEFAULT_LANG = "en"
DEFAULT_PAGINATION = 20
FEED_ALL_RSS = "feed.xml"
FEED_ALL_ATOM = "atom.xml"
CATEGORY_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = TRANSLATION_FEED_ATOM = None
TAG_FEED_ATOM = "tags/{slug}/atom.xml"
TAG_FEED_RSS = "tags/{slug}/feed.xml"
FEED_MAX_ITEMS = 50
RSS_FEED_SUMMARY_ONLY = False
ARTICLE_URL = "{date:%Y}/{date:%m}/{date:%d}/{slug}/"
ARTICLE_SAVE_AS = ARTICLE_URL + "index.html"
TAG_URL = "tags/{slug}/"
TAG_SAVE_AS = TAG_URL + "index.html"
AUTHOR_SAVE_AS = CATEGORY_SAVE_AS = CATEGORIES_SAVE_AS = AUTHORS_SAVE_AS = ARCHIVES_SAVE_AS = ""
PAGINATION_PATTERNS = ((1, "{url}", "{save_as}"), (2, "{base_name}/page/{number}/", "{base_name}/page/{number}/index.html"))
THEME = "theme"
CACHE_CONTENT = True
LOAD_CONTENT_CACHE = True
CONTENT_CACHING_LAYER = "generator"
""",
    "theme/templates/base.html": """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{% block title %}{{ SITENAME }}{% endblock %}</title></head>
<body><header><a href="/">{{ SITENAME }}</a> <a href="/tags.html">Tags</a></header><main>{% block content %}{% endblock %}</main></body></html>
""",
    "theme/templates/article.html": """\
{% extends "base.html" %}{% block content %}<article><h1>{{ article.title }}</h1><time datetime="{{ article.date.isoformat() }}">{{ article.date.isoformat() }}</time>{{ article.content }}
<ul>{% for tag in article.tags %}<li><a href="/{{ tag.url }}">{{ tag }}</a></li>{% endfor %}</ul></article>{% endblock %}
""",
    "theme/templates/index.html": """\
{% extends "base.html" %}{% block content %}<h1>{{ tag if tag else SITENAME }}</h1>{% for a in articles_page.object_list %}<article><h2><a href="/{{ a.url }}">{{ a.title }}</a></h2><time datetime="{{ a.date.isoformat() }}">{{ a.date.isoformat() }}</time><p>{{ a.summary|striptags }}</p></article>{% endfor %}
<nav>{% if articles_page.has_previous() %}<a href="/{{ articles_previous_page.url }}">Newer</a> {% endif %}{% if articles_page.has_next() %}<a href="/{{ articles_next_page.url }}">Older</a>{% endif %}</nav>{% endblock %}
""",
    "theme/templates/tag.html": '{% extends "index.html" %}\n',
    "theme/templates/tags.html": '{% extends "base.html" %}{% block content %}<ul>{% for tag, a in tags %}<li><a href="/{{ tag.url }}">{{ tag }}</a></li>{% endfor %}</ul>{% endblock %}\n',
}


def words() -> list[str]:
    """Sentences of the sample stories: what the corpus is made of."""
    text = " ".join(p.read_text(encoding="utf-8", errors="ignore") for p in sorted((ROOT / "seeds").glob("*.txt")))
    found = re.findall(r"[A-ZÄÖÜ][^.!?\n<>{}*_`#\[\]|\\]{40,200}[.!?]", text)
    return sorted({" ".join(sentence.split()) for sentence in found})


def corpus(count: int, texts: list[str]) -> list[dict[str, object]]:
    """*count* articles, the same on every machine."""
    sentences = words()
    found = []
    for i in range(count):
        r = random.Random(i)
        if texts:
            body = texts[i % len(texts)]
        else:
            body = "\n\n".join(" ".join(r.choice(sentences) for _ in range(4)) for _ in range(6))
        day = f"{2016 + i % 10}-{1 + i // 10 % 12:02}-{1 + i // 120 % 28:02}"
        title = " ".join(re.sub(r"[^\w ]", "", r.choice(sentences)).split()[:8])
        found.append({
            "slug": f"{re.sub(r'[^a-z0-9]+', '-', title.lower().encode('ascii', 'ignore').decode()).strip('-')}-{i}",
            "title": f"{title} {i}",
            "date": f"{day}T{i % 24:02}:{i * 7 % 60:02}:{i * 11 % 60:02}Z",
            "summary": r.choice(sentences),
            "tags": [f"tag-{t}" for t in sorted(r.sample(range(TAGS), 4))],
            "body": body,
        })  # fmt: skip
    return found


def article(tool: str, a: dict[str, object], extra: str = "") -> str:
    """Spell an article as *tool* wants it."""
    q = json.dumps
    body = f"{a['body']}{extra}"
    if tool == "pelican":
        return f"Title: {a['title']}\nDate: {a['date']}\nSlug: {a['slug']}\nTags: {', '.join(a['tags'])}\nSummary: {a['summary']}\n\n{body}\n"
    key = "description" if tool == "hugo" else "summary"
    return (
        f"---\ntitle: {q(a['title'], ensure_ascii=False)}\ndate: {a['date']}\nslug: {a['slug']}\n"
        f"{key}: {q(a['summary'], ensure_ascii=False)}\ntags: [{', '.join(a['tags'])}]\n---\n\n{body}\n"
    )


def folder_of(tool: str, site: Path) -> Path:
    return site / ("content/posts" if tool == "hugo" else "content")


def lay_out(tool: str, site: Path, articles: list[dict[str, object]]) -> None:
    """Write the sources of *tool*'s site."""
    files = {"hugo": HUGO, "pelican": PELICAN}.get(tool, {})
    if tool == "dateline":
        shutil.copytree(EXAMPLE, site, dirs_exist_ok=True)
    for name, text in files.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text, encoding="utf-8")
    content = folder_of(tool, site)
    content.mkdir(parents=True, exist_ok=True)
    for a in articles:
        (content / f"{a['slug']}.md").write_text(article(tool, a), encoding="utf-8")


def command(tool: str, site: Path) -> list[str]:
    """How *tool* is told to build *site*."""
    here = Path(sys.executable).parent
    if tool == "dateline":
        return [str(here / "dateline"), "--root", str(site), "-q", "build", "--no-ingest"]
    if tool == "hugo":
        return [str(here / "hugo"), "--quiet", "--source", str(site), "--destination", str(site / "build")]
    return [
        str(here / "pelican"),
        "-q",
        str(site / "content"),
        "-o",
        str(site / "build"),
        "-s",
        str(site / "pelicanconf.py"),
    ]


def memory(pid: int) -> float:
    """Proportional memory of a process and all below it, in MB: shared pages count once."""
    total, todo = 0, [pid]
    while todo:
        p = todo.pop()
        try:
            text = Path(f"/proc/{p}/smaps_rollup").read_text()
            total += int(re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)[1])
            for task in Path(f"/proc/{p}/task").iterdir():
                todo += [int(c) for c in (task / "children").read_text().split()]
        except (OSError, TypeError):
            continue
    return total / 1024


def measure(args: list[str], *, watch_memory: bool) -> dict[str, float]:
    """Run once: wall and CPU seconds, peak MB. Memory is watched in a run of its own, since looking costs time."""
    start = time.perf_counter()
    process = subprocess.Popen(args, stdout=subprocess.DEVNULL, env={**os.environ, "NO_COLOR": "1"})
    peak = 0.0
    if watch_memory:
        while process.poll() is None:
            peak = max(peak, memory(process.pid))
            time.sleep(0.02)
    _, status, usage = (process.pid, process.returncode, None) if watch_memory else os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if status:
        raise SystemExit(f"failed: {' '.join(args)}")
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime if usage else 0.0, "memory": peak}


def outputs(site: Path) -> dict[str, int]:
    """Count what was built."""
    files = [p for p in (site / "build").rglob("*") if p.is_file()]
    return {
        "files": len(files),
        "bytes": sum(p.stat().st_size for p in files),
        "pages": sum(p.suffix == ".html" for p in files),
        "feeds": sum(p.name in {"feed.xml", "index.xml", "atom.xml"} for p in files),
    }


def entries(site: Path, tool: str) -> int:
    """Entries of the site's own RSS feed."""
    return (
        (site / "build" / ("index.xml" if tool == "hugo" else "feed.xml")).read_text(encoding="utf-8").count("<item>")
    )


def rounds(
    tools: list[str], count: int, texts: list[str], work: Path, repeat: int
) -> dict[str, dict[str, dict[str, float]]]:
    """Build *count* articles with each tool in turn: cold, no-op, edit, add. The best of *repeat* rounds counts."""
    articles = corpus(count, texts)
    results: dict[str, dict[str, dict[str, float]]] = {tool: {} for tool in tools}
    sites = {tool: work / f"{tool}-{count}" for tool in tools}
    for tool in tools:
        shutil.rmtree(sites[tool], ignore_errors=True)
        lay_out(tool, sites[tool], articles)
    middle = articles[len(articles) // 2]
    for n in range(repeat + 1):
        for run in RUNS:
            for tool in tools:  # in turn, so that a slow minute of the machine hits all
                site = sites[tool]
                path = folder_of(tool, site) / f"{middle['slug']}.md"
                if run == "cold":
                    for name in (
                        "build",
                        ".dateline",
                        "public",
                        "resources",
                        "cache",
                        "__pycache__",
                        ".hugo_build.lock",
                    ):
                        target = site / name
                        shutil.rmtree(target) if target.is_dir() else target.unlink(missing_ok=True)
                elif run == "edit":
                    path.write_text(article(tool, middle, f"\n\nEdited {n}."), encoding="utf-8")
                elif run == "add":
                    new = {**middle, "slug": f"new-{n}", "title": f"New {n}", "date": f"2026-01-01T00:00:{n:02}Z"}
                    (folder_of(tool, site) / f"new-{n}.md").write_text(article(tool, new), encoding="utf-8")
                got = measure(command(tool, site), watch_memory=n == 0)
                best = results[tool].setdefault(run, {"wall": 1e9, "cpu": 1e9, "memory": 0.0})
                if n == 0:
                    best["memory"] = got["memory"]
                else:
                    best.update({k: min(best[k], got[k]) for k in ("wall", "cpu")})
        for tool in tools:
            (folder_of(tool, sites[tool]) / f"new-{n}.md").unlink()
    for tool in tools:
        results[tool]["output"] = {**outputs(sites[tool]), "entries": entries(sites[tool], tool)}
    return results


def report(count: int, results: dict[str, dict[str, dict[str, float]]]) -> str:
    """Draw the table."""
    lines = [
        f"\n{count:,} articles",
        f"{'':14}{'cold wall':>11}{'CPU':>9}{'MB':>8}{'no-op':>9}{'edit':>9}{'add':>9}{'files':>9}{'pages':>8}{'feeds':>7}{'MB out':>8}",
    ]
    for tool, r in results.items():
        o = r["output"]
        lines.append(
            f"{tool:14}{r['cold']['wall']:10.2f}s{r['cold']['cpu']:8.2f}s{r['cold']['memory']:8.0f}"
            + "".join(f"{r[run]['wall']:8.2f}s" for run in RUNS[1:])
            + f"{o['files']:9,}{o['pages']:8,}{o['feeds']:7,}{o['bytes'] / 1e6:8.0f}"
        )
    if {"dateline", "hugo"} <= results.keys():
        d, h = results["dateline"], results["hugo"]
        whole = h["cold"]["wall"]
        lines.append(
            f"dateline / Hugo: cold {d['cold']['wall'] / whole:.0%} of the wall, {d['cold']['cpu'] / h['cold']['cpu']:.0%} of the CPU, "
            f"{d['cold']['memory'] / max(1, h['cold']['memory']):.0%} of the memory; of Hugo's cold wall: "
            + ", ".join(f"{run} {d[run]['wall'] / whole:.1%}" for run in RUNS[1:])
        )
    return "\n".join(lines)


def picture(results: dict[int, dict[str, dict[str, dict[str, float]]]], path: Path) -> None:
    """Draw the walls of the largest round as bars, relative to Hugo's cold build."""
    count = max(results)
    tools = results[count]
    whole = tools.get("hugo", tools["dateline"])["cold"]["wall"]
    rows = [(tool, run, tools[tool][run]["wall"] / whole) for run in RUNS for tool in tools]
    scale = 520 / max(value for _, _, value in rows)
    colours = {"dateline": "#0b5563", "hugo": "#b8860b", "pelican": "#8a8f96"}
    height = 30 + len(rows) * 20 + len(RUNS) * 12
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="760" height="{height}" font-family="system-ui, sans-serif" font-size="13">'
    ]
    out.append(
        f'<rect width="760" height="{height}" fill="#fdfcf9"/><text x="10" y="20" fill="#191b1f">{count:,} articles, wall time; Hugo\'s cold build = 100 %</text>'
    )
    y = 34
    for run in RUNS:
        for tool, kind, value in rows:
            if kind == run:
                width = max(1, value * scale)
                out.append(
                    f'<text x="10" y="{y + 13}" fill="#191b1f">{run}</text><text x="60" y="{y + 13}" fill="#555a61">{tool}</text>'
                )
                out.append(
                    f'<rect x="125" y="{y + 2}" width="{width:.1f}" height="14" fill="{colours[tool]}"/><text x="{130 + width:.1f}" y="{y + 14}" fill="#191b1f">{value:.1%}</text>'
                )
                y += 20
        y += 12
    out.append("</svg>\n")
    path.write_text("\n".join(out), encoding="utf-8")


def main() -> None:
    """Run what was asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, nargs="+", default=[1000, 10000])
    parser.add_argument("--tools", nargs="+", choices=TOOLS, default=["dateline", "hugo", "pelican"])
    parser.add_argument("--texts", type=Path, help="a file with one text a line")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--work", type=Path, help="folder to build in (default: memory, where there is any)")
    parser.add_argument("--picture", type=Path, help="draw the walls as SVG into this file")
    parser.add_argument("--json", type=Path, help="write all figures into this file")
    options = parser.parse_args()
    texts = options.texts.read_text(encoding="utf-8").splitlines() if options.texts else []
    missing = [t for t in options.tools if not shutil.which(command(t, Path())[0])]
    if missing:
        subprocess.check_call(
            [
                sys.executable,
                "-m",
                "pip",
                "install",
                "-q",
                *("pelican[markdown]" if t == "pelican" else t for t in missing),
            ]
        )
    base = options.work or (Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else None)
    results = {}
    with tempfile.TemporaryDirectory(prefix="dateline-bench-", dir=base) as work:
        for count in options.articles:
            tools = [t for t in options.tools if t != "pelican" or count <= 10_000]
            results[count] = rounds(tools, count, texts, Path(work), options.repeat)
            print(report(count, results[count]), flush=True)
    if options.picture:
        picture(results, options.picture)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
