"""Requests that are answered from memory: lists, filters, manifests, /ping, 304."""

import answers
import load
import table
from answers import Expected
from sites import GZIP, PLAIN
from work import Work

MANY = 32
"""Connections."""


def works(sizes):
    for size in sizes:
        yield Work(f"list-{size}", size, lambda site: [whole_list(site, "list", PLAIN)], is_foreign=True)
        yield Work(f"list-gzip-{size}", size, lambda site: [whole_list(site, "list-gzip", GZIP)], is_foreign=True)
        yield Work(f"filter-{size}", size, filtered, is_foreign=True)
        yield Work(f"manifest-{size}", size, manifest, is_foreign=True)
        yield Work(f"ping-{size}", size, ping, is_foreign=True)
        yield Work(f"not-modified-{size}", size, not_modified, is_foreign=True)


def whole_list(site, name, headers):
    answers.count(site.measured.base, "/images", site.count)
    resource = site.resource("images.json", "/images", headers)
    how = "gzip" if headers == GZIP else "plain"
    title = f"`GET /images`, {site.count:,} images, {how}, {resource.expected.length:,} bytes"
    return row(site, name, title, resource, lambda ratio, p99: [table.at_least("ratio", ratio, 0.8)])


def filtered(site):
    path = f"/images?{site.filter_query}"
    answers.count(site.measured.base, path, site.matches)
    resource = site.resource("filtered.json", path)
    title = f"`GET /images?{site.filter_query}`, {site.matches} of {site.count:,}"
    return [row(site, "filter", title, resource, lambda ratio, p99: [table.at_least("ratio", ratio, 0.3)])]


def manifest(site):
    resource = site.resource("manifest.json", f"/images/{site.sample_uuid}")
    return [row(site, "manifest", f"`GET /images/UUID`, {site.count:,} images", resource, small_answer)]


def ping(site):
    return [row(site, "ping", f"`GET /ping`, {site.count:,} images", site.resource("ping.json", "/ping"), small_answer)]


def not_modified(site):
    """Each server is asked with the tag that it gave."""
    resource = site.resource("images.json", "/images")
    title = f"`GET /images`, 304, {site.count:,} images"
    return [row(site, "not-modified", title, resource, small_answer, is_conditional=True)]


def small_answer(ratio, p99):
    return [table.at_least("ratio", ratio, 0.6), table.at_most("p99", p99, 3, "×")]


def row(site, name, title, resource, goals, is_conditional=False):
    targets = {}
    for server, path in zip(site.both(), (resource.reference_path, resource.path)):
        headers, expected = dict(resource.headers), resource.expected
        if is_conditional:
            headers["If-None-Match"] = answers.good(server.base, path, headers).headers["etag"]
            expected = Expected(304, 0, None)
        answers.check(server.base, path, headers, expected)
        targets[server.name] = (path, headers, expected)

    def measure(server, seconds=site.options.seconds):
        return load.requests(server, *targets[server.name], MANY, seconds)

    for server in site.both():
        measure(server, site.options.warm_up)
    pairs = site.rounds(measure)
    memory = site.memory()
    for server in site.both():
        path, headers, expected = targets[server.name]
        answers.check(server.base, path, headers, expected)
    ratio = table.median_ratio(pairs, lambda sample: sample.rate)
    p99 = table.median_ratio(pairs, lambda sample: sample.p99)
    references, measured = zip(*pairs)
    return table.Row(
        name=f"{name}-{site.count}",
        title=title,
        reference=rate(references),
        measured=rate(measured),
        ratio=ratio,
        goals=goals(ratio, p99),
        latency=(table.latencies(references), table.latencies(measured)),
        cpu=(cpu(references), cpu(measured)),
        memory=memory,
    )


def rate(samples):
    return f"{table.median([sample.rate for sample in samples]):,.0f}/s"


def cpu(samples):
    return table.seconds(table.median([sample.cpu_per_unit for sample in samples]))
