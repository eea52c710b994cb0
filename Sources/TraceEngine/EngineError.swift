/// Why a use case could not be carried out, with the exit code that the shell gets.
public struct EngineError: Error, Sendable, Equatable {
  /// What the program's exit code will be (design: 2 usage, 3 input, 70 internal).
  public enum Code: Int32, Sendable {
    /// The request makes no sense: an option, a name, a query.
    case usage = 2
    /// The input is unreadable, empty, or rejected.
    case input = 3
    /// Something that must not happen.
    case `internal` = 70
  }

  /// The exit code's reason.
  public var code: Code
  /// What, where, what was found, what was expected.
  public var sentence: String
  /// At most one line with a command to type.
  public var hint: String?

  /// An error of its parts.
  public init(_ code: Code, _ sentence: String, hint: String? = nil) {
    self.code = code
    self.sentence = sentence
    self.hint = hint
  }
}

extension EngineError {
  /// What the system says when a place cannot be written.
  public init(writing place: String, fault: Int32) {
    self.init(.input, "cannot write \(place): \(systemWords(fault))")
  }
}

extension EngineError: CustomStringConvertible {
  /// `error: …` and, indented below it, `hint: …`.
  public var description: String {
    "error: \(sentence)" + (hint.map { "\n  hint: \($0)" } ?? "")
  }
}
