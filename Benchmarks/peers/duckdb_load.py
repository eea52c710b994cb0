"""Peer: DuckDB reads the JSON lines into a table of spans."""

import os
import sys

import duckdb

source, target = sys.argv[1:]
if os.path.exists(target):
    os.remove(target)
store = duckdb.connect(target)
store.execute(
    """create table span as
    select span.* from (
      select unnest(scope.spans) as span from (
        select unnest(resource.scopeSpans) as scope from (
          select unnest(resourceSpans) as resource
          from read_json(?, format = 'newline_delimited', maximum_object_size = 67108864))))""",
    [source],
)
print(store.execute("select count(*) from span").fetchone()[0])
