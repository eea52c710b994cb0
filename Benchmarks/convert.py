"""The spans of OTLP JSON lines in another form: `convert.py FORM SOURCE TARGET`.

    protobuf   the collector's file: a big-endian length of four bytes before each request
    jaeger     an answer of Jaeger's API a line, each with the traces of one line of the source
"""

import json
import struct
import sys

KINDS = {1: "internal", 2: "server", 3: "client", 4: "producer", 5: "consumer"}


def varint(number):
    number &= (1 << 64) - 1
    digits = bytearray()
    while number > 0x7F:
        digits.append(number & 0x7F | 0x80)
        number >>= 7
    digits.append(number)
    return bytes(digits)


def part(field, content):
    return varint(field << 3 | 2) + varint(len(content)) + content


def text(field, words):
    return part(field, words.encode()) if words else b""


def number(field, value):
    return varint(field << 3) + varint(value) if value else b""


def fixed(field, kind, value):
    return varint(field << 3 | (1 if kind in "Qd" else 5)) + struct.pack("<" + kind, value)


def any_value(value):
    (key, content), = value.items()
    if key == "stringValue":
        return part(1, content.encode())
    if key == "boolValue":
        return varint(2 << 3) + varint(content)
    if key == "intValue":
        return varint(3 << 3) + varint(int(content))
    if key == "doubleValue":
        return fixed(4, "d", content)
    raise ValueError(key)


def pairs(field, attributes):
    return b"".join(part(field, text(1, a["key"]) + part(2, any_value(a["value"]))) for a in attributes)


def event(content):
    return fixed(1, "Q", int(content["timeUnixNano"])) + text(2, content.get("name")) + pairs(3, content.get("attributes", []))


def link(content):
    return part(1, bytes.fromhex(content["traceId"])) + part(2, bytes.fromhex(content["spanId"])) + pairs(4, content.get("attributes", []))


def protobuf_span(span):
    parent = bytes.fromhex(span.get("parentSpanId", ""))
    status = span.get("status", {})
    return b"".join(
        [part(1, bytes.fromhex(span["traceId"])), part(2, bytes.fromhex(span["spanId"]))]
        + [part(4, parent)] * bool(parent)
        + [text(5, span["name"]), number(6, span.get("kind", 0)), fixed(7, "Q", int(span["startTimeUnixNano"]))]
        + [fixed(8, "Q", int(span["endTimeUnixNano"]))] * ("endTimeUnixNano" in span)
        + [pairs(9, span.get("attributes", []))]
        + [part(11, event(e)) for e in span.get("events", [])]
        + [part(13, link(e)) for e in span.get("links", [])]
        + [part(15, text(2, status.get("message")) + number(3, status.get("code", 0)))]
        + [fixed(16, "I", span["flags"])] * bool(span.get("flags"))
    )


def protobuf(source, target):
    for line in source:
        request = b""
        for resource in json.loads(line)["resourceSpans"]:
            content = part(1, pairs(1, resource["resource"]["attributes"]))
            for scope in resource["scopeSpans"]:
                name = text(1, scope["scope"].get("name")) + text(2, scope["scope"].get("version"))
                content += part(2, part(1, name) + b"".join(part(2, protobuf_span(s)) for s in scope["spans"]))
            request += part(1, content)
        target.write(struct.pack(">I", len(request)) + request)


def tags(attributes):
    kinds = {"stringValue": ("string", str), "boolValue": ("bool", bool), "intValue": ("int64", int), "doubleValue": ("float64", float)}
    for attribute in attributes:
        (key, content), = attribute["value"].items()
        kind, read = kinds[key]
        yield {"key": attribute["key"], "type": kind, "value": read(content)}


def jaeger_span(span, scope, process):
    """A span in the form of Jaeger's UI, with the tags that its translation of OTLP writes."""
    start = int(span["startTimeUnixNano"])
    trace = span["traceId"]
    parent = span.get("parentSpanId")
    found = list(tags(span.get("attributes", [])))
    found.append({"key": "otel.scope.name", "type": "string", "value": scope.get("name", "")})
    found.append({"key": "otel.scope.version", "type": "string", "value": scope.get("version", "")})
    found.append({"key": "span.kind", "type": "string", "value": KINDS.get(span.get("kind"), "internal")})
    if span.get("status", {}).get("code") == 2:
        found.append({"key": "error", "type": "bool", "value": True})
        found.append({"key": "otel.status_code", "type": "string", "value": "ERROR"})
        found.append({"key": "otel.status_description", "type": "string", "value": span["status"].get("message", "")})
    return {
        "traceID": trace,
        "spanID": span["spanId"],
        "flags": 1,
        "operationName": span["name"],
        "references": [{"refType": "CHILD_OF", "traceID": trace, "spanID": parent}] if parent else [],
        "startTime": start // 1000,
        "duration": (int(span.get("endTimeUnixNano", start)) - start) // 1000,
        "tags": found,
        "logs": [
            {
                "timestamp": int(e["timeUnixNano"]) // 1000,
                "fields": [{"key": "event", "type": "string", "value": e["name"]}] + list(tags(e.get("attributes", []))),
            }
            for e in span.get("events", [])
        ],
        "processID": process,
        "warnings": None,
    }


def jaeger(source, target):
    for line in source:
        traces = {}
        for resource in json.loads(line)["resourceSpans"]:
            attributes = resource["resource"]["attributes"]
            service = next(a["value"]["stringValue"] for a in attributes if a["key"] == "service.name")
            process = {"serviceName": service, "tags": list(tags(a for a in attributes if a["key"] != "service.name"))}
            for scope in resource["scopeSpans"]:
                for span in scope["spans"]:
                    spans, processes = traces.setdefault(span["traceId"], ([], {}))
                    name = next((n for n, p in processes.items() if p == process), f"p{len(processes) + 1}")
                    processes[name] = process
                    spans.append(jaeger_span(span, scope["scope"], name))
        data = [
            {"traceID": trace, "spans": spans, "processes": processes, "warnings": None}
            for trace, (spans, processes) in traces.items()
        ]
        answer = {"data": data, "total": 0, "limit": 0, "offset": 0, "errors": None}
        target.write(json.dumps(answer, separators=(",", ":")).encode() + b"\n")


form, source, target = sys.argv[1:]
with open(source, "rb") as lines, open(target, "wb") as file:
    {"protobuf": protobuf, "jaeger": jaeger}[form](lines, file)
