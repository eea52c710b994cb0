/// What a line of a stack trace is by its own form (formats/logs.md 11).
enum LineForm {
  case blank
  /// `Traceback (most recent call last):`, also of a group, with its gutter.
  case traceback
  /// `  File "P", line N, in F`.
  case pythonFrame
  /// `The above exception was …`, `During handling of …`.
  case pythonChain
  /// `+---------------- 1 ----------------` or `| …`: a line of an exception group.
  case groupGutter
  /// `at …`: Java, Node, .NET.
  case atFrame
  /// `... 3 more`, `--- End of inner exception stack trace ---` and their like.
  case elision
  /// `Caused by:`, `Suppressed:`, `Wrapped by:`, `[cause]:`, ` ---> `, `Next Type:`: another exception of the chain.
  case cause
  /// `Type: message` where the type ends like an error's, or behind `Exception in thread` and the like.
  case typed
  /// `file:line` alone: Node shows the source below it.
  case pathLine
  /// `Node.js v20.1.0`: the end.
  case nodeVersion
  /// `panic: …`, `fatal error: …`.
  case goPanic
  /// `goroutine 1 [running]:`.
  case goroutine
  /// `main.f(0x1)`, `main.(*T).f`, `created by main.f in goroutine 1`.
  case goFunction
  /// `exit status 2`: the end.
  case goExit
  /// `P:N:in 'F': message (Type)`.
  case rubyHead
  /// `P:N:in 'F'`, also behind `from`.
  case rubyFrame
  /// `File.swift:3: Fatal error: …`, `*** Signal 4: …`, `*** Program crashed: …`.
  case swiftHead
  /// `Backtrace took 0.04s`: the end.
  case swiftEnd
  /// `thread 'main' panicked at …`.
  case rustPanic
  /// `stack backtrace:`, `note: run with …`.
  case rustNote
  /// `PHP Fatal error:  Uncaught …`.
  case phpHead
  /// `Stack trace:`, `#0 …`, `thrown in …`.
  case phpFrame
  /// `** (Type) message`.
  case elixirHead
  /// `(app 1.0) P:N: M.f/1`.
  case elixirFrame
  case other
}

extension RandomAccessCollection where Element == UInt8, Index == Int {
  /// What this line is, and where it begins behind its indentation.
  ///
  /// - Complexity: a few comparisons for a line that is none; at most linear in its first 1,024 bytes.
  func lineForm() -> (form: LineForm, indent: Int) {
    let start = skipBlanks(startIndex)
    guard start < endIndex else { return (.blank, 0) }
    return (form(at: start, isIndented: start > startIndex), start - startIndex)
  }

  private func form(at start: Int, isIndented: Bool) -> LineForm {
    if isIndented, let found = indentedForm(at: start) { return found }
    switch self[start] {
    case UInt8(ascii: "T"):
      if has("Traceback (most recent call last):", at: start) { return .traceback }
      if has("The above exception was the ", at: start) { return .pythonChain }
      if has("Thrown at:", at: start) { return .elision }
    case UInt8(ascii: "E"):
      if has("Exception Group Traceback (most recent call last):", at: start) { return .traceback }
    case UInt8(ascii: "D"):
      if has("During handling of the above exception", at: start) { return .pythonChain }
    case UInt8(ascii: "C"):
      if has("Caused by:", at: start) { return .cause }
    case UInt8(ascii: "W"):
      if has("Wrapped by:", at: start) { return .cause }
    case UInt8(ascii: "N"):
      if has("Node.js v", at: start), byte(start + 9) &- 0x30 < 10 { return .nodeVersion }
      if has("Next ", at: start), let name = typeName(at: start + 5), byte(name.end) == 0x3a {
        return .cause
      }
    case UInt8(ascii: "-"):
      if has("--- End of ", at: start) { return .elision }
      if has("---> ", at: start) { return .cause }
    case UInt8(ascii: "*"):
      if has("*** Signal ", at: start) || has("*** Program crashed", at: start) {
        return .swiftHead
      }
      if has("** (", at: start), let name = typeName(at: start + 4), byte(name.end) == 0x29 {
        return .elixirHead
      }
    case UInt8(ascii: "#"):
      let end = skipDigits(start + 1)
      if end > start + 1, byte(end) == 0x20 { return .phpFrame }
    case UInt8(ascii: "P"), UInt8(ascii: "F"):
      if has("PHP ", at: start) || has("Fatal error: ", at: start) {
        if first("Uncaught ", from: start) != nil { return .phpHead }
        if has("Fatal error: ", at: start) { return .swiftHead }
      }
    case UInt8(ascii: "B"):
      if has("Backtrace took ", at: start) { return .swiftEnd }
    case UInt8(ascii: "S"), UInt8(ascii: "s"), UInt8(ascii: "n"):
      if has("Stack trace:", at: start) { return .phpFrame }
      if has("stack backtrace:", at: start) || has("Stack backtrace:", at: start)
        || has("note: run with `RUST_BACKTRACE", at: start)
        || has("note: Some details are omitted", at: start)
      {
        return .rustNote
      }
    case UInt8(ascii: "t"):
      if has("thread '", at: start), first("panicked at ", from: start) != nil {
        return .rustPanic
      }
    case UInt8(ascii: "p"), UInt8(ascii: "f"), UInt8(ascii: "g"), UInt8(ascii: "r"),
      UInt8(ascii: "c"), UInt8(ascii: "e"), UInt8(ascii: "["):
      if let found = goForm(at: start) { return found }
    default: break
    }
    return ownForm(at: start)
  }

  /// Forms that only indented lines have.
  private func indentedForm(at start: Int) -> LineForm? {
    switch self[start] {
    case UInt8(ascii: "a"): return has("at ", at: start) ? .atFrame : nil
    case UInt8(ascii: "F"):
      return has("File \"", at: start) && first("\", line ", from: start) != nil
        ? .pythonFrame : nil
    case UInt8(ascii: "."): return has("... ", at: start) ? .elision : nil
    case UInt8(ascii: "+"):
      if has("+ Exception Group Traceback", at: start) { return .traceback }
      return has("+-", at: start) ? .groupGutter : nil
    case UInt8(ascii: "|"):
      return byte(start + 1) == 0x20 || start + 1 == endIndex ? .groupGutter : nil
    case UInt8(ascii: "["):
      return has("[cause]:", at: start) || has("[errors]:", at: start)
        ? .cause
        : has("[CIRCULAR REFERENCE", at: start) || has("[Previous line repeated ", at: start)
          ? .elision : nil
    case UInt8(ascii: "S"): return has("Suppressed: ", at: start) ? .cause : nil
    case UInt8(ascii: "f"):
      return has("from ", at: start) && rubyPlace(at: start + 5) != nil ? .rubyFrame : nil
    case UInt8(ascii: "t"): return has("thrown in ", at: start) ? .phpFrame : nil
    case UInt8(ascii: "("):
      guard let close = first(") ", from: start), byte(close + 2) != 0 else { return nil }
      return first(": ", from: close) != nil ? .elixirFrame : nil
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      let end = skipDigits(start)
      return has(": from ", at: end) ? .rubyFrame : nil
    default: return nil
    }
  }

  private func goForm(at start: Int) -> LineForm? {
    if has("panic: ", at: start) || has("panic(", at: start)
      || has("fatal error: ", at: start) || has("runtime: goroutine stack exceeds", at: start)
      || has("[signal ", at: start)
    {
      return has("panic(", at: start) ? .goFunction : .goPanic
    }
    if has("goroutine ", at: start), byte(start + 10) &- 0x30 < 10, ends(with: "]:") {
      return .goroutine
    }
    if has("created by ", at: start) { return .goFunction }
    if has("exit status ", at: start), skipDigits(start + 12) == endIndex { return .goExit }
    return nil
  }

  /// Forms that are told by what stands in the middle.
  private func ownForm(at start: Int) -> LineForm {
    if let place = rubyPlace(at: start) {
      return has(": ", at: place) && byte(place + 2) != 0 ? .rubyHead : .rubyFrame
    }
    if let end = lineNumberEnd(at: start) {
      if end == endIndex { return .pathLine }
      if has(": Fatal error", at: end) || has(": Precondition failed", at: end)
        || has(": Assertion failed", at: end)
      {
        return .swiftHead
      }
    }
    if isGoFunction(at: start) { return .goFunction }
    return isTyped(at: start) ? .typed : .other
  }

  /// The place behind `P:N:in 'F'`, nil where a line does not begin so.
  func rubyPlace(at start: Int) -> Int? {
    guard let mark = first(":in ", from: start), mark > start + 2 else { return nil }
    let quote = byte(mark + 4)
    guard quote == 0x27 || quote == 0x60, self[mark - 1] &- 0x30 < 10 else { return nil }
    guard let close = first("'", from: mark + 5) else { return nil }
    // Before 3.4 a quote inside the name is escaped by nothing: `block in <top (required)>'`.
    return close + 1
  }

  /// The place behind `path.ext:N` or `path.ext:N:M` at the start of a line; nil where it begins otherwise.
  private func lineNumberEnd(at start: Int) -> Int? {
    var i = start
    var dot = 0
    while i < endIndex, i - start < 512 {
      let byte = self[i]
      if byte == 0x2e { dot = i }
      if byte == 0x20, dot == 0 { return nil }
      if byte == 0x3a, self.byte(i + 1) &- 0x30 < 10, dot > 0 || has("node:", at: start) {
        return skipDigits(i + 1)
      }
      i += 1
    }
    return nil
  }

  /// Whether a line is a function of Go: one word that ends in brackets, or has a receiver.
  private func isGoFunction(at start: Int) -> Bool {
    let letter = byte(start) | 0x20
    guard letter &- 0x61 < 26, endIndex - start < 1024 else { return false }
    var i = start
    var dot = 0
    while i < endIndex {
      let byte = self[i]
      if byte == 0x28 {
        if has("(*", at: i), self.byte(i - 1) == 0x2e { return first(").", from: i) != nil }
        return dot > start && dot < i - 1 && self[endIndex - 1] == 0x29
      }
      if byte == 0x2e { dot = i }
      if byte == 0x20 || byte == 0x3a || byte == 0x3d { return false }
      i += 1
    }
    if has("main.", at: start) || has("runtime.", at: start) { return dot > start }
    // A package below a host's name: `acme.example/shop/stock.Take`.
    guard let slash = last(0x2f, before: endIndex), dot > slash, dot < endIndex - 1 else {
      return false
    }
    return first(".", from: start) ?? slash < first("/", from: start) ?? slash
  }

  /// Whether a line is `Type: message` or `Type`.
  func isTyped(at start: Int) -> Bool {
    var at = start
    var isSure = false
    for prefix: StaticString in [
      "Exception in thread \"", "Unhandled exception. ", "Unhandled Exception: ", "Uncaught ",
    ] where has(prefix, at: start) {
      at = start + prefix.utf8CodeUnitCount
      isSure = true
    }
    if isSure, byte(start) == UInt8(ascii: "E") {
      guard let quote = first("\" ", from: at) else { return false }
      at = quote + 2
    }
    guard let name = typeName(at: at) else { return false }
    let next = byte(name.end)
    let isClosed =
      name.end == endIndex
      || next == 0x3a && (name.end + 1 == endIndex || byte(name.end + 1) == 0x20)
      || has(" [", at: name.end) && first("]: ", from: name.end) != nil
      || has(" (", at: name.end) && ends(with: "):") || has(" {", at: name.end)
    guard isClosed else { return false }
    if isSure || isErrorName(at, name.end) { return true }
    // A qualified name of a class: `com.acme.OrderRejected: no stock`.
    return name.last > at && byte(name.last) &- 0x41 < 26 && next == 0x3a
      && byte(name.last - 1) != 0x2f
  }
}
