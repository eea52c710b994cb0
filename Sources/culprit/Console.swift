import Foundation
import TraceEngine
import TraceReport

#if canImport(Glibc)
  import Glibc
#endif

/// Where words go: results to standard output, sentences and progress to standard error.
enum Console {
  /// The reader of standard output has closed it; nothing more is worth saying.
  struct ReaderIsGone: Error {}

  /// Whether standard output is a terminal.
  static var resultsAreSeen: Bool { isatty(STDOUT_FILENO) == 1 }
  /// Whether standard error is a terminal.
  static var sentencesAreSeen: Bool { isatty(STDERR_FILENO) == 1 }

  /// Writes a result to standard output.
  static func write(_ text: String) throws {
    let fault = put(text, on: STDOUT_FILENO)
    if fault == EPIPE { throw ReaderIsGone() }
    if fault != 0 { throw EngineError(writing: "standard output", fault: fault) }
  }

  /// Writes a result with a line end; a reader that has gone is no matter.
  static func sayResult(_ text: String) {
    _ = put(text.hasSuffix("\n") ? text : text + "\n", on: STDOUT_FILENO)
  }

  /// Writes a sentence to standard error: names of files and of the input are made harmless, line by line.
  static func say(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    _ = put(lines.map { harmless(String($0)) }.joined(separator: "\n") + "\n", on: STDERR_FILENO)
  }

  /// Writes over the current line of the terminal.
  static func progress(_ text: String) { _ = put("\r\u{1b}[2K" + text, on: STDERR_FILENO) }

  /// Columns of the terminal, 100 where there is none, at least 40.
  static var width: Int {
    var size = winsize()
    for descriptor in [STDOUT_FILENO, STDERR_FILENO]
    where unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 {
      return max(40, Int(size.ws_col))
    }
    return 100
  }

  /// Writes all of a text; 0, or the number of the error.
  private static func put(_ text: String, on descriptor: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let written = unsafe Glibc.write(
          descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
        if written < 0 {
          if errno == EINTR || errno == EAGAIN { continue }
          return errno
        }
        done += written
      }
      return 0
    }
  }
}

/// Removes what must not be left behind, whatever ends the program.
enum Interruption {
  /// From now on an interrupt or a hang-up removes temporary stores, then ends the program with 128 + the signal's number.
  ///
  /// - Returns: what watches; it does so for as long as it is kept.
  static func watch() -> [any DispatchSourceSignal] {
    signal(SIGPIPE, SIG_IGN)
    return [SIGINT, SIGTERM, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        cleanUp()
        Console.say("\ninterrupted; temporary files are removed, what was complete before is kept")
        _exit(128 + number)
      }
      source.activate()
      return source
    }
  }

  /// Removes this process's temporary stores.
  static func cleanUp() { TemporaryStore.removeAll() }
}
