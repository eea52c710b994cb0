public import TraceModel

/// A trace drawn as bars, or listed with numbers: what tests take for input.
///
///     TraceSketch("""
///       shop:S@web       |--------------------|
///         call:C@web        |-----------!
///           pay:S@bank!        |-----|             a note
///       """)
///
/// One line is one span, in input order. Deeper indentation is parenthood. A name may be followed by `:` and a kind (I S C P K,
/// K is a consumer; none is unknown), `@` and a service, and a mark: `!` error, `!!` cancelled error, `=` status OK. A `~` before
/// the name says that the parent is named by FOLLOWS_FROM. One column is 1 ms; a bar reaches from its first `|` to its last sign
/// out of `| - ! ?`, both columns included; a bar that ends in `!` is an error, in `?` has an unknown end. Time 0 is the leftmost bar's start.
///
/// Each service runs on a host of its own, named after it; spans without a service share one. Operations are named like spans.
public struct TraceSketch: Sendable {
  /// The spans, in input order.
  public var raw: RawTrace
  /// What `Span.resource` points into.
  public var resources: [Resource] = []
  /// The names.
  public var symbols = SymbolTable()

  /// Time 0 of every sketch.
  public static let epoch = Timestamp(1_700_000_000_000_000_000)

  /// A sketch without spans.
  public init() {
    raw = RawTrace(id: TraceID(high: 0x5ce7c4, low: 1), spans: [])
  }

  /// A trace drawn as bars.
  public init(_ drawing: String) {
    self.init()
    let lines = drawing.split(separator: "\n").map(Array.init).filter { $0.contains { $0 != " " } }
    let zero = lines.compactMap(TraceSketch.barStart).min() ?? 0
    var open: [(indent: Int, name: String)] = []
    for line in lines {
      let indent = line.prefix { $0 == " " }.count
      guard let bar = TraceSketch.barStart(line) else {
        preconditionFailure("no bar in the line '\(String(line))'")
      }
      var label = String(line[indent..<bar]).filter { $0 != " " }
      let follows = label.hasPrefix("~")
      if follows { label.removeFirst() }
      while let last = open.last, last.indent >= indent { open.removeLast() }
      var stop = bar
      while stop < line.count, "|-!?".contains(line[stop]) { stop += 1 }
      let close = line[stop - 1]
      let start = Int64(bar - zero) * 1_000_000
      let name = add(
        label + (close == "!" && !label.hasSuffix("!") ? "!" : ""), start: start,
        end: close == "?" ? nil : start + Int64(stop - bar) * 1_000_000, parent: open.last?.name,
        follows: follows)
      open.append((indent, name))
    }
  }

  /// A trace in the notation of traces-semantics.md 9: `id[:kind][@service][!|!!|=] start-end [<parent | ~follows]`,
  /// milliseconds, `;` between spans. All operations have one name.
  public init(listed list: String) {
    self.init()
    for item in list.split(separator: ";") {
      let words = item.split(separator: " ").map(String.init)
      let times = words[1].split(separator: "-").map(String.init)
      guard let start = TraceSketch.nanoseconds(times[0]) else {
        preconditionFailure("no start in '\(item)'")
      }
      let reference = words.count > 2 ? words[2] : ""
      add(
        words[0], start: start, end: TraceSketch.nanoseconds(times[1]),
        parent: reference.isEmpty ? nil : String(reference.dropFirst()),
        follows: reference.hasPrefix("~"), operation: "work")
    }
  }

  /// Adds a span.
  ///
  /// - Parameters:
  ///   - label: name, kind, service and mark, as in a drawing.
  ///   - start: ns after the epoch of sketches.
  ///   - end: likewise; nil where unknown.
  ///   - parent: the parent's name; it need not exist.
  ///   - follows: whether the parent is named by FOLLOWS_FROM.
  ///   - operation: the operation's name, the span's where left out.
  /// - Returns: the span's name alone.
  @discardableResult public mutating func add(
    _ label: String, start: Int64, end: Int64?, parent: String? = nil, follows: Bool = false,
    operation: String? = nil
  ) -> String {
    var label = label
    var facts = SpanFacts()
    if label.hasSuffix("!!") { facts[.cancelled] = true }
    if label.hasSuffix("!") { facts.status = .error }
    if label.hasSuffix("=") { facts.status = .ok }
    while let last = label.last, "!=".contains(last) { label.removeLast() }
    let (front, service) = TraceSketch.cut(label, at: "@")
    let (name, kind) = TraceSketch.cut(front, at: ":")
    facts.kind = TraceSketch.kind(kind)
    facts[.unknownEnd] = end == nil
    facts[.followsParent] = follows
    facts[.opaqueID] = true
    let begin = TraceSketch.epoch + start
    raw.spans.append(
      Span(
        id: spanID(name), parent: parent.map { spanID($0) } ?? .absent, start: begin,
        end: end.map { TraceSketch.epoch + $0 } ?? begin, facts: facts,
        resource: resource(of: service.isEmpty ? "app" : service),
        operation: symbols.intern(operation ?? name),
        place: Place(sourceRank: 0, offset: Int64(raw.spans.count))))
    return name
  }

  /// The resource of a service, new or known.
  public mutating func resource(of service: String) -> Int32 {
    let it = Resource(
      service: symbols.intern(service), host: symbols.intern("host-of-\(service)"))
    if let known = resources.firstIndex(of: it) { return Int32(known) }
    resources.append(it)
    return Int32(resources.count - 1)
  }

  /// Index of a span in a built trace by its id as shown.
  public static func index(of name: String, in trace: Trace) -> Int? {
    trace.spans.indices.first { trace.idText($0) == name }
  }

  private mutating func spanID(_ name: String) -> SpanID {
    let id = SpanID(opaque: name.utf8)
    raw.writtenIDs[id] = name
    return id
  }

  private static func barStart(_ line: [Character]) -> Int? { line.firstIndex(of: "|") }

  private static func cut(_ text: String, at mark: Character) -> (String, String) {
    guard let place = text.firstIndex(of: mark) else { return (text, "") }
    return (String(text[..<place]), String(text[text.index(after: place)...]))
  }

  private static func kind(_ letter: String) -> SpanKind {
    switch letter {
    case "": .unknown
    case "I": .internal
    case "S": .server
    case "C": .client
    case "P": .producer
    case "K": .consumer
    default: preconditionFailure("'\(letter)' is no kind of span")
    }
  }

  /// Milliseconds with up to six decimals as nanoseconds; nil for `?`.
  private static func nanoseconds(_ text: String) -> Int64? {
    let (whole, fraction) = cut(text, at: ".")
    return Int64(whole + (fraction + "000000").prefix(6))
  }
}

extension Trace {
  /// Whether the arrays fit each other: preorder, subtrees, siblings in order, units closed.
  public var isWellFormed: Bool {
    guard primary == 0 else { return false }
    for span in spans.indices {
      let above = Int(parent[span])
      if edge[span].isHead != (above < 0) || above >= span { return false }
      if above >= 0, !subtree(of: above).contains(span) { return false }
      if unit[span] != (edge[span].startsUnit ? Int32(span) : unit[above]) { return false }
      if end[span] < start[span] { return false }
      let kids = Array(children(of: span))
      for (a, b) in zip(kids, kids.dropFirst())
      where start[b] < start[a] || Int(subtreeEnd[a]) != b { return false }
    }
    return Set(inputRank).count == spans.count
  }
}
