import Foundation

/// One row of the tables in traces-semantics.md 9.
public struct WorkedCase: Sendable, CustomStringConvertible {
  /// `1` to `42`, `E1` to `E10`.
  public var name: String
  /// The spans, for `TraceSketch(listed:)`.
  public var spans: String
  /// The columns after the spans.
  public var answers: [String]

  /// The case's name, by which tests report it.
  public var description: String { "case \(name): \(spans)" }

  /// A case of its parts.
  public init(name: String, spans: String, answers: [String]) {
    self.name = name
    self.spans = spans
    self.answers = answers
  }

  /// All cases of the specification that lies beside the repository; empty where it is absent.
  public static let specified: [WorkedCase] = {
    let repository = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let file = repository.deletingLastPathComponent()
      .appending(path: "shared/formats/traces-semantics.md")
    guard let text = try? String(contentsOf: file, encoding: .utf8) else {
      print("note: \(file.path) is absent: only the built-in cases are run")
      return []
    }
    return text.split(separator: "\n").compactMap { line in
      guard line.hasPrefix("| ") else { return nil }
      let cells = line.split(separator: "|").map { $0.filter { $0 != "`" }.trimmed }
      let number = cells[0].hasPrefix("E") ? cells[0].dropFirst() : cells[0][...]
      guard cells.count >= 3, Int(number) != nil else { return nil }
      return WorkedCase(name: cells[0], spans: cells[1], answers: Array(cells[2...]))
    }
  }()

  /// The specification's cases of paths and self times, and those that always run.
  public static let paths = specified.filter { !$0.name.hasPrefix("E") } + builtInPaths

  /// The specification's cases of errors, and those that always run.
  public static let errors = specified.filter { $0.name.hasPrefix("E") } + builtInErrors

  /// A few of our own, worked by hand.
  public static let builtInPaths = [
    WorkedCase(
      name: "parallel", spans: "R 0-50; A 5-30 <R; B 10-45 <R; C 20-25 <B",
      answers: ["R 0-10, B 10-20, C 20-25, B 25-45, R 45-50", "R=10 A=25 B=30 C=5"]),
    WorkedCase(
      name: "two heads", spans: "X 3-9 <lost; R 0-5; A 1-2 <R",
      answers: ["R 0-1, A 1-2, R 2-5; unit X: X 3-9", "X=6 R=4 A=1"]),
    WorkedCase(
      name: "late callee", spans: "C:C 0-10; S:S@far 12-18 <C",
      answers: ["C 0-4, S 4-10", "C=4 S=6"]),
  ]

  /// A few of our own, worked by hand.
  public static let builtInErrors = [
    WorkedCase(
      name: "chain", spans: "R:S! 0-50; A:C! 5-45 <R; B:S@b! 10-40 <A; D:C@b! 12-20 <B",
      answers: ["D remote to R primary"]),
    WorkedCase(
      name: "second try", spans: "R:S 0-50; A:C! 5-15 <R; B:C 20-40 <R",
      answers: ["A remote handled by R retried by B"]),
  ]
}

extension String {
  fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}
