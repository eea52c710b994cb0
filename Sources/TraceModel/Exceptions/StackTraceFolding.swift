/// Tells, line by line, what belongs to a stack trace (formats/logs.md 11): what folds the lines of a log into one record.
///
/// One for each stream of lines. It knows the lines of all languages that `ExceptionRecord` reads.
public struct StackTraceFolding: Sendable {
  /// What a line is to the trace that is open.
  public enum Role: Sendable {
    /// It begins a trace, or stands before one (`Exception in thread "main" …`).
    case opens
    /// It goes on with the open trace.
    case continues
    /// It has nothing to do with a trace; an open one has ended.
    case outside
  }

  /// No trace is open.
  public init() {}

  /// Looks at the next line, which has no header of a logger before it.
  public mutating func next(_ line: String) -> Role { .outside }
}
