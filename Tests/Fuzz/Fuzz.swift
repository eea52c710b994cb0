import Foundation
import TraceIngest
import TraceModel

/// A fuzz target for each decoder: `CULPRIT_FUZZ_FORMAT` names the format, none lets each input be told by its first bytes.
///
/// Whatever the bytes: nothing traps, nothing hangs, what is met is stored or dropped under a counted defect, and where nothing is lost
/// the rows are the same however the bytes are cut into chunks. Spans of OTLP and Jaeger are the same read from their text and from a tape.
/// `.ci/fuzz` builds and runs it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let input = unsafe Data(bytes: data, count: size)
  guard (try? input.write(to: Fuzzing.file)) != nil else { return 0 }
  let whole = read(chunkBytes: 4 << 20)
  let pieces = read(chunkBytes: 61)
  guard let whole, let pieces else {
    check((whole == nil) == (pieces == nil), "refused in one cut and read in another")
    return 0
  }
  for rows in [whole, pieces] {
    check(rows.spansDropped >= 0 && rows.logsDropped >= 0, "more rows than were seen")
    check(
      rows.spansDropped + rows.logsDropped <= rows.losses, "rows are lost and no defect counts them"
    )
  }
  for (rows, bytes) in [(whole, 4 << 20), (pieces, 61)] where rows.isReadFromText {
    guard let parsed = read(chunkBytes: bytes, usesTapes: true) else { continue }
    check(rows.contents == parsed.contents, "spans of text and tape differ: \(rows.spans)")
    check(rows.defects == parsed.defects, "defects of text and tape differ: \(rows.defects)")
  }
  // Where something is broken, what can be saved of it hangs on how much of it is in sight.
  if whole.losses + pieces.losses > 0 { return 0 }
  check(whole.spans == pieces.spans, "spans hang on the cuts: \(whole.spans) | \(pieces.spans)")
  // Where chunks are read side by side, lines of text in a foreign format do not go on over their ends.
  check(
    !whole.isOrdered || whole.logs == pieces.logs,
    "logs hang on the cuts: \(whole.logs) | \(pieces.logs)")
  return 0
}

/// Ends the run with a sentence, which libFuzzer keeps beside the input.
private func check(_ isTrue: Bool, _ sentence: @autoclosure () -> String) {
  if isTrue { return }
  FileHandle.standardError.write(Data("ERROR: \(sentence().prefix(2000))\n".utf8))
  abort()
}

/// libFuzzer's own loop.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ body: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt

/// Where the package manager lets a program of this name begin.
@_cdecl("fuzz_main")
public func fuzzMain(
  _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
  var count = count
  var arguments = unsafe arguments
  return unsafe runDriver(&count, &arguments) { data, size in unsafe fuzz(data, size) }
}

private enum Fuzzing {
  static let file = FileManager.default.temporaryDirectory
    .appending(path: "culprit-fuzz-\(ProcessInfo.processInfo.processIdentifier)")
  static let format: Format? = {
    guard let name = ProcessInfo.processInfo.environment["CULPRIT_FUZZ_FORMAT"], !name.isEmpty
    else {
      return nil
    }
    guard let format = Format.named(name) else { fatalError("there is no format '\(name)'") }
    return format
  }()
}

/// What one reading gave.
private struct Rows: Sendable {
  var spans: [Row] = []
  var logs: [Row] = []
  var spansDropped = 0
  var logsDropped = 0
  var losses = 0
  var defects = DefectTally()
  /// Whether spans may be read from their text, of which only OTLP's and Jaeger's are.
  var isReadFromText = false
  /// All that is known of each span, in words.
  var contents: [String] = []
  /// Whether one task reads such a format from front to back.
  var isOrdered = true

  /// What of a row does not hang on its batch.
  struct Row: Sendable, Hashable, Comparable, CustomStringConvertible {
    var offset: Int64
    var high: UInt64
    var low: UInt64
    var span: UInt64
    var time: Int64

    var description: String { "\(offset):\(low)/\(span)@\(time)" }

    static func < (a: Row, b: Row) -> Bool {
      (a.offset, a.high, a.low, a.span, a.time) < (b.offset, b.high, b.low, b.span, b.time)
    }
  }
}

/// Reads the file; nil where it is refused.
private func read(chunkBytes: Int, usesTapes: Bool = false) -> Rows? {
  final class Box: @unchecked Sendable { var rows: Rows? }
  let box = Box()
  let done = DispatchSemaphore(value: 0)
  Task.detached {
    defer { done.signal() }
    var rows = Rows()
    var options = IngestOptions(
      workers: 1, format: Fuzzing.format, chunkBytes: chunkBytes, maxRecordBytes: 1 << 16)
    options.usesTapes = usesTapes
    let summary = try? await ingest(
      InputFile(path: Fuzzing.file.path, isNamed: true), options: options
    ) { batch in
      let symbols = batch.symbols
      let text = batch.text
      func words(_ range: TextRange) -> String {
        String(decoding: text[Int(range.start)..<Int(range.start + range.count)], as: UTF8.self)
      }
      for row in batch.spans {
        let sender = batch.resources[Int(row.resource)]
        rows.contents.append(
          "\(row.offset) \(row.trace) \(row.id) \(row.parent) \(row.start) \(row.end) \(row.facts.rawValue) "
            + "\(symbols[row.operation]) \(symbols[row.peer]) \(symbols[row.errorType]) \(symbols[sender.service]) "
            + "\(symbols[sender.host]) \(symbols[sender.instance]) \(symbols[sender.version]) "
            + "\(words(sender.attributes)) \(words(row.attributes)) \(words(row.detail))")
        rows.spans.append(
          // Spans of a trace that is read as a whole are numbered, those of one in pieces stand where they stand.
          Rows.Row(
            offset: 0, high: row.trace.high, low: row.trace.low, span: row.id.rawValue,
            time: row.start))
      }
      for row in batch.logs {
        rows.logs.append(
          Rows.Row(
            offset: row.offset, high: row.trace.high, low: row.trace.low, span: row.span.rawValue,
            time: row.time))
      }
    }
    guard let summary else { return }
    rows.isOrdered = Format.named(summary.formatName)?.isOrdered ?? true
    let hasTraces =
      (try? Data(contentsOf: Fuzzing.file))?.range(of: Data("\"spans\"".utf8)) != nil
    rows.isReadFromText = summary.formatName == "otlp" || hasTraces
    rows.defects = summary.defects
    rows.spans.sort()
    rows.logs.sort()
    rows.spansDropped = summary.spansDropped
    rows.logsDropped = summary.logsDropped
    rows.losses = summary.defects.sorted.filter { $0.kind.severity != .note }
      .reduce(0) { $0 + $1.count }
    box.rows = rows
  }
  done.wait()
  return box.rows
}
