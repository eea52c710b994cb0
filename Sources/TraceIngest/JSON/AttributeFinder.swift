/// Attributes that the decoding itself looks at: the new names and the old ones of formats/traces.md 1.10.
enum AttributeKey: Int, CaseIterable {
  // Outcome
  case httpStatus, oldHTTPStatus, rpcGRPCStatus, rpcStatus, rpcResponseStatus
  case error, errorType
  case exceptionType, exceptionMessage, event, errorObject
  // HTTP
  case userAgent, oldUserAgent, httpMethod, oldHTTPMethod, httpRoute, urlTemplate, urlPath,
    httpTarget
  // Databases
  case dbSystemName, dbSystem, dbNamespace, dbName, dbQuerySummary, dbOperationName, dbOperation
  case dbCollection, dbSQLTable, dbMongoCollection, dbCassandraTable, dbProcedure
  // Calls and messages
  case rpcSystemName, rpcSystem, rpcService, rpcMethod
  case messagingOperationName, messagingOperation, messagingOperationType
  case messagingTemplate, messagingName, messagingDestination, messageBus, messagingTemporary
  case faasName, faasTrigger, graphQLType, graphQLName
  case genAIOperation, genAIModel, genAIAgent, genAITool
  // The other end
  case peerService, serverAddress, serverPort, netPeerName, networkPeerAddress, networkPeerPort
  case serverSocketDomain, serverSocketAddress, netSockPeerName, netSockPeerAddress
  case peerHostname, peerAddress
  // Resources
  case serviceName, awsLocalService, hostID, hostIP, ip, hostName, hostname, serviceInstance
  case serviceVersion

  /// Groups of keys that are looked at together, as bits.
  enum Group {
    static let outcome: UInt8 = 1
    static let web: UInt8 = 2
    static let database: UInt8 = 4
    static let naming: UInt8 = 8
    static let queue: UInt8 = 16
    static let peer: UInt8 = 32
    static let resource: UInt8 = 64
  }

  /// The group that the key belongs to.
  var group: UInt8 {
    if rawValue <= AttributeKey.errorObject.rawValue { return Group.outcome }
    if rawValue <= AttributeKey.httpTarget.rawValue { return Group.web }
    if rawValue <= AttributeKey.dbProcedure.rawValue { return Group.database }
    if rawValue <= AttributeKey.rpcMethod.rawValue { return Group.naming }
    if rawValue <= AttributeKey.messagingTemporary.rawValue { return Group.queue }
    if rawValue <= AttributeKey.genAITool.rawValue { return Group.naming }
    return rawValue <= AttributeKey.peerAddress.rawValue ? Group.peer : Group.resource
  }

  /// The attribute's name.
  var name: StaticString {
    switch self {
    case .httpStatus: "http.response.status_code"
    case .oldHTTPStatus: "http.status_code"
    case .rpcGRPCStatus: "rpc.grpc.status_code"
    case .rpcStatus: "rpc.status_code"
    case .rpcResponseStatus: "rpc.response.status_code"
    case .error: "error"
    case .errorType: "error.type"
    case .exceptionType: "exception.type"
    case .exceptionMessage: "exception.message"
    case .event: "event"
    case .errorObject: "error.object"
    case .userAgent: "user_agent.original"
    case .oldUserAgent: "http.user_agent"
    case .httpMethod: "http.request.method"
    case .oldHTTPMethod: "http.method"
    case .httpRoute: "http.route"
    case .urlTemplate: "url.template"
    case .urlPath: "url.path"
    case .httpTarget: "http.target"
    case .dbSystemName: "db.system.name"
    case .dbSystem: "db.system"
    case .dbNamespace: "db.namespace"
    case .dbName: "db.name"
    case .dbQuerySummary: "db.query.summary"
    case .dbOperationName: "db.operation.name"
    case .dbOperation: "db.operation"
    case .dbCollection: "db.collection.name"
    case .dbSQLTable: "db.sql.table"
    case .dbMongoCollection: "db.mongodb.collection"
    case .dbCassandraTable: "db.cassandra.table"
    case .dbProcedure: "db.stored_procedure.name"
    case .rpcSystemName: "rpc.system.name"
    case .rpcSystem: "rpc.system"
    case .rpcService: "rpc.service"
    case .rpcMethod: "rpc.method"
    case .messagingOperationName: "messaging.operation.name"
    case .messagingOperation: "messaging.operation"
    case .messagingOperationType: "messaging.operation.type"
    case .messagingTemplate: "messaging.destination.template"
    case .messagingName: "messaging.destination.name"
    case .messagingDestination: "messaging.destination"
    case .messageBus: "message_bus.destination"
    case .messagingTemporary: "messaging.destination.temporary"
    case .faasName: "faas.name"
    case .faasTrigger: "faas.trigger"
    case .graphQLType: "graphql.operation.type"
    case .graphQLName: "graphql.operation.name"
    case .genAIOperation: "gen_ai.operation.name"
    case .genAIModel: "gen_ai.request.model"
    case .genAIAgent: "gen_ai.agent.name"
    case .genAITool: "gen_ai.tool.name"
    case .peerService: "peer.service"
    case .serverAddress: "server.address"
    case .serverPort: "server.port"
    case .netPeerName: "net.peer.name"
    case .networkPeerAddress: "network.peer.address"
    case .networkPeerPort: "network.peer.port"
    case .serverSocketDomain: "server.socket.domain"
    case .serverSocketAddress: "server.socket.address"
    case .netSockPeerName: "net.sock.peer.name"
    case .netSockPeerAddress: "net.sock.peer.addr"
    case .peerHostname: "peer.hostname"
    case .peerAddress: "peer.address"
    case .serviceName: "service.name"
    case .awsLocalService: "aws.local.service"
    case .hostID: "host.id"
    case .hostIP: "host.ip"
    case .ip: "ip"
    case .hostName: "host.name"
    case .hostname: "hostname"
    case .serviceInstance: "service.instance.id"
    case .serviceVersion: "service.version"
    }
  }
}

/// Finds the attributes that matter while a list is written, so that no list is walked twice.
///
/// A table of 256 slots, keyed by `Bytes.keyHash`; it is asked for keys that `KeyTexts` does not know yet.
///
/// Why the unsafe calls hold: `found` has a place for each attribute, and places are taken by attributes.
@safe struct AttributeFinder: ~Copyable {
  private let slots = Self.table
  private let found: UnsafeMutablePointer<Int32>
  private let groupOf = AttributeKey.allCases.map(\.group)
  /// Which attributes were found, as bits.
  private var met: (UInt64, UInt64) = (0, 0)
  /// Which groups of keys were found, as bits.
  private(set) var groups: UInt8 = 0
  /// Whether the values are plain JSON and not OTLP's.
  private var isPlain = false

  init() {
    precondition(AttributeKey.allCases.count <= 128)
    unsafe found = .allocate(capacity: 128)
    unsafe found.initialize(repeating: 0, count: 128)
  }

  deinit { unsafe found.deallocate() }

  /// The table, made once for all finders.
  private static let table: [(hash: UInt64, key: Int16)] = {
    var slots: [(hash: UInt64, key: Int16)] = Array(repeating: (0, -1), count: 256)
    for key in AttributeKey.allCases {
      // A copy with room behind it, as `keyHash` wants it.
      var copy = ByteBuffer(capacity: 64)
      copy.put(key.name)
      let hash = copy.bytes.keyHash
      var slot = Int(hash >> 56)
      while slots[slot].key >= 0 { slot = (slot + 1) & 255 }
      slots[slot] = (hash, Int16(key.rawValue))
    }
    return slots
  }()

  /// Forgets what was found.
  @inline(__always) mutating func clear(isPlain: Bool = false) {
    self.isPlain = isPlain
    groups = 0
    met = (0, 0)
  }

  /// The attribute that a key names, nil where it does not matter.
  func attribute(_ key: Bytes, _ hash: UInt64) -> AttributeKey? {
    var slot = Int(hash >> 56)
    while slots[slot].key >= 0 {
      if slots[slot].hash == hash, let known = AttributeKey(rawValue: Int(slots[slot].key)),
        key.equals(known.name)
      {
        return known
      }
      slot = (slot + 1) & 255
    }
    return nil
  }

  /// Notes the value of an attribute that matters, by the attribute's raw value.
  @inline(__always) mutating func note(_ attribute: Int, _ value: Int) {
    let place = attribute & 127
    unsafe found[place] = Int32(truncatingIfNeeded: value)
    if place < 64 { met.0 |= 1 << UInt64(place) } else { met.1 |= 1 << UInt64(place & 63) }
    groups |= groupOf[attribute]
  }

  /// Index of the attribute's AnyValue, 0 where it was not found.
  @inline(__always) subscript(key: AttributeKey) -> Int {
    let place = key.rawValue & 127
    let bits = place < 64 ? met.0 : met.1
    return bits >> UInt64(place & 63) & 1 == 0 ? 0 : unsafe Int(found[place])
  }

  /// Whether a key of a group was found.
  @inline(__always) func has(_ group: UInt8) -> Bool { groups & group != 0 }

  /// The attribute's value.
  func value(_ key: AttributeKey, _ tape: JSONTape) -> AnyValue {
    isPlain ? AnyValue(plain: tape, self[key]) : AnyValue(tape, self[key])
  }

  /// The attribute's value where it is text and not empty.
  @inline(__always) func text(_ key: AttributeKey, _ tape: JSONTape) -> Bytes? {
    self[key] == 0 ? nil : foundText(key, tape)
  }

  @inline(never) private func foundText(_ key: AttributeKey, _ tape: JSONTape) -> Bytes? {
    let value = self.value(key, tape)
    guard value.kind == .string, let text = tape.text(value.index), text.count > 0 else {
      return nil
    }
    return text
  }

  /// The first of several attributes that is text and not empty.
  func text(_ keys: [AttributeKey], _ tape: JSONTape) -> Bytes? {
    for key in keys {
      if let text = text(key, tape) { return text }
    }
    return nil
  }

  /// The attribute's value where it is a whole number, or text that holds one.
  @inline(__always) func int(_ key: AttributeKey, _ tape: JSONTape) -> Int64? {
    self[key] == 0 ? nil : foundInt(key, tape)
  }

  @inline(never) private func foundInt(_ key: AttributeKey, _ tape: JSONTape) -> Int64? {
    let value = self.value(key, tape)
    switch value.kind {
    case .int, .string: return wholeNumber(tape, value.index)
    case .double:
      guard tape.tag(value.index) == JSONTape.Tag.double else {
        return wholeNumber(tape, value.index)
      }
      return Int64(exactly: Double(bitPattern: tape.number(value.index)))
    default: return nil
    }
  }
}

/// A whole number that is written as a number or as text; nil for anything else.
func wholeNumber(_ tape: JSONTape, _ index: Int) -> Int64? {
  switch tape.tag(index) {
  case JSONTape.Tag.int: return Int64(bitPattern: tape.number(index))
  case JSONTape.Tag.string: return tape.text(index).flatMap(signedDecimal)
  default: return nil
  }
}
