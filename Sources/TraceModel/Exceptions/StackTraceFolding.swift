/// Tells, line by line, what belongs to a stack trace (formats/logs.md 11): what folds the lines of a log into one record.
///
/// One for each stream of lines. It knows the lines of all languages that `ExceptionRecord` reads. A line with a header of a logger
/// ends what is open: give the message behind the header to `start`, the lines without header after it to `next`.
///
///     ERROR checkout failed              start("checkout failed")            its record
///     Traceback (most recent call last): next → opens                        the same record: no other is between them
///       File "app.py", line 3, in f      next → continues
///     KeyError: 'sku'                    next → continues
///     listening on 8080                  next → outside
///
/// - Assumes: most lines have nothing to do with a trace; such a line costs a few comparisons.
public struct StackTraceFolding: Sendable {
  /// What a line is to the trace that is open.
  public enum Role: Sendable {
    /// It begins a trace, or stands before one (`Exception in thread "main" …`).
    case opens
    /// It goes on with the open trace; a frame does so even where the trace's head was not met.
    case continues
    /// It has nothing to do with a trace; an open one has ended.
    case outside
  }

  /// Which trace is open.
  private enum State: Sendable {
    case none
    /// `Type: message` was met, and no frame yet.
    case head
    case python
    /// Behind Python's `Type: message`.
    case pythonEnd
    /// Between two tracebacks of a chain.
    case pythonChain
    case group
    /// Java, Node, .NET.
    case frames
    /// Node's source above the error: the line with the path was met.
    case excerpt
    /// An uncaught error of Node up to `Node.js v…`.
    case node
    case go
    case ruby
    case swift
    /// Rust's panic, whose message is on the next line.
    case rustHead
    case rust
    case php
    case elixir
  }

  private var state = State.none
  /// Lines since the state began, where it holds for so many lines only.
  private var lines = 0
  /// Whether the line before was blank.
  private var wasBlank = false
  /// Lines that an open trace may take without any form of its own (a message of several lines, an excerpt).
  private static let maxLooseLines = 40

  /// No trace is open.
  public init() {}

  /// Begins anew with the message of a line that has a header: it may open a trace itself (`ERROR Type: message`, `panic: …`).
  public mutating func start(_ message: String) {
    state = .none
    _ = next(message)
  }

  /// Begins anew with the message of a line that has a header.
  public mutating func start(_ message: UnsafeRawBufferPointer) {
    state = .none
    _ = unsafe next(message)
  }

  /// Looks at the next line, which has no header of a logger before it.
  public mutating func next(_ line: String) -> Role {
    var line = line
    return line.withUTF8 { unsafe role(UnsafeRawBufferPointer($0)) }
  }

  /// Looks at the next line, which has no header of a logger before it and no line break behind it.
  public mutating func next(_ line: UnsafeRawBufferPointer) -> Role { unsafe role(line) }

  mutating func role<Line: RandomAccessCollection>(_ line: Line) -> Role
  where Line.Element == UInt8, Line.Index == Int {
    let (form, indent) = line.lineForm()
    defer { wasBlank = form == .blank }
    if let role = openRole(form, indent, line) { return role }
    return freshRole(form, indent)
  }

  /// The role of a line by what is open; nil where that says nothing.
  private mutating func openRole<Line: RandomAccessCollection>(
    _ form: LineForm, _ indent: Int, _ line: Line
  ) -> Role? where Line.Element == UInt8, Line.Index == Int {
    lines &+= 1
    switch state {
    case .none: return nil
    case .python:
      // The first line that is not indented is the type with its message, of whatever form.
      if indent == 0, form != .blank, form != .traceback { return enter(.pythonEnd) }
    case .pythonEnd:
      if form == .pythonChain { return enter(.pythonChain) }
    case .pythonChain:
      if form == .traceback || form == .typed {
        return enter(form == .typed ? .pythonEnd : .python)
      }
    case .group:
      if form == .groupGutter { return .continues }
      if form == .pythonChain { return enter(.pythonChain) }
    case .excerpt, .node:
      if form == .nodeVersion { return enter(.none) }
      if form == .atFrame { return enter(.node) }
      if form == .blank || lines <= Self.maxLooseLines { return .continues }
    case .go:
      if form == .goExit { return enter(.none) }
      if isGoLine(form, line) { return .continues }
    case .ruby:
      // Below the head may stand the source, with carets.
      if form == .rubyHead || wasBlank && lines == 2 { return .continues }
    case .swift:
      if form == .swiftEnd { return enter(.none) }
      if form == .swiftHead || isSwiftLine(line) { return .continues }
    case .rustHead:
      if form != .rustPanic { return enter(.rust) }
    case .php:
      if form == .cause { return .continues }
    case .head:
      if form == .typed { return nil }
    case .frames, .rust, .elixir: break
    }
    if form == .blank || indent > 0 && !opensWhenIndented(form) { return openIndented(form) }
    return closes(line) ? .continues : nil
  }

  /// A blank or indented line goes on with whatever is open.
  private mutating func openIndented(_ form: LineForm) -> Role {
    switch form {
    case .atFrame: state = state == .node ? .node : .frames
    case .pythonFrame: state = .python
    default: break
    }
    return .continues
  }

  private func opensWhenIndented(_ form: LineForm) -> Bool { form == .traceback && state != .group }

  /// Brackets that close what a trace printed: Node's properties, PHP's and Ruby's values.
  private func closes<Line: RandomAccessCollection>(_ line: Line) -> Bool
  where Line.Element == UInt8, Line.Index == Int {
    let byte = line.byte(line.startIndex)
    return byte == 0x7d || byte == 0x5d || byte == 0x29
  }

  /// The role of a line by its own form alone.
  private mutating func freshRole(_ form: LineForm, _ indent: Int) -> Role {
    switch form {
    case .traceback: return open(indent > 0 ? .group : .python)
    case .pythonFrame: return enter(.python)
    case .pythonChain: return enter(.pythonChain)
    case .atFrame, .elision: return enter(.frames)
    case .cause: return enter(.frames)
    case .typed: return open(.head)
    case .pathLine: return indent == 0 ? open(.excerpt) : outside()
    case .nodeVersion, .goExit, .swiftEnd: return outside()
    case .goPanic, .goroutine, .goFunction: return open(.go)
    case .rubyHead: return open(.ruby)
    case .rubyFrame: return enter(.ruby)
    case .swiftHead: return open(.swift)
    case .rustPanic: return open(.rustHead)
    case .rustNote: return enter(.rust)
    case .phpHead: return open(.php)
    case .phpFrame: return enter(.php)
    case .elixirHead: return open(.elixir)
    case .elixirFrame: return enter(.elixir)
    case .blank, .groupGutter, .other: return outside()
    }
  }

  private mutating func enter(_ next: State) -> Role {
    state = next
    lines = 0
    return .continues
  }

  private mutating func open(_ next: State) -> Role {
    _ = enter(next)
    return .opens
  }

  private mutating func outside() -> Role {
    state = .none
    return .outside
  }

  /// Lines of Go's dump: functions, goroutines, elided frames, registers.
  private func isGoLine<Line: RandomAccessCollection>(
    _ form: LineForm, _ line: Line
  ) -> Bool where Line.Element == UInt8, Line.Index == Int {
    switch form {
    case .goPanic, .goroutine, .goFunction, .blank: return true
    case .other, .typed:
      if line.has("...", at: line.startIndex) || line.has("main.", at: line.startIndex) {
        return true
      }
      let (last, first) = (line.byte(line.endIndex - 1), line.startIndex)
      if last == 0x29, line.first("(", from: first) != nil { return true }
      // `rax    0x0`.
      guard let name = line.typeName(at: first), name.end - first <= 6 else { return false }
      return line.has("0x", at: line.skipBlanks(name.end))
    default: return false
    }
  }

  /// Lines of the backtrace of Swift's runtime.
  private func isSwiftLine<Line: RandomAccessCollection>(_ line: Line) -> Bool
  where Line.Element == UInt8, Line.Index == Int {
    let start = line.startIndex
    for literal: StaticString in [
      "Thread ", "Platform: ", "Registers:", "Images (", "...", "0x", "rflags ", "cs ", "lr ",
      "Fatal error", "Current stack trace:",
    ] where line.has(literal, at: start) {
      return true
    }
    guard let name = line.typeName(at: start), name.end - start <= 4 else {
      return line.byte(start) &- 0x30 < 10
    }
    return line.has("0x", at: line.skipBlanks(name.end))
  }
}
