/// What statistics are grouped by, as symbols: service, span kind, display name.
public struct OperationKey: Hashable, Sendable {
  /// Who.
  public var service: Symbol
  /// Which part it plays.
  public var kind: SpanKind
  /// Display name.
  public var name: Symbol

  /// A key of its parts.
  public init(service: Symbol, kind: SpanKind, name: Symbol) {
    self.service = service
    self.kind = kind
    self.name = name
  }
}

/// What statistics are grouped by, as text: for findings and output.
public struct Operation: Hashable, Comparable, Sendable, Codable {
  /// Who.
  public var service: String
  /// Which part it plays; `unknown` where the sender did not say.
  public var kind: String
  /// Display name.
  public var name: String

  /// An operation of its parts.
  public init(service: String, kind: String, name: String) {
    self.service = service
    self.kind = kind
    self.name = name
  }

  /// By service, then name, then kind.
  public static func < (a: Operation, b: Operation) -> Bool {
    (a.service, a.name, a.kind) < (b.service, b.name, b.kind)
  }
}
