"""Peer: ClickHouse's engine (chdb) reads the JSON lines into a MergeTree of spans."""

import shutil
import sys

from chdb import session

source, target = sys.argv[1:]
shutil.rmtree(target, ignore_errors=True)
store = session.Session(target)
store.query("create database b")
store.query("create table b.span (span String) engine = MergeTree order by tuple()")
store.query(
    f"""insert into b.span
    select arrayJoin(JSONExtractArrayRaw(scope, 'spans')) from (
      select arrayJoin(JSONExtractArrayRaw(resource, 'scopeSpans')) as scope from (
        select arrayJoin(JSONExtractArrayRaw(line, 'resourceSpans')) as resource
        from file('{source}', 'LineAsString', 'line String')))"""
)
print(store.query("select count() from b.span"))
