import TraceModel

/// What a name says by itself; worked out once for each name of a batch.
struct NameTraits: OptionSet {
  let rawValue: UInt8

  /// The others have been worked out.
  static let known = NameTraits(rawValue: 1)
  /// Empty or a placeholder.
  static let vague = NameTraits(rawValue: 2)
  /// A method and nothing else, or a path with ids in it.
  static let bareOrWithIDs = NameTraits(rawValue: 4)
  /// A request that only health checkers send.
  static let probe = NameTraits(rawValue: 8)
}

/// The display name of an operation and the other end of a call, as formats/traces.md 1.10 builds them.
extension Decoder {
  /// The symbol of the other end of a call, for clients and producers: the service that is named, else the queue, else the
  /// database as `namespace@host`, else the host; empty where none is named.
  mutating func peer(_ tape: JSONTape, _ kind: SpanKind) -> Symbol {
    let groups = AttributeKey.Group.peer | AttributeKey.Group.queue | AttributeKey.Group.database
    guard kind == .client || kind == .producer, finder.has(groups) else { return .empty }
    if let service = finder.text(.peerService, tape) { return symbol(service) }
    if finder.has(AttributeKey.Group.queue), let queue = finder.destination(tape) {
      return symbol(queue)
    }
    let database = finder.text(.dbNamespace, tape) ?? finder.text(.dbName, tape)
    if let host = finder.text(.serverAddress, tape) ?? finder.text(.netPeerName, tape) {
      return symbol(of: database, at: host)
    }
    if let address = finder.text(.networkPeerAddress, tape) {
      guard database == nil, let port = finder.int(.networkPeerPort, tape) else {
        return symbol(of: database, at: address)
      }
      return symbol(address, port: port)
    }
    let hosts: [AttributeKey] = [
      .serverSocketDomain, .serverSocketAddress, .netSockPeerName, .netSockPeerAddress,
      .peerHostname, .peerAddress,
    ]
    if let host = finder.text(hosts, tape) { return symbol(of: database, at: host) }
    let system = finder.text(.dbSystemName, tape) ?? finder.text(.dbSystem, tape)
    return (database ?? system).map { symbol($0) } ?? .empty
  }

  private mutating func symbol(of database: Bytes?, at host: Bytes) -> Symbol {
    guard let database else { return symbol(host) }
    return symbol(database, 0x40, host)
  }

  /// The symbol of two texts with a byte between them.
  mutating func symbol(_ first: Bytes, _ joint: UInt8, _ second: Bytes) -> Symbol {
    let start = text.count
    text.buffer.put(first)
    text.put(joint)
    text.buffer.put(second)
    defer { text.buffer.count = start }
    return symbol(text.buffer.bytes.slice(start, text.count))
  }

  /// The symbol of a host with its port.
  private mutating func symbol(_ host: Bytes, port: Int64) -> Symbol {
    let start = text.count
    text.buffer.put(host)
    text.put(0x3a)
    text.putInt(port)
    defer { text.buffer.count = start }
    return symbol(text.buffer.bytes.slice(start, text.count))
  }

  // MARK: Display names

  /// What a name says by itself.
  @inline(__always) mutating func traits(of name: Symbol) -> NameTraits {
    let index = Int(name.index)
    if index < nameTraits.count, nameTraits[index].contains(.known) { return nameTraits[index] }
    return learnTraits(of: name)
  }

  @inline(never) private mutating func learnTraits(of name: Symbol) -> NameTraits {
    var traits: NameTraits = [.known, .vague]
    unsafe batch.symbols.withBytes(of: name) { bytes in
      guard bytes.count > 0, let base = bytes.baseAddress else { return }
      // Nothing below reads words, so that no room behind the bytes is needed.
      let text = unsafe Bytes(base.assumingMemoryBound(to: UInt8.self), bytes.count)
      traits = .known
      if isPlaceholder(text) { traits.insert(.vague) }
      if isBareMethod(text) || isPathWithIDs(text) { traits.insert(.bareOrWithIDs) }
      if isProbeName(text) { traits.insert(.probe) }
    }
    let index = Int(name.index)
    if index >= nameTraits.count {
      nameTraits.append(contentsOf: repeatElement([], count: index + 1 - nameTraits.count))
    }
    nameTraits[index] = traits
    return traits
  }

  /// A name for a span whose own says too little: it is empty, a placeholder, a bare method, or a path with ids in it.
  ///
  /// - Returns: nil where the span's own name stands.
  mutating func displayName(
    _ tape: JSONTape, _ name: Bytes, _ traits: NameTraits, _ kind: SpanKind, _ peer: Symbol
  ) -> Symbol? {
    if traits.isDisjoint(with: [.vague, .bareOrWithIDs]) { return nil }
    let isVague = traits.contains(.vague)
    if let method = finder.text(.httpMethod, tape) ?? finder.text(.oldHTTPMethod, tape) {
      return httpName(tape, method, kind, peer, unless: name)
    }
    guard isVague else { return nil }
    return databaseName(tape) ?? rpcName(tape) ?? messagingName(tape) ?? otherName(tape)
  }

  private func isPlaceholder(_ name: Bytes) -> Bool {
    guard name.count <= 17 else { return false }
    let words: [StaticString] = [
      "unknown", "<unknown>", "span", "unnamed", "unknown_operation", "undefined", "null", "-",
    ]
    return words.contains { name.equalsIgnoringCase($0) }
  }

  private func isBareMethod(_ name: Bytes) -> Bool {
    guard name.count <= 12 else { return false }
    let word = name.starts(with: "HTTP ") ? name.slice(5, name.count) : name
    let methods: [StaticString] = [
      "get", "post", "put", "delete", "head", "options", "patch", "trace", "connect", "query",
      "http", "_other",
    ]
    return methods.contains { word.equalsIgnoringCase($0) }
  }

  /// Whether a name is an address, or a path one of whose parts is a number or a long hex id.
  private func isPathWithIDs(_ name: Bytes) -> Bool {
    guard let slash = name.firstIndex(of: 0x2f, from: 0) else { return false }
    if slash > 0, name[slash - 1] == 0x3a, slash + 1 < name.count, name[slash + 1] == 0x2f {
      return true
    }
    guard slash == 0 || name[slash - 1] == 0x20 else { return false }
    if name.firstIndex(of: 0x3f, from: slash) != nil { return true }
    var digits = 0
    var others = 0
    var letters = 0
    for i in slash...name.count {
      let byte = i < name.count ? name[i] : 0x2f
      if byte == 0x2f {
        if others == 0, digits > 0, letters == 0 || digits + letters >= 16 { return true }
        (digits, letters, others) = (0, 0, 0)
      } else if byte &- 0x30 < 10 {
        digits += 1
      } else if (byte | 0x20) &- 0x61 < 6 {
        letters += 1
      } else if byte != 0x2d {
        others += 1
      }
    }
    return false
  }

  /// Method and route for servers, method and template or peer for clients; never the raw path.
  private mutating func httpName(
    _ tape: JSONTape, _ method: Bytes, _ kind: SpanKind, _ peer: Symbol, unless name: Bytes
  ) -> Symbol? {
    let start = text.count
    defer { text.buffer.count = start }
    if method.equals("_OTHER") { text.put("HTTP") } else { text.buffer.put(method) }
    let target =
      kind == .client
      ? finder.text(.urlTemplate, tape)
      : finder.text(.httpRoute, tape) ?? finder.text(.urlTemplate, tape)
    if let target {
      text.put(0x20)
      text.buffer.put(target)
    } else if kind == .client, !peer.isEmpty {
      text.put(0x20)
      text.buffer.put(batch.symbols[peer])
    }
    let built = text.buffer.bytes.slice(start, text.count)
    return built.equals(name) ? nil : symbol(built)
  }

  private mutating func databaseName(_ tape: JSONTape) -> Symbol? {
    if let summary = finder.text(.dbQuerySummary, tape) { return symbol(summary) }
    let system = finder.text(.dbSystemName, tape) ?? finder.text(.dbSystem, tape)
    guard let operation = finder.text(.dbOperationName, tape) ?? finder.text(.dbOperation, tape)
    else { return system.map { symbol($0) } }
    let targets: [AttributeKey] = [
      .dbCollection, .dbSQLTable, .dbMongoCollection, .dbCassandraTable, .dbProcedure,
      .dbNamespace, .dbName,
    ]
    if let target = finder.text(targets, tape) { return symbol(operation, 0x20, target) }
    guard let host = finder.text(.serverAddress, tape) ?? finder.text(.netPeerName, tape) else {
      return system.map { symbol(operation, 0x20, $0) } ?? symbol(operation)
    }
    let start = text.count
    defer { text.buffer.count = start }
    text.buffer.put(operation)
    text.put(0x20)
    text.buffer.put(host)
    if let port = finder.int(.serverPort, tape) {
      text.put(0x3a)
      text.putInt(port)
    }
    return symbol(text.buffer.bytes.slice(start, text.count))
  }

  private mutating func rpcName(_ tape: JSONTape) -> Symbol? {
    let system = finder.text(.rpcSystemName, tape) ?? finder.text(.rpcSystem, tape)
    guard let method = finder.text(.rpcMethod, tape) else {
      return (finder.text(.rpcService, tape) ?? system).map { symbol($0) }
    }
    guard let service = finder.text(.rpcService, tape), method.firstIndex(of: 0x2f, from: 0) == nil
    else { return symbol(method) }
    return symbol(service, 0x2f, method)
  }

  private mutating func messagingName(_ tape: JSONTape) -> Symbol? {
    let operations: [AttributeKey] = [
      .messagingOperationName, .messagingOperation, .messagingOperationType,
    ]
    let operation = finder.text(operations, tape)
    guard let destination = finder.destination(tape) else { return operation.map { symbol($0) } }
    guard let operation else { return symbol(destination) }
    return symbol(operation, 0x20, destination)
  }

  private mutating func otherName(_ tape: JSONTape) -> Symbol? {
    if let function = finder.text(.faasName, tape) ?? finder.text(.faasTrigger, tape) {
      return symbol(function)
    }
    if let type = finder.text(.graphQLType, tape) {
      guard let name = finder.text(.graphQLName, tape) else { return symbol(type) }
      return symbol(type, 0x20, name)
    }
    guard let operation = finder.text(.genAIOperation, tape) else { return nil }
    guard let subject = finder.text([.genAIModel, .genAIAgent, .genAITool], tape) else {
      return symbol(operation)
    }
    return symbol(operation, 0x20, subject)
  }
}

extension AttributeFinder {
  /// The queue or topic; nil where its name is a temporary one.
  func destination(_ tape: JSONTape) -> Bytes? {
    if let template = text(.messagingTemplate, tape) { return template }
    if self[.messagingTemporary] != 0 {
      let value = value(.messagingTemporary, tape)
      if tape.tag(value.index) == JSONTape.Tag.yes { return nil }
    }
    return text([.messagingName, .messagingDestination, .messageBus], tape)
  }
}
