import TraceAnalysis
import TraceModel

extension Table {
  /// The table with credentials masked.
  ///
  /// A column whose name is a credential's key is masked whole; in a row with a cell that is such a key, as in rows of
  /// attributes, so are the other texts and numbers, but for ids and who it was.
  func masked() -> Table {
    var secrets = Secrets()
    var result = self
    let telling = columns.map { Secrets.isTellingKey($0.key) || Secrets.isTellingKey($0.title) }
    for row in rows.indices {
      let keys = rows[row].indices.filter { isTellingKey(row, $0) }
      for column in rows[row].indices {
        let isTelling =
          (column < telling.count && telling[column])
          || (!keys.isEmpty && keys != [column] && !isWho(column))
        result.rows[row][column] = masked(rows[row][column], isTelling, &secrets)
      }
    }
    return result
  }

  private func masked(_ cell: Cell, _ isTelling: Bool, _ secrets: inout Secrets) -> Cell {
    switch cell {
    case .text(let text):
      return .text(isTelling ? secrets.masked(text, key: "secret") : secrets.masked(text))
    case .integer, .decimal:
      return isTelling ? .text(Secrets.mask) : cell
    case .operation(let operation):
      return .operation(
        Operation(
          service: secrets.masked(operation.service), kind: secrets.masked(operation.kind),
          name: secrets.masked(operation.name)))
    case .trace(let reference):
      return .trace(
        Findings.SpanReference(
          trace: secrets.masked(reference.trace), span: secrets.masked(reference.span)))
    case .word, .count, .length, .percentile, .missing, .moment, .share, .sparkline, .histogram:
      return cell
    }
  }

  /// Whether a cell is the key of a credential and not the name of a service.
  private func isTellingKey(_ row: Int, _ column: Int) -> Bool {
    guard case .text(let text) = rows[row][column], !isWho(column) else { return false }
    return Secrets.isTellingKey(text)
  }

  /// Whether a column says which span it is about: ids, services, operations.
  private func isWho(_ column: Int) -> Bool {
    guard column < columns.count else { return false }
    let key = columns[column].key.lowercased()
    return ["id", "service", "operation", "caller", "callee", "type"].contains {
      key == $0 || key.hasSuffix("_" + $0)
    }
  }
}
