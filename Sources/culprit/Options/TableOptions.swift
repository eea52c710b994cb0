public import ArgumentParser
import Foundation
public import TraceReport

/// In which form a command prints its table.
struct TableOptions: ParsableArguments {
  @Option(help: "Form of the result: table, markdown, json or csv.")
  var format: TableFormat = .table

  @Option(name: [.customShort("n"), .long], help: "Rows shown.")
  var limit = 20

  @Flag(help: "Print secrets as they stand instead of masking them.")
  var showSecrets = false

  @OptionGroup var colors: ColorOptions

  func validate() throws {
    if limit < 1 { throw ValidationError("'--limit \(limit)' is out of range; write 1 or more") }
  }

  /// Prints a table.
  func write(_ table: Table) throws {
    var table = table
    table.rows = Array(table.rows.prefix(limit))
    try Console.write(
      renderTable(
        table, format: format, width: Console.resultsAreSeen ? Console.width : 200,
        color: colors.isColored, options: RenderOptions(showSecrets: showSecrets)))
  }
}

/// Whether colours are used.
struct ColorOptions: ParsableArguments {
  @Option(help: "Colours: auto, always or never.")
  var color: When = .auto

  /// When colours are used.
  enum When: String, ExpressibleByArgument, CaseIterable {
    case auto
    case always
    case never
  }

  var isColored: Bool {
    switch color {
    case .always: true
    case .never: false
    case .auto:
      Console.resultsAreSeen && ProcessInfo.processInfo.environment["NO_COLOR", default: ""].isEmpty
        && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }
  }
}

extension TableFormat: ExpressibleByArgument {}
