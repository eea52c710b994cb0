import TraceModel

/// What a list of a document holds.
enum ListKind: UInt8, Sendable {
  case span, log, metric

  /// The bit of a kind in a set of them.
  var bit: UInt8 { 1 << rawValue }
}

/// Neighbouring elements of one list, lifted out of a document that is read in pieces.
struct Run: Sendable {
  /// What the elements are.
  var kind: ListKind
  /// The first element's first byte in the chunk.
  var start: Int
  /// The byte behind the last element.
  var end: Int
  /// How many elements there are.
  var count: Int
  /// Offset of the document in its source.
  var recordOffset: Int64
  /// How many elements of the document stand before the first one.
  var ordinal: Int64
  /// Number of the resource that they belong to; unique within the source.
  var resource: UInt64
  /// Number of the scope that they belong to; unique within the source.
  var scope: UInt64
}

/// What is left of a scope, a resource or a whole document once its lists were lifted out: a small JSON object.
struct Skeleton: Sendable {
  /// The number by which runs refer to it.
  var number: UInt64
  /// Whether all runs that refer to it stand in the same chunk.
  var isLocal: Bool
  /// The object's text.
  var text: [UInt8]
  /// Kinds of which a resource's lists held something, as bits.
  var listed: UInt8
  /// Offset of the document in its source.
  var recordOffset: Int64
}

/// A piece of a chunk.
enum Item: Sendable {
  /// Whole lines, a record each; `isCut`: the last one ends with the source and not with a line break.
  case lines(start: Int, end: Int, isCut: Bool)
  /// One record; `isCut`: the source ends inside it.
  case record(start: Int, end: Int, isCut: Bool)
  /// Elements of a list.
  case run(Run)
  /// A scope whose lists are complete.
  case scope(Skeleton)
  /// A resource whose lists are complete.
  case resource(Skeleton)
  /// A document that is complete; `sawList`: it held lists that we know.
  case document(Skeleton, sawList: Bool)
  /// Elements of a list that are records of their own.
  case elements(ElementRun)
  /// What is left of a document whose lists were lifted out, as text; `sawList`: it held some.
  case rest([UInt8], offset: Int64, sawList: Bool)
  /// What is left of an element whose own lists were lifted out.
  case elementRest([UInt8], offset: Int64)
  /// A defect that was seen while splitting.
  case defect(Defect.Kind, offset: Int64)
  /// An element that exceeds the size limit.
  case dropped(ListKind, offset: Int64)
}

/// Bytes of whole records with their place in the source: what one decode task works on.
struct Chunk: ~Copyable {
  /// The bytes.
  var buffer: ByteBuffer
  /// Offset of the first byte in the decompressed source.
  var base: Int64 = 0
  /// What the bytes hold, in their order.
  var items: [Item] = []
  /// Nothing follows: records that are open end here.
  var isEnd = false
  /// How many bytes of the file on disk were read so far.
  var bytesRead: Int64 = 0

  init(capacity: Int) { buffer = ByteBuffer(capacity: capacity) }
}
