import TraceAnalysis
import TraceModel

/// A small shop whose requests go web → payment → db, for tests of many traces.
///
///     web 'GET /checkout' (S)   |------------------------|
///       web 'charge' (C)           |------------------|
///         payment 'POST /charge' (S)  |-------------|
///           payment 'SELECT' (C, db)     |-------|
struct Shop {
  /// What becomes of a request.
  enum Fate {
    case fine
    /// The payment service fails, and so do its callers.
    case paymentFails
    /// The database fails for payment, and so do all callers.
    case databaseFails
    /// The first call fails in payment, a second one does not.
    case savedByRetry
    /// A call beside fails and is handled.
    case handled
    /// Web itself fails, in a check of its own.
    case webFails
    /// The database takes so many milliseconds more.
    case slow(Int64)
    /// Payment answers only after web gave up; payment's own code takes the time.
    case timeout
  }

  var symbols = SymbolTable()
  var resources: [Resource] = []
  var traces: [RawTrace] = []
  private var parts: [Span] = []

  /// A shop without requests; names are numbered in the order given.
  init(names: [String] = []) {
    for name in names { _ = symbols.intern(name) }
  }

  static let epoch = Timestamp(1_767_225_600_000_000_000)  // 2026-01-01T00:00:00Z
  static let ms: Int64 = 1_000_000

  /// Adds a request that starts so many ms after the epoch.
  ///
  /// - Parameter length: of the whole request if nothing is slow, ms, at least 20.
  mutating func request(
    at start: Int64, _ fate: Fate = .fine, length: Int64 = 100, endpoint: String = "GET /checkout",
    isProbe: Bool = false, isOrphan: Bool = false
  ) {
    parts = []
    var extra: Int64 = 0
    if case .slow(let more) = fate { extra = more }
    let end = start + length + extra
    let reached =
      switch fate {
      case .paymentFails, .databaseFails, .webFails, .timeout: true
      default: false
      }
    let root = add(
      "web", .server, endpoint, start, end, isError: reached, http: reached ? 500 : 200)
    parts[root].facts[.probe] = isProbe
    if isOrphan { parts[root].parent = SpanID(999) }
    switch fate {
    case .webFails:
      add("web", .internal, "check stock", start + 2, start + 6, root, isError: true, type: "Stale")
    case .handled:
      add(
        "web", .client, "GET /recommend", start + 2, start + 6, root, isError: true, http: 503,
        peer: "recommend")
      charge(start + 8, end - 5, root, .fine)
    case .savedByRetry:
      charge(start + 5, start + length / 2, root, .paymentFails)
      charge(start + length / 2 + 1, end - 5, root, .fine)
    case .timeout:
      let call = add("web", .client, "charge", start + 5, end - 5, root, isError: true)
      add("payment", .server, "POST /charge", start + 8, end + 200, call)
    default: charge(start + 5, end - 5, root, fate)
    }
    finish()
  }

  private mutating func charge(_ start: Int64, _ end: Int64, _ root: Int, _ fate: Fate) {
    var inPayment = false
    var inDatabase = false
    if case .paymentFails = fate { inPayment = true }
    if case .databaseFails = fate { inDatabase = true }
    let fails = inPayment || inDatabase
    let call = add(
      "web", .client, "charge", start, end, root, isError: fails, http: fails ? 500 : 0)
    let charge = add(
      "payment", .server, "POST /charge", start + 1, end - 1, call, isError: fails,
      http: fails ? 500 : 200, type: inPayment ? "CardError" : "")
    add(
      "payment", .client, "SELECT", start + 2, end - 2, charge, isError: inDatabase, peer: "db")
  }

  /// Adds a span to the request that is being made; times in ms after the epoch.
  @discardableResult mutating func add(
    _ service: String, _ kind: SpanKind, _ name: String, _ start: Int64, _ end: Int64,
    _ parent: Int? = nil, isError: Bool = false, http: Int = 0, type: String = "", peer: String = ""
  ) -> Int {
    var facts = SpanFacts()
    facts.kind = kind
    facts.status = isError ? .error : .unset
    facts.httpStatus = http
    parts.append(
      Span(
        id: SpanID(UInt64(parts.count + 1)),
        parent: parent.map { SpanID(UInt64($0 + 1)) } ?? .absent,
        start: Shop.epoch + start * Shop.ms, end: Shop.epoch + end * Shop.ms, facts: facts,
        resource: resource(service), operation: symbols.intern(name), peer: symbols.intern(peer),
        errorType: symbols.intern(type),
        place: Place(sourceRank: 0, offset: Int64(traces.count * 100 + parts.count))))
    return parts.count - 1
  }

  /// Ends the request that is being made.
  mutating func finish() {
    traces.append(RawTrace(id: TraceID(high: 7, low: UInt64(traces.count + 1)), spans: parts))
    parts = []
  }

  private mutating func resource(_ service: String) -> Int32 {
    let it = Resource(service: symbols.intern(service), host: symbols.intern("host-\(service)"))
    if let known = resources.firstIndex(of: it) { return Int32(known) }
    resources.append(it)
    return Int32(resources.count - 1)
  }

  /// An investigation of these traces, in this order.
  func investigation(
    _ order: some Sequence<Int>, settings: InvestigationSettings = InvestigationSettings()
  ) -> Investigation {
    var investigation = Investigation(settings: settings, resources: resources)
    for index in order { investigation.add(measure(traces[index], resources: resources)) }
    return investigation
  }

  /// The critical paths of these traces, in this order.
  func profile(_ ids: [TraceID], order: some Sequence<Int>) -> PathProfile {
    let chosen = Set(ids)
    var profile = PathProfile(resources: resources)
    for index in order where chosen.contains(traces[index].id) {
      profile.add(measure(traces[index], resources: resources))
    }
    return profile
  }

  /// What is found in all traces, and the traces that are shown for it.
  func findings(
    settings: InvestigationSettings = InvestigationSettings()
  ) -> (findings: Findings, exemplars: [(trace: TraceID, reason: String)]) {
    let investigation = investigation(traces.indices, settings: settings)
    let slow = profile(investigation.slowTraces(), order: traces.indices)
    return (
      investigation.findings(symbols: symbols, slow: slow),
      investigation.exemplarChoices(symbols: symbols, slow: slow)
    )
  }

  /// `payment 'POST /charge'`, SERVER.
  static let charge = Operation(service: "payment", kind: "server", name: "POST /charge")
}

/// A seeded source of random numbers: SplitMix64.
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
}
