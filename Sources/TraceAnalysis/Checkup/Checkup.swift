public import TraceModel

/// What is wrong with the data, and what that costs the findings: what `doctor` says.
public struct Checkup: Sendable, Codable, Equatable {
  /// Version of this model, raised when a field changes its meaning or goes.
  public static let currentSchemaVersion = 1

  /// Version of this model.
  public var schemaVersion = Checkup.currentSchemaVersion
  /// Grade of the whole, `A` to `D`; `-` where no trace is there to be graded.
  public var grade = "-"
  /// One sentence: how far the data can be trusted, and for what.
  public var headline = ""
  /// Why it is this grade, one sentence each.
  public var reasons: [String] = []
  /// Traces by grade, best first; empty where there is none.
  public var grades: [Findings.GradeRow] = []
  /// What was found, what costs most first.
  public var complaints: [Complaint] = []
  /// What was looked for and not found, in words.
  public var clean: [String] = []
  /// What was read.
  public var input = Findings.InputSummary()

  /// A checkup of nothing.
  public init() {}

  /// One thing that is wrong, or worth knowing.
  public struct Complaint: Sendable, Codable, Equatable {
    /// A word that does not change: a defect's name, or `sampling_seen`, `logs_without_trace`, ….
    public var id: String
    /// `loss`, `warning` or `note`.
    public var severity: String
    /// What was found, one sentence with its numbers.
    public var finding: String
    /// How often.
    public var count: Int
    /// Where exactly, most first, at most five: hosts, services, files.
    public var places: [String]
    /// A trace id, or a source and a byte; empty where there is no place.
    public var example: String
    /// What it costs the findings.
    public var cost: String
    /// What to change at the source; empty where nothing is to be done.
    public var remedy: String

    /// A complaint of its parts.
    public init(
      id: String, severity: Defect.Severity, finding: String, count: Int, places: [String] = [],
      example: String = "", cost: String, remedy: String
    ) {
      self.id = id
      self.severity = severity.rawValue
      self.finding = finding
      self.count = count
      self.places = places
      self.example = example
      self.cost = cost
      self.remedy = remedy
    }
  }
}

extension Checkup {
  /// The checkup of a store.
  ///
  /// The grade of the whole is the one that at least nine in ten traces reach, and one lower where more than one in a
  /// hundred spans or log records was lost while reading.
  ///
  /// - Parameters:
  ///   - findings: of all traces, probes included.
  ///   - links: how the store's spans and log records hang together.
  public init(_ findings: Findings, links: DataLinks) {
    self.init()
    input = findings.input
    // Senders of logs alone are services too.
    input.services = max(input.services, links.services.count)
    grades = findings.quality.grades
    complaints = Complaints(findings: findings, links: links).all
    clean = Checkup.clean(complaints, links, findings)
    settleGrade(findings)
  }

  private mutating func settleGrade(_ findings: Findings) {
    let total = grades.reduce(0) { $0 + $1.traces }
    let lost = complaints.filter { $0.severity == Defect.Severity.loss.rawValue }
      .reduce(0) { $0 &+ $1.count }
    let kept = findings.quality.spansStored &+ findings.input.logs
    let losesMuch = lost > 0 && lost > (kept &+ lost) / 100
    guard total > 0 else {
      headline = Checkup.headlineWithoutTraces(findings)
      return
    }
    var reached = 0
    var place = grades.count - 1
    for (index, row) in grades.enumerated() {
      reached += row.traces
      if reached * 10 >= total * 9 {
        place = index
        break
      }
    }
    let letters = TraceGrade.allCases.map(\.letter)
    if place == letters.count - 1 {
      // Every trace is graded D or better; what counts is how few are better.
      let better = total - grades[place].traces
      reasons.append(
        total == 1
          ? "Its only trace is graded D."
          : "\(better) of \(total) traces are graded C or better; the whole is as good as nine in ten are."
      )
    } else {
      let word = place == 0 ? "A" : "\(letters[place]) or better"
      reasons.append(
        total == 1
          ? "Its only trace is graded \(letters[place])."
          : "\(reached) of \(total) traces are graded \(word).")
    }
    if losesMuch, place < letters.count - 1 {
      reasons.append(
        "One lower, because \(lost) records or files were lost while reading, more than one in a hundred."
      )
      place += 1
    }
    grade = letters[place]
    headline = Checkup.headlines[place]
  }

  /// What can be said where no trace is there to be graded.
  private static func headlineWithoutTraces(_ findings: Findings) -> String {
    let spans = findings.quality.spansStored
    if findings.input.logs > 0 {
      let quarantined =
        spans == 0 ? "" : "; \(Complaints.counted(spans, "span stands", "spans stand")) in no trace"
      return
        "There are log records and no traces\(quarantined): what failed can be said, what it failed for cannot."
    }
    if spans > 0 {
      return
        "\(Complaints.counted(spans, "span is", "spans are")) stored, and no trace can be built of \(spans == 1 ? "it" : "them"): no request can be seen."
    }
    let answers = findings.quality.defects.first { $0.kind == Defect.Kind.backEndAnswer.rawValue }
    if let answers {
      return
        "There is what a back end found (\(Complaints.counted(answers.count, "answer", "answers"))), and no span or log record to hold it against."
    }
    if findings.input.metrics > 0 {
      return
        "There are metrics and neither traces nor logs: what rose and fell can be said, and of no request what became of it."
    }
    return "There is nothing to examine."
  }

  private static let headlines = [
    "The data can be trusted.",
    "The data can be used; something in it was corrected or assumed.",
    "The data is incomplete: paths and origins of errors may end before they should.",
    "The data is badly incomplete: more than one request in ten cannot be seen as a whole.",
  ]

  /// What was looked for and not found.
  private static func clean(
    _ complaints: [Complaint], _ links: DataLinks, _ findings: Findings
  ) -> [String] {
    let found = Set(complaints.map(\.id))
    var sentences: [String] = []
    func say(_ ids: [String], _ sentence: String) {
      if found.isDisjoint(with: ids) { sentences.append(sentence) }
    }
    say(
      [
        "broken_record", "cut_off_record", "unknown_record", "too_deep", "too_large",
        "corrupt_compression",
      ],
      "every record that was met could be read")
    say(["unknown_file", "unreadable_file"], "no file was skipped")
    if findings.input.traces > 0 {
      say(["missing_parent"], "no span misses its parent")
      say(["several_roots"], "no trace has several roots")
      say(["skewed_clock", "skew_too_large"], "no clock contradicts another")
      say(["unfinished_span"], "every span has an end")
      say(["duplicate_span", "conflicting_span"], "no span was exported twice")
      say(["sampling_seen"], "nothing says that traces were sampled away")
      say(["short_trace_ids"], "all trace ids have 128 bits")
    }
    if links.logs > 0 {
      say(["assumed_year", "assumed_zone"], "every time of a log record names its year and zone")
      if findings.input.traces > 0 {
        say(
          ["logs_without_trace", "logs_of_missing_traces"],
          "every log record belongs to a trace that is here")
      }
    }
    return sentences
  }
}
