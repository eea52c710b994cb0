/// A frame of a stack trace.
public struct StackFrame: Sendable, Hashable, Codable {
  /// The function as it was written, with its type or module where the language prints it; empty where unknown.
  public var function: String
  /// File or path as it was written; empty where unknown.
  public var file: String
  /// Line; 0 where unknown.
  public var line: Int
  /// Module, package or image where it is printed apart; empty where it is not.
  public var module: String
  /// Whether it is the application's own code, as formats/logs.md 11 tells it.
  public var isInApp: Bool

  /// A frame of its parts.
  public init(
    function: String, file: String = "", line: Int = 0, module: String = "", isInApp: Bool = true
  ) {
    self.function = function
    self.file = file
    self.line = line
    self.module = module
    self.isInApp = isInApp
  }
}

/// One exception of a chain.
public struct ExceptionPart: Sendable, Hashable, Codable {
  /// Its type; empty where it has none (a panic).
  public var type: String
  /// Its message; empty where it has none.
  public var message: String
  /// Its frames, newest first.
  public var frames: [StackFrame]
  /// Whether it stands beside the chain, not on the way from the outermost to the root cause: Java's suppressed ones, all members of a
  /// group but the first.
  public var isAside: Bool

  /// A part of its parts.
  public init(type: String, message: String, frames: [StackFrame] = [], isAside: Bool = false) {
    self.type = type
    self.message = message
    self.frames = frames
    self.isAside = isAside
  }
}

/// A thrown error with its chain of causes and the frame to blame.
///
/// - Invariant: `parts` is not empty.
public struct ExceptionRecord: Sendable, Hashable {
  /// `python`, `java`, `node`, `go`, `ruby`, `dotnet`, `swift`, `rust`, `php`, `elixir`; empty where it cannot be told.
  public var language: String
  /// Outermost first, root cause last; what stands beside the chain is between the two.
  public var parts: [ExceptionPart]

  /// A record of its parts.
  public init(language: String, parts: [ExceptionPart]) {
    self.language = language
    self.parts = parts.isEmpty ? [ExceptionPart(type: "", message: "")] : parts
  }
}
