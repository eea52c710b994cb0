import TraceAnalysis
import TraceModel

/// How many services and calls are drawn; the table below the picture holds more.
private let nodeLimit = 40
private let edgeLimit = 90

/// Who calls whom, callers to the left: lines as wide as their calls, red by the share that failed.
///
/// - Parameter culprit: the service that the verdict names; it is framed.
func serviceMapPicture(_ map: Findings.ServiceMap, culprit: String) -> HTML {
  let nodes = chosenNodes(map)
  var index: [String: Int] = [:]
  for (place, node) in nodes.enumerated() { index[node.name] = place }
  let edges = chosenEdges(map, index)
  let lines = edges.compactMap { edge -> MapLayout.Line? in
    guard let caller = index[edge.caller], let callee = index[edge.callee] else { return nil }
    return MapLayout.Line(caller: caller, callee: callee)
  }
  let layout = MapLayout(count: nodes.count, lines: lines)
  let size: HTML =
    "width=\"\(pixels(layout.width))\" height=\"\(pixels(layout.height))\" viewBox=\"0 0 \(pixels(layout.width)) \(pixels(layout.height))\""
  var picture: HTML =
    "<div class=\"scroll map\" tabindex=\"0\"><svg \(size) role=\"img\" aria-label=\"Service map\">\n"
  let most = Double(max(1, edges.map(\.requests).max() ?? 1))
  for (place, edge) in edges.enumerated() where place < layout.routes.count {
    picture += draw(edge, layout.routes[place], isBack: layout.isBack[place], most: most)
  }
  for (place, node) in nodes.enumerated() {
    picture += draw(node, layout.boxes[place], isOrigin: node.name == culprit)
  }
  picture += "</svg></div>\n<p class=\"legend\">"
  picture +=
    "<span class=\"k wide\">width: number of calls</span> <span class=\"k red\">red: share that failed</span> <span class=\"k dash\">dashed: the caller does not wait</span> <span class=\"k ghost\">dotted box: sends no spans</span> <span class=\"k ring\">red frame: named by the verdict</span>"
  if map.nodeCount > nodes.count || map.edgeCount > edges.count {
    picture +=
      " <span class=\"k\">drawn: \(countText(nodes.count)) of \(counted(map.nodeCount, "service")), \(countText(edges.count)) of \(counted(map.edgeCount, "call"))</span>"
  }
  picture += "</p>\n"
  return picture
}

/// Those with errors first, then the busiest; drawn in order of name.
private func chosenNodes(_ map: Findings.ServiceMap) -> [Findings.ServiceNode] {
  var seen: Set<String> = []
  let distinct = map.nodes.filter { seen.insert($0.name).inserted }
  let ranked = distinct.sorted {
    ($1.origins, $1.errors, $1.requests, $0.name) < ($0.origins, $0.errors, $0.requests, $1.name)
  }
  return ranked.prefix(nodeLimit).sorted { $0.name < $1.name }
}

/// One line a pair of services.
private func chosenEdges(
  _ map: Findings.ServiceMap, _ index: [String: Int]
) -> [Findings.ServiceEdge] {
  var merged: [Findings.ServiceEdge] = []
  var known: [String: [String: Int]] = [:]
  for edge in map.edges
  where edge.caller != edge.callee && index[edge.caller] != nil && index[edge.callee] != nil {
    if let place = known[edge.caller]?[edge.callee] {
      merged[place].requests &+= edge.requests
      merged[place].errors &+= edge.errors
      merged[place].isDetached = merged[place].isDetached && edge.isDetached
    } else {
      known[edge.caller, default: [:]][edge.callee] = merged.count
      merged.append(edge)
    }
  }
  let ranked = merged.sorted {
    ($1.errors, $1.requests, $0.caller, $0.callee) < ($0.errors, $0.requests, $1.caller, $1.callee)
  }
  return ranked.prefix(edgeLimit).sorted { ($0.caller, $0.callee) < ($1.caller, $1.callee) }
}

private func draw(
  _ edge: Findings.ServiceEdge, _ route: [MapLayout.Point], isBack: Bool, most: Double
) -> HTML {
  guard let first = route.first, let last = route.last else { return HTML() }
  // The head is a triangle of 9 by 8 pixels; the line ends where it begins.
  var points = route
  if isBack {
    points[0].x += 7
  } else {
    points[points.count - 1].x -= 7
  }
  var path = "M\(pixels(points[0].x)) \(pixels(points[0].y))"
  for (a, b) in zip(points, points.dropFirst()) {
    if a.y == b.y {
      path += "H\(pixels(b.x))"
    } else {
      let middle = pixels((a.x + b.x) / 2)
      path += "C\(middle) \(pixels(a.y)) \(middle) \(pixels(b.y)) \(pixels(b.x)) \(pixels(b.y))"
    }
  }
  let width = 1.2 + 5 * (Double(max(0, edge.requests)) / most).squareRoot()
  let share = edge.requests > 0 ? Double(edge.errors) / Double(edge.requests) : 0
  let dash: HTML = edge.isDetached ? " stroke-dasharray=\"6 4\"" : ""
  var words = "\(edge.caller) to \(edge.callee): \(counted(edge.requests, "call"))"
  words += ", \(countText(edge.errors)) failed (\(percentText(share)))"
  if let median = edge.p50Ns { words += ", median \(durationText(median))" }
  if let p95 = edge.p95Ns { words += ", p95 \(durationText(p95))" }
  if edge.isDetached { words += "; the caller does not wait" }
  var line: HTML =
    "<g class=\"edge\"><title>\(shortened(words, to: 240))</title><path d=\"\(path)\" stroke-width=\"\(pixels(width))\"\(dash)/>"
  if edge.errors > 0 {
    let red = max(1, width * min(1, share))
    let face: HTML = share < 0.01 ? "bad few" : "bad"
    line += "<path class=\"\(face)\" d=\"\(path)\" stroke-width=\"\(pixels(red))\"\(dash)/>"
  }
  let tip = isBack ? first : last
  let side = isBack ? 9.0 : -9.0
  let face: HTML = share >= 0.5 ? " class=\"bad\"" : ""
  line +=
    "<polygon\(face) points=\"\(pixels(tip.x)),\(pixels(tip.y)) \(pixels(tip.x + side)),\(pixels(tip.y - 4.5)) \(pixels(tip.x + side)),\(pixels(tip.y + 4.5))\"/></g>\n"
  return line
}

private func draw(_ node: Findings.ServiceNode, _ at: MapLayout.Point, isOrigin: Bool) -> HTML {
  let share = node.requests > 0 ? Double(node.errors) / Double(node.requests) : 0
  let face: HTML = node.isPeer ? "node peer" : isOrigin ? "node origin" : "node"
  let room = MapLayout.boxWidth - 20
  let x = pixels(at.x)
  let y = pixels(at.y)
  func text(_ line: Double, _ name: HTML, _ words: String, _ size: Double) -> HTML {
    "<text class=\"\(name)\" x=\"\(pixels(at.x + 10))\" y=\"\(pixels(at.y + line))\">\(cutToWidth(words, room, size: size))</text>"
  }
  var words = "\(node.name): \(counted(node.requests, "request")), \(countText(node.errors)) failed"
  words += ", \(counted(node.origins, "error")) began here, self time \(durationText(node.selfNs))"
  var box: HTML = "<g class=\"\(face)\"><title>\(shortened(words, to: 240))</title>"
  box +=
    "<rect class=\"box\" x=\"\(x)\" y=\"\(y)\" width=\"\(pixels(MapLayout.boxWidth))\" height=\"\(pixels(MapLayout.boxHeight))\" rx=\"7\"/>"
  box += text(20, "n", node.name, 13)
  let length =
    node.p95Ns.map { ", p95 \(durationText($0))" } ?? node.p50Ns.map { ", p50 \(durationText($0))" }
  box += text(
    37, "c", "\(countText(node.requests)) \(node.isPeer ? "calls" : "req")\(length ?? "")", 10.5)
  if node.errors > 0 { box += text(52, "c f", "\(percentText(share)) failed", 10.5) }
  if node.errors > 0 {
    let wide = max(3, (MapLayout.boxWidth - 16) * min(1, share))
    box +=
      "<rect class=\"share\" x=\"\(pixels(at.x + 8))\" y=\"\(pixels(at.y + MapLayout.boxHeight - 4))\" width=\"\(pixels(wide))\" height=\"2.5\" rx=\"1.2\"/>"
  }
  box += "</g>\n"
  return box
}

/// As much of a text's beginning and end as fits a width, by the widest of the usual fonts.
package func cutToWidth(_ text: String, _ width: Double, size: Double) -> String {
  let shown = shortened(text, to: 80)
  if textWidth(shown, size: size) <= width { return shown }
  let columns = Array(shown)
  var kept = columns.count - 1
  // The middle gives way: services of one system often differ in their last word alone.
  while kept > 1 {
    let cut = String(columns.prefix((kept + 1) / 2)) + "…" + String(columns.suffix(kept / 2))
    if textWidth(cut, size: size) <= width { return cut }
    kept -= 1
  }
  return "…"
}
