package import TraceModel

/// What an error says of its sort: the sender's word, else the status that it ended with.
package struct ErrorType: Sendable, Hashable {
  /// Where the word comes from.
  package enum Source: UInt8, Sendable {
    /// Exception type or `error.type`; the number is its symbol.
    case named
    /// HTTP status.
    case http
    /// gRPC code.
    case grpc
    /// Nothing is said.
    case none
  }

  /// Where the word comes from.
  package var source: Source
  /// Symbol, status or code.
  package var number: UInt32

  /// The type of a failed span: exception or error type, else an HTTP status of 400 and above, else a gRPC code other
  /// than 0.
  package init(_ span: TraceModel.Span) {
    if !span.errorType.isEmpty {
      self.init(source: .named, number: span.errorType.index)
    } else if span.facts.httpStatus >= 400 {
      self.init(source: .http, number: UInt32(span.facts.httpStatus))
    } else if let code = span.facts.grpcCode, code != 0 {
      self.init(source: .grpc, number: UInt32(code))
    } else {
      self.init(source: .none, number: 0)
    }
  }

  private init(source: Source, number: UInt32) {
    self.source = source
    self.number = number
  }

  /// The word: `TimeoutException`, `HTTP 503`, `gRPC 14`, or empty.
  package func text(_ symbols: SymbolTable) -> String {
    switch source {
    case .named: symbols[Symbol(number)]
    case .http: "HTTP \(number)"
    case .grpc: "gRPC \(number)"
    case .none: ""
    }
  }
}
