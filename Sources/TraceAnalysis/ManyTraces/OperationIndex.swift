package import TraceModel

/// The services of a store, numbered from its resources; 0 is the service of spans whose resource is not known.
package struct ServiceNumbers: Sendable {
  /// Name of each number.
  package private(set) var symbols: [Symbol] = [.empty]
  private var byResource: [UInt32] = []

  /// Numbers for the services of these resources.
  package init(_ resources: [Resource]) {
    var known: [Symbol: UInt32] = [.empty: 0]
    byResource.reserveCapacity(resources.count)
    for resource in resources {
      if known[resource.service] == nil {
        known[resource.service] = UInt32(symbols.count)
        symbols.append(resource.service)
      }
      byResource.append(known[resource.service] ?? 0)
    }
  }

  /// How many numbers there are.
  package var count: Int { symbols.count }

  /// The service of a resource; 0 where there is no such resource.
  package func number(resource: Int32) -> Int {
    resource >= 0 && Int(resource) < byResource.count ? Int(byResource[Int(resource)]) : 0
  }
}

/// Words of 64 bits, numbered from 0 in the order in which they were first seen: open addressing, linear probing.
///
/// - Assumes: far fewer words than look-ups.
package struct KeyIndex: Sendable {
  /// The word of each number.
  package private(set) var keys: [UInt64] = []
  private var slots: [UInt32] = Array(repeating: 0, count: 64)

  /// No words.
  package init() {}

  /// The number of a word, new or known.
  package mutating func number(_ key: UInt64) -> Int {
    var slot = Int(truncatingIfNeeded: KeyIndex.hash(key)) & (slots.count - 1)
    while slots[slot] != 0 {
      let number = Int(slots[slot]) - 1
      if keys[number] == key { return number }
      slot = (slot + 1) & (slots.count - 1)
    }
    keys.append(key)
    slots[slot] = UInt32(keys.count)
    if keys.count * 2 > slots.count { grow() }
    return keys.count - 1
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: slots.count * 2)
    for number in keys.indices {
      var slot = Int(truncatingIfNeeded: KeyIndex.hash(keys[number])) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(number + 1)
    }
  }

  private static func hash(_ key: UInt64) -> UInt64 {
    let mixed = (key ^ key >> 32) &* 0x9e37_79b9_7f4a_7c15
    return mixed ^ mixed >> 29
  }
}

/// Operations, numbered from 0 in the order in which they were first seen: what profiles count by.
///
/// Numbers hang on the order of the traces; `merge` tells how another index's numbers translate.
package struct OperationIndex: Sendable {
  /// The services of the store.
  package let services: ServiceNumbers
  private var index = KeyIndex()

  /// No operations of these services.
  package init(services: ServiceNumbers) {
    precondition(services.count < 1 << 29, "an analysis holds at most 2^29 services")
    self.services = services
  }

  /// How many operations there are.
  package var count: Int { index.keys.count }

  /// The number of a span's operation.
  package mutating func number(of span: TraceModel.Span) -> Int {
    number(of: span, service: services.number(resource: span.resource))
  }

  /// The number of a span's operation, where its service's number is known.
  package mutating func number(of span: TraceModel.Span, service: Int) -> Int {
    index.number(
      UInt64(span.operation.index) << 32 | UInt64(service) << 3 | UInt64(span.facts.kind.rawValue))
  }

  /// Takes in the operations of another part of the same store.
  ///
  /// - Returns: the number here of each number there.
  package mutating func merge(_ other: OperationIndex) -> [Int] {
    other.index.keys.map { index.number($0) }
  }

  /// The service's number of an operation.
  package func service(_ number: Int) -> Int { Int(index.keys[number] >> 3 & (1 << 29 - 1)) }

  /// The operation of a number, as symbols.
  package func key(_ number: Int) -> OperationKey {
    let key = index.keys[number]
    return OperationKey(
      service: services.symbols[service(number)],
      kind: SpanKind(rawValue: UInt8(key & 7)) ?? .unknown, name: Symbol(UInt32(key >> 32)))
  }

  /// The operations as text, by number.
  package func texts(_ symbols: SymbolTable) -> [Operation] {
    index.keys.indices.map { Operation(key($0), symbols) }
  }
}

extension Operation {
  /// The text form of a key.
  package init(_ key: OperationKey, _ symbols: SymbolTable) {
    self.init(service: symbols[key.service], kind: key.kind.name, name: symbols[key.name])
  }
}
