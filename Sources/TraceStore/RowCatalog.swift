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

/// Names, resources and scopes on their way in: gives each the row id of the store.
struct RowCatalog: ~Copyable {
  private var names: RowIDs
  private var resources: RowIDs
  private var scopes: RowIDs
  private var lateResources: [UInt64: Late] = [:]
  private var lateScopes: [UInt64: Late] = [:]
  private var insertName: RawStatement
  private var insertResource: RawStatement
  private var updateResource: RawStatement
  private var insertScope: RawStatement
  private var updateScope: RawStatement

  /// A row that several batches refer to.
  private struct Late {
    var id: Int64
    var isKnown: Bool
  }

  /// Row ids of one batch's symbols, resources and scopes, by their local index.
  struct Batch {
    var names: [Int64] = []
    var resources: [Int64] = []
    var scopes: [Int64] = []
  }

  init(_ connection: borrowing Connection, limit: RowIDs.Limit) throws(SQLiteFault) {
    let insertName = try connection.prepare("insert into name (text) values (?)")
    let insertResource = try connection.prepare(
      "insert into resource (service, host, instance, version, attributes) values (?, ?, ?, ?, ?)")
    let updateResource = try connection.prepare(
      """
      update resource set service = ?, host = ?, instance = ?, version = ?, attributes = ?
      where id = ?
      """)
    let insertScope = try connection.prepare("insert into scope (name, version) values (?, ?)")
    let updateScope = try connection.prepare(
      "update scope set name = ?, version = ? where id = ?")
    names = RowIDs(limit: limit)
    resources = RowIDs(limit: limit)
    scopes = RowIDs(limit: limit)
    self.insertName = insertName
    self.insertResource = insertResource
    self.updateResource = updateResource
    self.insertScope = insertScope
    self.updateScope = updateScope
  }

  /// Forgets all that a rolled-back transaction may have stored, and learns the names that are there.
  mutating func reload(_ connection: borrowing Connection) throws(SQLiteFault) {
    names.removeAll()
    resources.removeAll()
    scopes.removeAll()
    startSource()
    var rows = try connection.prepare("select id, text from name where id > 0 order by id")
    while !names.isFull, try rows.step() {
      let id = rows.int(0)
      unsafe rows.withText(1) { unsafe names.note($0, id: id) }
    }
    rows.reset()
  }

  /// Late numbers are unique within a source only.
  mutating func startSource() {
    lateResources.removeAll()
    lateScopes.removeAll()
  }

  /// Closes a source.
  ///
  /// - Returns: how many resources never arrived; their service is called `unknown_service`.
  mutating func finishSource() throws(SQLiteFault) -> Int {
    let missing = lateResources.values.filter { !$0.isKnown }
    if !missing.isEmpty {
      let service = try id(of: "unknown_service")
      for late in missing { try updateResource.store([service, 0, 0, 0], [], row: late.id) }
    }
    startSource()
    return missing.count
  }

  /// Row ids of all that a batch refers to.
  mutating func rowIDs(for batch: borrowing SpanBatch) throws(SQLiteFault) -> Batch {
    var result = Batch()
    result.names.reserveCapacity(batch.symbols.count)
    for index in 0..<batch.symbols.count {
      result.names.append(
        try unsafe batch.symbols.withBytes(of: Symbol(UInt32(index))) { text in
          Result { () throws(SQLiteFault) in try unsafe id(of: text) }
        }.get())
    }
    for index in batch.resources.indices {
      result.resources.append(try id(of: batch.resources[index], result.names, batch.text))
    }
    for index in batch.scopes.indices {
      result.scopes.append(try id(of: batch.scopes[index], result.names))
    }
    return result
  }

  private mutating func id(of name: String) throws(SQLiteFault) -> Int64 {
    let bytes = Array(name.utf8)
    return try unsafe bytes.withUnsafeBufferPointer { (text) throws(SQLiteFault) in
      try unsafe id(of: UnsafeRawBufferPointer(text))
    }
  }

  private mutating func id(of name: UnsafeRawBufferPointer) throws(SQLiteFault) -> Int64 {
    if let known = unsafe names.find(name) { return known }
    unsafe insertName.bindStatic(name, at: 1)
    try insertName.execute()
    insertName.clear()
    names.add(insertName.lastInsertedRow)
    return insertName.lastInsertedRow
  }

  private mutating func id(
    of row: ResourceRow, _ names: [Int64], _ text: [UInt8]
  ) throws(SQLiteFault) -> Int64 {
    let fields = [
      names[Int(row.service.index)], names[Int(row.host.index)], names[Int(row.instance.index)],
      names[Int(row.version.index)],
    ]
    let attributes = text[row.attributes.bytes]
    if row.late != 0, let late = lateResources[row.late] {
      if row.isKnown, !late.isKnown {
        try updateResource.store(fields, attributes, row: late.id)
        lateResources[row.late]?.isKnown = true
      }
      return late.id
    }
    guard row.isKnown else {
      try insertResource.store([0, 0, 0, 0], [])
      let id = insertResource.lastInsertedRow
      lateResources[row.late] = Late(id: id, isKnown: false)
      return id
    }
    let key = RowCatalog.key(fields) + attributes
    let known = unsafe key.withUnsafeBytes { unsafe resources.find($0) }
    if known == nil {
      try insertResource.store(fields, attributes)
      resources.add(insertResource.lastInsertedRow)
    }
    let id = known ?? insertResource.lastInsertedRow
    if row.late != 0 { lateResources[row.late] = Late(id: id, isKnown: true) }
    return id
  }

  private mutating func id(of row: ScopeRow, _ names: [Int64]) throws(SQLiteFault) -> Int64 {
    let fields = [names[Int(row.name.index)], names[Int(row.version.index)]]
    if row.late != 0, let late = lateScopes[row.late] {
      if row.isKnown, !late.isKnown {
        try updateScope.store(fields, row: late.id)
        lateScopes[row.late]?.isKnown = true
      }
      return late.id
    }
    guard row.isKnown else {
      try insertScope.store([0, 0])
      let id = insertScope.lastInsertedRow
      lateScopes[row.late] = Late(id: id, isKnown: false)
      return id
    }
    if row.late == 0, fields == [0, 0] { return 0 }
    let known = unsafe RowCatalog.key(fields).withUnsafeBytes { unsafe scopes.find($0) }
    if known == nil {
      try insertScope.store(fields)
      scopes.add(insertScope.lastInsertedRow)
    }
    let id = known ?? insertScope.lastInsertedRow
    if row.late != 0 { lateScopes[row.late] = Late(id: id, isKnown: true) }
    return id
  }

  private static func key(_ fields: [Int64]) -> [UInt8] {
    fields.flatMap { field in (0..<8).map { UInt8(truncatingIfNeeded: field >> ($0 * 8)) } }
  }
}

extension RawStatement {
  /// Binds numbers (NULL for 0), then a text where one is given, then a row where one is given, and runs.
  fileprivate mutating func store(
    _ fields: [Int64], _ text: ArraySlice<UInt8>? = nil, row: Int64? = nil
  ) throws(SQLiteFault) {
    var index: Int32 = 0
    for field in fields {
      index += 1
      bindUnlessZero(field, at: index)
    }
    let empty: ArraySlice<UInt8> = []
    try unsafe (text ?? empty).withUnsafeBufferPointer { (bytes) throws(SQLiteFault) in
      if text != nil {
        index += 1
        unsafe bindStatic(UnsafeRawBufferPointer(bytes), at: index)
      }
      if let row { bind(row, at: index + 1) }
      try execute()
      clear()
    }
  }
}

extension TextRange {
  /// The same as a range of `SpanBatch.text`.
  var bytes: Range<Int> { Int(start)..<Int(start) + Int(count) }
}
