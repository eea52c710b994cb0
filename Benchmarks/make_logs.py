#!/usr/bin/env python3
"""Writes a log dump as JSON lines, the same bytes for the same size: six services, each with its own logger.

    Benchmarks/make_logs.py 1000000000 out.jsonl

Two lines in three carry trace and span, as they do where requests are traced; one in eighty is an error with the stack of
its language. Prints the number of lines.
"""

import json
import random
import sys

SERVICES = [
    ("web", "pino"), ("checkout", "structlog"), ("payments", "logback"),
    ("cart", "zap"), ("stock", "ecs"), ("mail", "powertools"),
]
MESSAGES = [
    ("order {} placed for customer {}", "order_id", "customer"), ("cart {} loaded with {} items", "cart_id", "items"),
    ("GET /api/products/{} answered {}", "product", "status"), ("payment {} authorised by {}", "payment", "provider"),
    ("cache miss for key product:{} after {} ms", "key", "elapsed_ms"), ("retrying call to stock, attempt {} of {}", "attempt", "limit"),
    ("sent mail {} to queue {}", "mail", "queue"), ("query took {} ms and returned {} rows", "took_ms", "rows"),
]
PROVIDERS = ["visa", "sepa", "paypal", "klarna"]
STACKS = {
    "pino": "TypeError: Cannot read properties of undefined (reading 'sku')\n    at price (/app/src/price.js:12:7)\n    at handle (/app/src/server.js:40:3)\n    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)",
    "python": "Traceback (most recent call last):\n  File \"/app/shop/checkout.py\", line 88, in place\n    price = catalogue[item.sku]\nKeyError: 'sku-{}'",
    "java": "java.lang.IllegalStateException: card {} declined\n\tat shop.payments.Card.charge(Card.java:112)\n\tat shop.payments.Resource.post(Resource.java:40)\n\tat java.base/java.lang.Thread.run(Thread.java:840)\nCaused by: java.io.IOException: connection reset\n\tat shop.payments.Net.read(Net.java:7)\n\t... 2 more",
    "go": "main.load\n\t/app/cart/load.go:20\nmain.serve\n\t/app/main.go:8",
}
LEVELS = [("info", 30, 86), ("debug", 20, 8), ("warn", 40, 5)]


def time_of(ns):
    seconds, rest = divmod(ns, 1_000_000_000)
    day, second = divmod(seconds, 86400)
    # 2026-01-05 and the days after it, within one month.
    return f"2026-01-{5 + day:02d}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}", rest


def record(draw, open_traces, ns):
    service, logger = SERVICES[draw.randrange(6)]
    text, first, second = MESSAGES[draw.randrange(8)]
    a, b = draw.randrange(100_000, 999_999), draw.randrange(1, 500)
    if second == "provider":
        b = PROVIDERS[b % 4]
    message = text.format(a, b)
    is_error = draw.random() < 1 / 80
    pick = draw.randrange(99)
    level, value = next((name, number) for (name, number, _), end in zip(LEVELS, (86, 94, 99)) if pick < end)
    if is_error:
        level, value, message = "error", 50, message + " failed"
    has_trace = draw.random() < 2 / 3
    # A request writes about twelve lines, between those of 63 others.
    place = draw.randrange(64)
    if draw.random() < 1 / 12 or place not in open_traces:
        open_traces[place] = f"{draw.getrandbits(128):032x}"
    trace, span = open_traces[place], f"{draw.getrandbits(64):016x}"
    clock, rest = time_of(ns)
    host = f"{service}-{draw.randrange(4)}"
    extra = {first: a, second: b}
    if draw.random() < 0.5:
        extra["route"] = f"/api/{service}/{{id}}"
        extra["user_agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
    if logger == "pino":
        line = {"level": value, "time": (1767571200_000_000_000 + ns) // 1_000_000, "pid": 17, "hostname": host, "name": service}
        if has_trace:
            line |= {"trace_id": trace, "span_id": span, "trace_flags": "01"}
        line |= extra
        if is_error:
            line["err"] = {"type": "TypeError", "message": "Cannot read properties of undefined (reading 'sku')", "stack": STACKS["pino"]}
        return line | {"msg": message}
    if logger == "structlog":
        line = extra | {"service": service, "hostname": host}
        if has_trace:
            line |= {"trace_id": trace, "span_id": span}
        line |= {"event": message, "logger": f"shop.{service}", "level": {"warn": "warning"}.get(level, level), "timestamp": f"{clock}.{rest // 1000:06d}Z"}
        if is_error:
            line["exception"] = STACKS["python"].format(a)
        return line
    if logger == "logback":
        line = {"@timestamp": f"{clock}.{rest // 1000000:03d}+00:00", "@version": "1", "message": message, "logger_name": "shop.payments.Resource", "thread_name": f"http-{a % 16}", "level": level.upper(), "level_value": value * 1000 - 10000}
        if has_trace:
            line |= {"traceId": trace, "spanId": span}
        line |= extra | {"service": service, "host": host}
        if is_error:
            line["stack_trace"] = STACKS["java"].format(a)
        return line
    if logger == "zap":
        line = {"level": level, "ts": (1767571200_000_000_000 + ns) // 1000 / 1e6, "logger": service, "caller": "cart/load.go:20", "msg": message, "service": service, "host": host} | extra
        if has_trace:
            line |= {"trace_id": trace, "span_id": span}
        if is_error:
            line |= {"error": f"cart {a}: no such item", "stacktrace": STACKS["go"]}
        return line
    if logger == "ecs":
        line = {"@timestamp": f"{clock}.{rest // 1000000:03d}Z", "log.level": level.upper(), "message": message, "ecs.version": "1.2.0", "service.name": service, "host.name": host, "log.logger": "shop.stock", "process.thread.name": f"worker-{a % 8}"}
        if has_trace:
            line |= {"trace.id": trace, "transaction.id": span}
        line |= extra
        if is_error:
            line |= {"error.type": "java.lang.IllegalStateException", "error.message": f"card {a} declined", "error.stack_trace": STACKS["java"].format(a)}
        return line
    line = {"level": {"warn": "WARNING"}.get(level, level.upper()), "location": "handler:28", "message": message, "timestamp": f"{clock.replace('T', ' ')},{rest // 1000000:03d}+0000", "service": service, "cold_start": a % 50 == 0, "function_name": "send-mail", "function_memory_size": 256, "function_request_id": f"{draw.getrandbits(32):08x}-0000-4000-8000-{draw.getrandbits(48):012x}"}
    # A function is told its trace whether it is sampled or not.
    line["xray_trace_id"] = f"1-{trace[:8]}-{trace[8:]}"
    line |= extra
    if is_error:
        line |= {"exception": STACKS["python"].format(a), "exception_name": "KeyError"}
    return line


def main():
    size, path = int(sys.argv[1]), sys.argv[2]
    draw, open_traces = random.Random(3), {}
    written = lines = ns = 0
    with open(path, "w", buffering=1 << 20) as out:
        while written < size:
            ns += draw.randrange(1_000_000)
            text = json.dumps(record(draw, open_traces, ns), separators=(",", ":")) + "\n"
            out.write(text)
            written += len(text)
            lines += 1
    print(lines)


main()
