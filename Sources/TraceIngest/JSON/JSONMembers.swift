/// The members of a JSON object on a tape, in their order: key, and index of the value; none where the value is no object.
struct JSONMembers: Sequence, IteratorProtocol {
  private let tape: JSONTape
  private var place: Int
  private let end: Int

  init(_ tape: JSONTape, _ object: Int) {
    self.tape = tape
    guard tape.tag(object) == JSONTape.Tag.object else {
      (place, end) = (0, 0)
      return
    }
    (place, end) = tape.inside(object)
  }

  mutating func next() -> (key: Bytes, value: Int)? {
    guard place + 1 < end else { return nil }
    defer { place = tape.after(place + 1) }
    return (tape.text(place) ?? Bytes.none, place + 1)
  }
}

/// The elements of a JSON array on a tape, as indices; none where the value is no array.
struct JSONElements: Sequence, IteratorProtocol {
  private let tape: JSONTape
  private var place: Int
  private let end: Int

  init(_ tape: JSONTape, _ array: Int) {
    self.tape = tape
    guard tape.tag(array) == JSONTape.Tag.array else {
      (place, end) = (0, 0)
      return
    }
    (place, end) = tape.inside(array)
  }

  mutating func next() -> Int? {
    guard place < end else { return nil }
    defer { place = tape.after(place) }
    return place
  }
}
