/// The habits of the makes of headers that a source has, learned from its first lines.
struct HabitTable: Sendable {
  /// Lines from which they are learned.
  static let learned = 64
  private static let maxMakes = 32
  /// Fewer lines of a make say nothing.
  private static let minLines = 3

  private var entries: [(make: UInt64, habits: HeaderHabits)] = []

  /// The habits of a make; those of none for others.
  subscript(make: UInt64) -> HeaderHabits {
    for entry in entries where entry.make == make { return entry.habits }
    return HeaderHabits()
  }

  /// Learns from lines: first what stands before the level, then groups, then the logger, as each is told only by those
  /// before.
  mutating func learn(_ lines: [Bytes]) {
    var makes: [UInt64: [HeaderReader]] = [:]
    for line in lines {
      var reader = HeaderReader(line)
      if reader.readStart(), !reader.isComplete {
        makes[reader.header.make, default: []].append(reader)
      }
    }
    for (make, readers) in makes.sorted(by: { $0.key < $1.key }) {
      learnStart(make, readers)
    }
    makes.removeAll()
    for line in lines {
      var reader = HeaderReader(line)
      guard reader.readStart(), !reader.isComplete else { continue }
      if reader.header.time != nil, !reader.hasLevel {
        reader.beforeLevel(self[reader.header.make])
      }
      makes[reader.header.make, default: []].append(reader)
    }
    for (make, readers) in makes.sorted(by: { $0.key < $1.key }) { learnRest(make, readers) }
  }

  private mutating func set(_ make: UInt64, _ habits: HeaderHabits) {
    if let index = entries.firstIndex(where: { $0.make == make }) {
      entries[index].habits = habits
    } else if entries.count < Self.maxMakes {
      entries.append((make, habits))
    }
  }

  /// Whether nearly all lines have something.
  private func isHabit(_ count: Int, of all: Int) -> Bool { count * 10 >= all * 9 }

  private mutating func learnStart(_ make: UInt64, _ readers: [HeaderReader]) {
    guard readers.count >= Self.minLines, readers[0].header.time != nil else { return }
    var habits = self[make]
    if readers[0].isPiped {
      let counts = readers.map { $0.countFields() }.sorted()
      habits.fields = UInt8(clamping: counts[counts.count / 10])
      return set(make, habits)
    }
    func levels(_ habits: HeaderHabits) -> Int {
      var count = 0
      for reader in readers {
        var reader = reader
        if !reader.hasLevel { reader.beforeLevel(habits) }
        if reader.hasLevel { count += 1 }
      }
      return count
    }
    let plain = levels(habits)
    guard plain < readers.count else { return }
    habits.hasLooseLevel = true
    if !isHabit(levels(habits), of: readers.count) {
      habits.hasWord = true
      habits.hasLooseLevel = false
      guard isHabit(levels(habits), of: readers.count) else { return }
    }
    set(make, habits)
  }

  private mutating func learnRest(_ make: UInt64, _ readers: [HeaderReader]) {
    guard readers.count >= Self.minLines else { return }
    var habits = self[make]
    var counts: [Int] = []
    var names: [HeaderHabits.Logger: Int] = [:]
    for reader in readers {
      var reader = reader
      counts.append(reader.countGroups())
    }
    counts.sort()
    habits.brackets = UInt8(clamping: counts[counts.count / 10])
    for reader in readers {
      var reader = reader
      reader.skipSeparators()
      for _ in 0..<habits.brackets {
        if reader.byte(reader.at) == 0x5b, let close = reader.closing(reader.at) {
          reader.at = close + 1
          reader.skipSeparators()
        }
      }
      if let name = reader.nameHere() { names[name.form, default: 0] += 1 }
    }
    for form: HeaderHabits.Logger in [.dash, .colon, .column, .dotted]
    where isHabit(names[form] ?? 0, of: readers.count) {
      habits.logger = form
      break
    }
    if habits != HeaderHabits() { set(make, habits) }
  }
}

extension HeaderReader {
  /// How many fields without blanks end with a bar behind the time.
  func countFields() -> Int {
    var count = 0
    var i = at
    while count < 4 {
      while byte(i) == 0x20 || byte(i) == 0x7c { i += 1 }
      let end = wordEnd(i)
      guard end > i, byte(end) == 0x7c else { break }
      count += 1
      i = end
    }
    return count
  }
}
