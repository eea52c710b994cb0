import TraceAnalysis

/// Places services on a page: callers left of callees, lines that pass through no box, boxes that never overlap.
///
/// Circles are cut where a walk from the callers meets itself; layers are longest paths; lines over several layers go
/// through places of their own; order within layers follows the neighbours, and of eight sweeps the one with the fewest
/// crossings is kept.
///
/// - Source: Sugiyama, Tagawa, Toda, "Methods for visual understanding of hierarchical system structures", 1981.
/// - Complexity: O(sweeps · lines²) within neighbouring layers; nodes and lines are limited by the caller.
package struct MapLayout {
  /// Width and height of a box, and the room between layers.
  package static let boxWidth = 172.0
  package static let boxHeight = 62.0
  static let layerGap = 52.0
  private static let rowGap = 20.0
  private static let laneHeight = 10.0

  /// A line from caller to callee, by index of the nodes.
  package struct Line {
    package var caller: Int
    package var callee: Int

    /// A line of its ends.
    package init(caller: Int, callee: Int) {
      self.caller = caller
      self.callee = callee
    }
  }

  package struct Point: Equatable {
    package var x: Double
    package var y: Double
  }

  /// Upper left corner of each node's box.
  package private(set) var boxes: [Point] = []
  /// For each line the places that it passes, left to right: two for each layer between its ends.
  package private(set) var routes: [[Point]] = []
  /// Whether a line runs from right to left, against the others.
  package private(set) var isBack: [Bool] = []
  /// Size of the whole.
  package private(set) var width = 0.0
  package private(set) var height = 0.0

  /// One place in a layer: a box, or a lane for a line that passes.
  private struct Place {
    var node: Int
    var layer: Int
    var y = 0.0
    var height: Double
    var before: [Int] = []
    var after: [Int] = []
  }
  private var places: [Place] = []
  private var layers: [[Int]] = []
  /// For each line its places, left to right.
  private var chains: [[Int]] = []

  /// A layout of nodes 0..<`count`; lines join different nodes.
  package init(count: Int, lines: [Line]) {
    guard count > 0 else { return }
    isBack = MapLayout.backLines(count, lines)
    let forward = zip(lines, isBack).map { $1 ? Line(caller: $0.callee, callee: $0.caller) : $0 }
    let layer = MapLayout.layers(count, forward)
    buildPlaces(count, forward, layer)
    order()
    settle()
    finish(count, forward)
  }

  /// Lines that close a circle in a walk from the callers, in order of index.
  private static func backLines(_ count: Int, _ lines: [Line]) -> [Bool] {
    var outgoing = Array(repeating: [Int](), count: count)
    var isCalled = Array(repeating: false, count: count)
    for (index, line) in lines.enumerated() {
      outgoing[line.caller].append(index)
      isCalled[line.callee] = true
    }
    var isBack = Array(repeating: false, count: lines.count)
    // 0 not seen, 1 on the way, 2 done.
    var state = Array(repeating: 0, count: count)
    let starts = (0..<count).filter { !isCalled[$0] } + (0..<count).filter { isCalled[$0] }
    for start in starts where state[start] == 0 {
      var stack = [(node: start, next: 0)]
      state[start] = 1
      while let top = stack.last {
        guard top.next < outgoing[top.node].count else {
          state[top.node] = 2
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next += 1
        let line = outgoing[top.node][top.next]
        let callee = lines[line].callee
        if state[callee] == 1 {
          isBack[line] = true
        } else if state[callee] == 0 {
          state[callee] = 1
          stack.append((callee, 0))
        }
      }
    }
    return isBack
  }

  /// Longest path from a caller; a node that nobody calls stands just left of what it calls.
  private static func layers(_ count: Int, _ lines: [Line]) -> [Int] {
    var layer = Array(repeating: 0, count: count)
    var waiting = Array(repeating: 0, count: count)
    var outgoing = Array(repeating: [Int](), count: count)
    for line in lines {
      waiting[line.callee] += 1
      outgoing[line.caller].append(line.callee)
    }
    let isCalled = waiting.map { $0 > 0 }
    var ready = (0..<count).filter { waiting[$0] == 0 }
    while let node = ready.popLast() {
      for callee in outgoing[node] {
        layer[callee] = max(layer[callee], layer[node] + 1)
        waiting[callee] -= 1
        if waiting[callee] == 0 { ready.append(callee) }
      }
    }
    for node in 0..<count where !isCalled[node] {
      if let nearest = outgoing[node].map({ layer[$0] }).min() { layer[node] = nearest - 1 }
    }
    return layer
  }

  private mutating func buildPlaces(_ count: Int, _ lines: [Line], _ layer: [Int]) {
    layers = Array(repeating: [], count: (layer.max() ?? 0) + 1)
    for node in 0..<count {
      places.append(Place(node: node, layer: layer[node], height: MapLayout.boxHeight))
    }
    for node in 0..<count { layers[layer[node]].append(node) }
    for line in lines {
      var chain = [line.caller]
      for between in stride(from: layer[line.caller] + 1, to: layer[line.callee], by: 1) {
        layers[between].append(places.count)
        chain.append(places.count)
        places.append(Place(node: -1, layer: between, height: MapLayout.laneHeight))
      }
      chain.append(line.callee)
      for (a, b) in zip(chain, chain.dropFirst()) {
        places[a].after.append(b)
        places[b].before.append(a)
      }
      chains.append(chain)
    }
  }

  private mutating func order() {
    var best = layers
    var fewest = crossings()
    for sweep in 0..<8 where fewest > 0 {
      let isDown = sweep % 2 == 0
      let order = isDown ? Array(layers.indices.dropFirst()) : layers.indices.dropLast().reversed()
      for index in order {
        let rank = ranks(of: isDown ? index - 1 : index + 1)
        let keyed = layers[index].enumerated().map { position, place -> (Double, Int, Int) in
          let near = isDown ? places[place].before : places[place].after
          let known = near.compactMap { rank[$0] }
          let centre =
            known.isEmpty
            ? Double(position) : Double(known.reduce(0, +)) / Double(known.count)
          return (centre, position, place)
        }
        layers[index] = keyed.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
      }
      let now = crossings()
      if now < fewest {
        fewest = now
        best = layers
      }
    }
    layers = best
  }

  private func ranks(of layer: Int) -> [Int: Int] {
    var rank: [Int: Int] = [:]
    for (position, place) in layers[layer].enumerated() { rank[place] = position }
    return rank
  }

  private func crossings() -> Int {
    var count = 0
    for index in layers.indices.dropLast() {
      let rank = ranks(of: index + 1)
      var ends: [(Int, Int)] = []
      for (position, place) in layers[index].enumerated() {
        ends += places[place].after.compactMap { next in rank[next].map { (position, $0) } }
      }
      for a in ends.indices {
        for b in ends.indices.dropFirst(a + 1) where ends[a].0 < ends[b].0 && ends[a].1 > ends[b].1
        {
          count += 1
        }
      }
    }
    return count
  }

  /// Centres near those of the neighbours. Pushing down and pushing up both keep the distances; so does their mean.
  private mutating func settle() {
    for layer in layers {
      var y = 0.0
      for place in layer {
        places[place].y = y + places[place].height / 2
        y += places[place].height + MapLayout.rowGap
      }
    }
    for pass in 0..<24 {
      let order = pass % 2 == 0 ? Array(layers.indices) : layers.indices.reversed()
      for index in order {
        let layer = layers[index]
        let wanted = layer.map { place -> Double in
          let near = places[place].before + places[place].after
          if near.isEmpty { return places[place].y }
          return near.map { places[$0].y }.reduce(0, +) / Double(near.count)
        }
        var down = wanted
        var up = wanted
        for i in layer.indices.dropFirst() {
          down[i] = max(down[i], down[i - 1] + distance(layer[i - 1], layer[i]))
        }
        for i in layer.indices.dropLast().reversed() {
          up[i] = min(up[i], up[i + 1] - distance(layer[i], layer[i + 1]))
        }
        for i in layer.indices { places[layer[i]].y = (down[i] + up[i]) / 2 }
      }
    }
    let top = places.map { $0.y - $0.height / 2 }.min() ?? 0
    for index in places.indices { places[index].y -= top - 6 }
  }

  private func distance(_ a: Int, _ b: Int) -> Double {
    (places[a].height + places[b].height) / 2 + MapLayout.rowGap
  }

  private mutating func finish(_ count: Int, _ lines: [Line]) {
    let step = MapLayout.boxWidth + MapLayout.layerGap
    func left(_ place: Int) -> Double { 6 + Double(places[place].layer) * step }
    boxes = (0..<count).map { Point(x: left($0), y: places[$0].y - MapLayout.boxHeight / 2) }
    width = 12 + Double(layers.count) * step - MapLayout.layerGap
    height = 6 + (places.map { $0.y + $0.height / 2 }.max() ?? 0)
    // Lines leave and enter a box side by side, in the order of where they go.
    var ports = Array(repeating: (leave: 0.0, enter: 0.0), count: lines.count)
    for node in 0..<count {
      let out = lines.indices.filter { lines[$0].caller == node }.sorted {
        (places[chains[$0][1]].y, $0) < (places[chains[$1][1]].y, $1)
      }
      for (i, line) in out.enumerated() { ports[line].leave = offset(i, out.count) }
      let into = lines.indices.filter { lines[$0].callee == node }.sorted {
        let a = chains[$0][chains[$0].count - 2]
        let b = chains[$1][chains[$1].count - 2]
        return (places[a].y, $0) < (places[b].y, $1)
      }
      for (i, line) in into.enumerated() { ports[line].enter = offset(i, into.count) }
    }
    for (index, chain) in chains.enumerated() {
      var route: [Point] = []
      for (position, place) in chain.enumerated() {
        let y = places[place].y
        if position == 0 {
          route.append(Point(x: left(place) + MapLayout.boxWidth, y: y + ports[index].leave))
        } else if position == chain.count - 1 {
          route.append(Point(x: left(place), y: y + ports[index].enter))
        } else {
          route.append(Point(x: left(place), y: y))
          route.append(Point(x: left(place) + MapLayout.boxWidth, y: y))
        }
      }
      routes.append(route)
    }
  }

  private func offset(_ index: Int, _ count: Int) -> Double {
    let step = min(11, (MapLayout.boxHeight - 16) / Double(max(1, count)))
    return (Double(index) - Double(count - 1) / 2) * step
  }
}
