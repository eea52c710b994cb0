// Hot: once a batch, the names that its rows refer to become row ids; a known name costs one look-up and no allocation.
//
// Why the unsafe calls hold: bytes of names and fields are used inside the `with…` call that lends them, and SQLite lets go
// of them (`clear`) before it ends.
import TraceModel

/// Row ids of byte strings that were stored before, in bounded memory.
///
/// Beyond its limit it forgets everything and goes on, so one text may get several ids: whoever reads a store compares
/// texts, not ids.
struct RowIDs {
  private var texts = SymbolTable()
  private var ids: [Int64] = [0]
  private let limit: Limit

  /// When to forget.
  struct Limit: Sendable {
    /// Bytes of all texts.
    var bytes = 24 << 20
    /// Texts.
    var entries = 200_000
  }

  init(limit: Limit) { self.limit = limit }

  /// Whether nothing more fits without forgetting.
  var isFull: Bool { texts.byteCount >= limit.bytes || texts.count >= limit.entries }

  /// The id of a text; nil where it is new or was forgotten: then store it and `add` its id.
  @unsafe mutating func find(_ text: UnsafeRawBufferPointer) -> Int64? {
    if isFull { removeAll() }
    let place = Int(unsafe texts.intern(text).index)
    return place < ids.count ? ids[place] : nil
  }

  /// The id of the text that `find` did not know.
  mutating func add(_ id: Int64) { ids.append(id) }

  /// Takes note of a text that is stored under an id.
  @unsafe mutating func note(_ text: UnsafeRawBufferPointer, id: Int64) {
    let place = Int(unsafe texts.intern(text).index)
    if place == ids.count { ids.append(id) }
  }

  mutating func removeAll() {
    texts = SymbolTable()
    ids = [0]
  }
}

/// Names, resources, scopes and series on their way in: gives each the row id of the store.
struct RowCatalog: ~Copyable {
  private var names: RowIDs
  private var insertName: RawStatement
  private var resources: LateRows
  private var scopes: LateRows
  private var series: SeriesRows
  /// Room for the row at hand.
  private var fields = RowFields()

  /// Stands for a symbol that no row has named yet.
  private static let unasked: Int64 = -1

  /// Row ids of one batch's symbols, resources and scopes, by their local index, and those of the series of its spans, one each.
  struct Batch {
    var names: [Int64] = []
    var resources: [Int64] = []
    var scopes: [Int64] = []
    var series: [Int64] = []
  }

  init(_ connection: borrowing Connection, limit: RowIDs.Limit) throws(SQLiteFault) {
    let insertName = try connection.prepare("insert into name (text) values (?)")
    let resources = try LateRows(
      connection, "resource", ["service", "host", "instance", "version", "attributes", "detail"],
      limit: limit)
    let scopes = try LateRows(
      connection, "scope", ["name", "version", "attributes", "detail"], limit: limit)
    let series = try SeriesRows(connection, limit: limit)
    names = RowIDs(limit: limit)
    self.insertName = insertName
    self.series = series
    self.resources = resources
    self.scopes = scopes
  }

  /// Forgets all that a rolled-back transaction may have stored, and learns the names that are there.
  mutating func reload(_ connection: borrowing Connection) throws(SQLiteFault) {
    names.removeAll()
    resources.removeAll()
    scopes.removeAll()
    series.removeAll()
    var rows = try connection.prepare("select id, text from name where id > 0 order by id")
    while !names.isFull, try rows.step() {
      let id = rows.int(0)
      unsafe rows.withText(1) { unsafe names.note($0, id: id) }
    }
    rows.reset()
  }

  /// Closes a source.
  ///
  /// - Returns: how many resources never arrived; their service is called `unknown_service`.
  mutating func finishSource() throws(SQLiteFault) -> Int {
    fields = RowFields(["unknown_service", "", "", "", "", ""])
    let missing = try resources.finishSource(fields)
    fields = RowFields(["", "", "", ""])
    _ = try scopes.finishSource(fields)
    return missing
  }

  /// Row ids of all that a batch refers to.
  mutating func rowIDs(for batch: borrowing SpanBatch) throws(SQLiteFault) -> Batch {
    var result = Batch()
    result.names = Array(repeating: RowCatalog.unasked, count: batch.symbols.count)
    // Other symbols belong to resources and scopes, which hold texts.
    for row in batch.logs { try learn(row.severityText, in: batch.symbols, &result.names) }
    for row in batch.answers { try learn(row.kind, in: batch.symbols, &result.names) }
    for row in batch.points {
      try learn(row.name, in: batch.symbols, &result.names)
      try learn(row.unit, in: batch.symbols, &result.names)
      try learn(row.about, in: batch.symbols, &result.names)
    }
    for row in batch.resources {
      fields.removeAll()
      unsafe batch.symbols.withBytes(of: row.service) { unsafe fields.append($0) }
      unsafe batch.symbols.withBytes(of: row.host) { unsafe fields.append($0) }
      unsafe batch.symbols.withBytes(of: row.instance) { unsafe fields.append($0) }
      unsafe batch.symbols.withBytes(of: row.version) { unsafe fields.append($0) }
      unsafe batch.text[row.attributes.bytes].withUnsafeBytes { unsafe fields.append($0) }
      unsafe batch.text[row.detail.bytes].withUnsafeBytes { unsafe fields.append($0) }
      result.resources.append(
        try resources.id(of: fields, late: row.late, isKnown: row.isKnown))
    }
    for row in batch.scopes {
      let isNone =
        row.late == 0 && row.name.isEmpty && row.version.isEmpty && row.attributes.count == 0
        && row.detail.count == 0
      fields.removeAll()
      unsafe batch.symbols.withBytes(of: row.name) { unsafe fields.append($0) }
      unsafe batch.symbols.withBytes(of: row.version) { unsafe fields.append($0) }
      unsafe batch.text[row.attributes.bytes].withUnsafeBytes { unsafe fields.append($0) }
      unsafe batch.text[row.detail.bytes].withUnsafeBytes { unsafe fields.append($0) }
      result.scopes.append(
        isNone ? 0 : try scopes.id(of: fields, late: row.late, isKnown: row.isKnown))
    }
    result.series.reserveCapacity(batch.spans.count)
    // By index, because iterating copies each row.
    for index in batch.spans.indices {
      let key = Series(
        resource: result.resources[Int(batch.spans[index].resource)],
        scope: result.scopes[Int(batch.spans[index].scope)],
        operation: try nameID(batch.spans[index].operation, in: batch.symbols, &result.names),
        facts: Int64(bitPattern: batch.spans[index].facts.rawValue),
        peer: try nameID(batch.spans[index].peer, in: batch.symbols, &result.names),
        errorType: try nameID(batch.spans[index].errorType, in: batch.symbols, &result.names),
        flags: Int64(batch.spans[index].flags))
      result.series.append(try series.id(of: key))
    }
    return result
  }

  @inline(__always) private mutating func nameID(
    _ symbol: Symbol, in symbols: borrowing SymbolTable, _ ids: inout [Int64]
  ) throws(SQLiteFault) -> Int64 {
    try learn(symbol, in: symbols, &ids)
    return ids[Int(symbol.index)]
  }

  @inline(__always) private mutating func learn(
    _ symbol: Symbol, in symbols: borrowing SymbolTable, _ ids: inout [Int64]
  ) throws(SQLiteFault) {
    if ids[Int(symbol.index)] == RowCatalog.unasked { try learnNew(symbol, in: symbols, &ids) }
  }

  @inline(never) private mutating func learnNew(
    _ symbol: Symbol, in symbols: borrowing SymbolTable, _ ids: inout [Int64]
  ) throws(SQLiteFault) {
    ids[Int(symbol.index)] = try unsafe symbols.withBytes(of: symbol) { text in
      Result { () throws(SQLiteFault) in try unsafe id(of: text) }
    }.get()
  }

  private mutating func id(of name: UnsafeRawBufferPointer) throws(SQLiteFault) -> Int64 {
    if let known = unsafe names.find(name) { return known }
    unsafe insertName.bindStatic(name, at: 1)
    try insertName.execute()
    insertName.clear()
    names.add(insertName.lastInsertedRow)
    return insertName.lastInsertedRow
  }
}

/// The texts of one row, of a resource or of a scope: each behind its length in four bytes.
struct RowFields {
  /// Equal rows have equal keys.
  private(set) var key: [UInt8] = []

  init(_ texts: [String] = []) {
    for text in texts {
      unsafe Array(text.utf8).withUnsafeBytes { unsafe append($0) }
    }
  }

  mutating func removeAll() { key.removeAll(keepingCapacity: true) }

  @unsafe mutating func append(_ text: UnsafeRawBufferPointer) {
    unsafe withUnsafeBytes(of: UInt32(text.count)) { unsafe key.append(contentsOf: $0) }
    unsafe key.append(contentsOf: text)
  }

  /// Binds the texts (NULL for none), then a row where one is given, and runs.
  func run(_ statement: inout RawStatement, row: Int64? = nil) throws(SQLiteFault) {
    try unsafe key.withUnsafeBufferPointer { (bytes) throws(SQLiteFault) in
      let all = UnsafeRawBufferPointer(bytes)
      var start = 0
      var index: Int32 = 0
      while start < all.count {
        let end = unsafe start + 4 + Int(all.loadUnaligned(fromByteOffset: start, as: UInt32.self))
        index += 1
        unsafe statement.bindStatic(
          UnsafeRawBufferPointer(rebasing: all[(start + 4)..<end]), at: index)
        start = end
      }
      if let row { statement.bind(row, at: index + 1) }
      try statement.execute()
      statement.clear()
    }
  }
}

/// Resources, or scopes, on their way in: equal rows are stored once, late ones are filled when they arrive.
struct LateRows: ~Copyable {
  private var known: RowIDs
  private var late: [UInt64: Late] = [:]
  private var insert: RawStatement
  private var update: RawStatement

  /// A row that several batches refer to.
  private struct Late {
    var id: Int64
    var isKnown: Bool
  }

  /// Rows of a table with these text columns.
  init(
    _ connection: borrowing Connection, _ table: String, _ columns: [String], limit: RowIDs.Limit
  ) throws(SQLiteFault) {
    let marks = columns.map { _ in "?" }.joined(separator: ", ")
    let list = columns.joined(separator: ", ")
    let insert = try connection.prepare("insert into \(table) (\(list)) values (\(marks))")
    let update = try connection.prepare(
      "update \(table) set (\(list)) = (\(marks)) where id = ?")
    known = RowIDs(limit: limit)
    self.insert = insert
    self.update = update
  }

  /// The row id of a row.
  ///
  /// - Parameter number: 0, or the number under which several batches of the source refer to it.
  /// - Parameter isKnown: whether `fields` hold its content.
  mutating func id(
    of fields: RowFields, late number: UInt64, isKnown: Bool
  ) throws(SQLiteFault) -> Int64 {
    if number != 0, let row = late[number] {
      if isKnown, !row.isKnown {
        try fields.run(&update, row: row.id)
        late[number]?.isKnown = true
      }
      return row.id
    }
    if !isKnown {
      try insert.execute()
      late[number] = Late(id: insert.lastInsertedRow, isKnown: false)
      return insert.lastInsertedRow
    }
    let found = unsafe fields.key.withUnsafeBytes { unsafe known.find($0) }
    if found == nil {
      try fields.run(&insert)
      known.add(insert.lastInsertedRow)
    }
    let id = found ?? insert.lastInsertedRow
    if number != 0 { late[number] = Late(id: id, isKnown: true) }
    return id
  }

  /// Fills the rows that never arrived, and forgets the source's numbers.
  ///
  /// - Returns: how many there were.
  mutating func finishSource(_ substitute: RowFields) throws(SQLiteFault) -> Int {
    let missing = late.values.filter { !$0.isKnown }
    for row in missing { try substitute.run(&update, row: row.id) }
    late.removeAll()
    return missing.count
  }

  /// Forgets all that a rolled-back transaction may have stored.
  mutating func removeAll() {
    known.removeAll()
    late.removeAll()
  }
}

extension TextRange {
  /// The same as a range of `SpanBatch.text`.
  var bytes: Range<Int> { Int(start)..<Int(start) + Int(count) }
}
