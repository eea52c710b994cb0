import TraceAnalysis
import TraceModel

/// Findings whose every text tries to break out of a renderer, and findings that are too large for any page.
enum Hostile {
  /// Names that are markup, table syntax, terminal control, reversed or endless.
  static let names = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "a|b||c", "`code` ``two``",
    "# heading\n## two", "[link](javascript:alert(1))", "![i](http://evil.example/x.png)",
    "http://evil.example/", "www.evil.example", "\u{1b}[31mred\u{1b}[0m\u{7}", "\u{9b}2J",
    "\u{202e}txt.exe\u{202c}", "a\u{200b}b\u{feff}",
    "Z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}algo",
    String(repeating: "long", count: 90), "&lt;&#x41;&amp;", "']; drop table spans; --", "=1+1",
    "服务-支付-サービス", "</title></style></script>", "--><!--", "\\*\\_{}$$x$$", "\u{0}\u{1}\u{2}nul",
    "1. one", "- dash", "~~~", "javascript:alert(1)", "a\tb\r\nc", "\u{2028}line\u{2029}", "",
  ]

  static func name(_ index: Int) -> String { names[index % names.count] }

  static func operation(_ index: Int) -> Operation {
    Operation(
      service: name(index), kind: index % 3 == 0 ? name(index + 7) : "client", name: name(index + 1)
    )
  }

  static let findings: Findings = {
    var findings = Incident.findings
    findings.input.sources = (0..<8).map {
      .init(
        name: name($0), format: name($0 + 1), compression: name($0 + 2), bytes: .max, spans: .max,
        logs: .min, remark: name($0 + 3))
    }
    findings.verdict.headline = names.joined(separator: " ")
    findings.verdict.lines = Array(names.prefix(9))
    findings.verdict.nextSteps = names.map { .init($0, command: $0) }
    findings.verdict.operation = operation(0)
    findings.impact.endpoints.indices.forEach { index in
      findings.impact.endpoints[index].operation = operation(index)
    }
    findings.causes = names.indices.prefix(10).map { index in
      .init(
        kind: .errors, operation: operation(index), title: name(index), share: .nan, requests: -1,
        evidenceFor: [.init(sentence: name(index), traces: [name(index)])],
        evidenceAgainst: [.init(sentence: name(index + 4), traces: [name(index + 5)])])
    }
    findings.errors = names.indices.map { index in
      var group = Incident.findings.errors[index % 5]
      group.operation = operation(index)
      group.type = name(index)
      group.message = name(index + 2)
      group.peer = name(index + 3)
      group.path = (0..<(index % 16)).map { operation(index + $0) }
      group.exemplars = [.init(trace: name(index), span: name(index))]
      group.logs = [log(index)]
      group.firstNs = index % 2 == 0 ? .min : .max
      return group
    }
    findings.exceptions = names.indices.map { index in
      var group = Incident.findings.exceptions[index % 2]
      group.type = index % 3 == 0 ? "" : name(index)
      group.template = name(index + 1)
      group.message = name(index + 2)
      group.blame = name(index + 3)
      group.services = [
        .init(name: name(index), count: .max), .init(name: name(index + 1), count: 1),
      ]
      group.versions = group.services
      group.hosts = [name(index + 4)]
      group.firstNs = index % 2 == 0 ? .min : .max
      group.exemplars = [.init(trace: name(index), span: name(index))]
      group.items = [
        .init(
          tracker: name(index), number: name(index + 1), title: name(index + 2),
          status: name(index + 3), level: name(index + 4), environment: name(index + 5),
          count: .min, firstNs: .min, lastNs: .max)
      ]
      return group
    }
    findings.otherItems = findings.exceptions.flatMap(\.items)
    findings.backEnd?.annotations = names.map { .init(name: $0, count: 1) }
    findings.backEnd?.disagreements = names.prefix(10).map {
      .init(trace: $0, subject: .cause, theirs: $0, ours: $0)
    }
    findings.map = map()
    findings.latency.indices.forEach { findings.latency[$0].operation = operation($0 + 9) }
    findings.exemplars = (0..<3).map { number in
      var exemplar = IncidentTraces.failed()
      exemplar.id = name(number)
      exemplar.reason = name(number + 1)
      exemplar.endpoint = operation(number)
      for index in exemplar.rows.indices {
        exemplar.rows[index].operation = operation(index + number)
        exemplar.rows[index].depth = index * index * 3
        exemplar.rows[index].edge = index % 4 == 0 ? name(index) : "sync"
        exemplar.rows[index].errorText = name(index + 2)
        exemplar.rows[index].errorClass = name(index)
        exemplar.rows[index].attributes = names.map { [$0, $0] }
        exemplar.rows[index].logs = [log(index)]
      }
      exemplar.rows[3].startNs = .max
      exemplar.rows[4].startNs = .min
      exemplar.rows[5].durationNs = .max
      exemplar.rows[6].critical = [[.min, .max], [1], []]
      exemplar.looseLogs = [log(number)]
      return exemplar
    }
    findings.quality.defects = names.indices.prefix(12).map { index in
      .init(
        kind: name(index), severity: name(index + 1), count: 1, firstPlace: name(index + 2),
        example: name(index + 3), explanation: name(index + 4), remedy: name(index + 5))
    }
    findings.quality.clocks = [
      .init(services: names, host: name(3), spans: 1, medianShiftNs: .min)
    ]
    findings.method = names
    findings.reproduce = names.map { .init(purpose: $0, command: $0) }
    return findings
  }()

  private static func log(_ index: Int) -> Findings.LogLine {
    .init(
      timeNs: index % 2 == 0 ? nil : .min, severity: name(index), service: name(index + 1),
      text: name(index + 2), span: nil)
  }

  private static func map() -> Findings.ServiceMap {
    var map = Findings.ServiceMap()
    map.nodes = names.indices.map { index in
      .init(
        name: name(index), isPeer: index % 4 == 0, requests: index % 5 == 0 ? .max : index,
        errors: index, origins: 1, p50Ns: nil, p95Ns: .max, selfNs: .min)
    }
    map.edges = names.indices.map { index in
      .init(
        caller: name(index), callee: name(index * 7 + 3), isDetached: index % 2 == 0,
        requests: index, errors: index / 2, p50Ns: 1, p95Ns: nil)
    }
    map.nodeCount = 500
    map.edgeCount = 900
    return map
  }

  /// Every list at its limit, every text at its own.
  static let huge: Findings = {
    var findings = Incident.findings
    let text = String(repeating: "x y<&", count: 60)
    func operation(_ index: Int) -> Operation {
      Operation(service: "service-\(index) \(text)", kind: "client", name: "op-\(index) \(text)")
    }
    findings.verdict.headline = text
    findings.errors = (0..<50).map { index in
      var group = Incident.findings.errors[index % 5]
      group.operation = operation(index)
      group.message = text
      group.path = (0..<60).map(operation)
      group.sparkline = (0..<60).map { $0 }
      group.logs = (0..<5).map { Incident.log(Int64($0), "ERROR", text, text + text) }
      return group
    }
    findings.map.nodes = (0..<200).map { index in
      .init(
        name: "service-\(index) \(text)", isPeer: false, requests: index, errors: index / 3,
        origins: 0,
        p50Ns: 1, p95Ns: 2, selfNs: 3)
    }
    findings.map.edges = (0..<600).map { index in
      .init(
        caller: "service-\(index % 200) \(text)", callee: "service-\(index * 7 % 200) \(text)",
        isDetached: false, requests: index, errors: index / 4, p50Ns: 1, p95Ns: 2)
    }
    findings.latency = (0..<100).map { index in
      var row = Incident.findings.latency[index % 8]
      row.operation = operation(index)
      return row
    }
    findings.exemplars = (0..<6).map { number in
      var exemplar = IncidentTraces.failed()
      exemplar.id = Incident.id(number)
      let row = exemplar.rows[20]
      exemplar.rows = (0..<200).map { index in
        var copy = row
        copy.operation = operation(index)
        copy.depth = index
        copy.errorText = "\(index) \(text)"
        copy.attributes = (0..<4).map { ["key-\($0)", text] }
        copy.logs = (0..<2).map { Incident.log(Int64($0), "ERROR", text, text + text) }
        copy.critical = (0..<400).map { [Int64($0) * 1000, Int64($0) * 1000 + 400] }
        return copy
      }
      return exemplar
    }
    return findings
  }()
}
