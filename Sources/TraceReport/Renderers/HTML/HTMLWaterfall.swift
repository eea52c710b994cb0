import TraceAnalysis
import TraceModel

extension HTMLPage {
  /// One trace: a row a span with its bar, the critical path in it, what went wrong and what was logged.
  mutating func write(_ exemplar: Findings.ExemplarTrace, folded: Bool) {
    let anchor = anchors[exemplar.id] ?? "trace-other"
    let open: HTML = folded ? "" : " open"
    out += "<details class=\"wf\" id=\"\(anchor)\"\(open)><summary>"
    out += "<span class=\"what\">\(operation(exemplar.endpoint))</span>"
    out +=
      "<span class=\"badge \(exemplar.failed ? "bad" : "good")\">\(exemplar.failed ? "failed" : "succeeded")</span>"
    out += "<span class=\"len\">\(durationText(exemplar.totalNs))</span>"
    out += "<span class=\"why\">\(HTML(cut: Section.sentence(exemplar.reason), to: 300))</span>"
    out +=
      "</summary>\n<p class=\"about\">Trace <code class=\"trace\">\(HTML(cut: exemplar.id, to: 80))</code>, "
    out +=
      "started \(clock.text(exemplar.startNs, digits: 3)), \(counted(exemplar.spanCount, "span"))"
    if exemplar.spanCount > exemplar.rows.count {
      out += ", \(countText(exemplar.rows.count)) of them shown"
    }
    out += ".</p>\n<p class=\"legend\"><span class=\"k crit\">full: on the critical path</span> "
    out += "<span class=\"k span\">pale: rest of the span</span> "
    out += "<span class=\"k err\">red: an error began here</span> "
    out +=
      "<span class=\"k failed\">pale red: failed with it; outlined: off the critical path</span> "
    out += "<span class=\"k tick\">log line</span> "
    if exemplar.rows.contains(where: { $0.logs.contains { $0.confidence != nil } }) {
      out +=
        "<span class=\"k tick joined\">~ and a percentage: a log line that names no trace, joined to it, and how likely that is right</span> "
    }
    out +=
      "<span class=\"quiet\">Open a row for its details.</span></p>\n"
    let range = exemplar.timeRange
    out += "<div class=\"rows\">"
    out +=
      "<div class=\"row head\"><span class=\"lbl\">Span</span>\(ruler(range))<span class=\"num\">Length</span><span class=\"num self\">Self</span></div>\n"
    let start = out.count
    var drawn = 0
    for (row, news) in zip(exemplar.rows, exemplar.news) {
      let used = out.count - start
      if used > HTMLPage.waterfallRoom { break }
      write(row, of: exemplar, range, news, isWhole: used < HTMLPage.detailRoom)
      drawn += 1
    }
    if drawn < exemplar.rows.count {
      out +=
        "<p class=\"quiet rest\">\(counted(exemplar.rows.count - drawn, "more span is", "more spans are")) left out to keep this page small: <code>\(HTML(cut: options.command("trace \(shellWord(exemplar.id))"), to: 200))</code></p>\n"
    }
    out += "</div>\n"
    if !exemplar.looseLogs.isEmpty {
      out += "<h4>\(exemplar.looseLogWords)</h4>\n"
      write(logs: exemplar.looseLogs, limit: 20)
    }
    out += "</details>\n"
  }

  private mutating func write(
    _ row: Findings.WaterfallRow, of exemplar: Findings.ExemplarTrace, _ range: Range<Int64>,
    _ news: (clock: Bool, error: Bool), isWhole: Bool
  ) {
    let depth = min(max(0, row.depth), 20)
    let hue = hues[row.operation.service] ?? 0
    let state: HTML = !row.isError ? "" : row.errorClass == "self" ? " bad began" : " bad"
    let path: HTML = row.critical.isEmpty ? "" : " crit"
    out +=
      "<details class=\"sp h\(hue)\(state)\(path)\"><summary class=\"row\"><span class=\"lbl d\(depth)\"><i></i>"
    if row.depth > 20 { out += "<small>[\(row.depth)]</small> " }
    out += operation(row.operation)
    if row.isError {
      out +=
        row.errorClass == "self"
        ? " <span class=\"badge bad first\">error began here</span>"
        : " <span class=\"badge bad\">error</span>"
    }
    if row.edge != "sync", row.edge != "root" {
      out += " <span class=\"badge plain\">\(shortened(edgeWords(row.edge), to: 30))</span>"
    }
    if news.clock {
      out += " <span class=\"badge warn\">clock \(signedDurationText(row.shiftNs))</span>"
    }
    out +=
      "</span>\(track(row, exemplar, range))<span class=\"num\">\(durationText(row.durationNs))</span>"
    out += "<span class=\"num self\">\(durationText(row.selfNs))</span></summary>"
    if isWhole {
      writeDetails(row)
    } else {
      out += "<p class=\"quiet more\">Details are left out here to keep this page small.</p>"
    }
    out += "</details>"
    if news.error {
      out += "<p class=\"err d\(depth)\">\(HTML(cut: row.errorText, to: 240))</p>"
    }
    if isWhole, !row.logs.isEmpty {
      out += "<ol class=\"logs d\(depth)\">"
      for line in row.logs.prefix(3) { out += log(line) }
      if row.logs.count > 3 {
        out += "<li class=\"more\">\(counted(row.logs.count - 3, "more line")) in the details</li>"
      }
      out += "</ol>"
    }
    out += "\n"
  }

  private mutating func writeDetails(_ row: Findings.WaterfallRow) {
    out += "<div class=\"more\"><dl>"
    func pair(_ name: String, _ value: String) -> HTML {
      "<div><dt>\(HTML(cut: name, to: 60))</dt><dd>\(HTML(cut: value, to: 240))</dd></div>"
    }
    out += pair("span", row.span)
    out += pair("starts", signedDurationText(row.startNs) + " after the root")
    let onPath = row.critical.filter { $0.count == 2 }.reduce(Int64(0)) { $0 &+ ($1[1] &- $1[0]) }
    out += pair("on the critical path", durationText(onPath))
    out += pair("edge", row.edge)
    if !row.peer.isEmpty { out += pair("peer", row.peer) }
    if row.errorClass != "none", !row.errorClass.isEmpty {
      out += pair("error class", row.errorClass)
    }
    if row.shiftNs != 0 { out += pair("clock corrected by", signedDurationText(row.shiftNs)) }
    for attribute in row.attributes.prefix(40) where attribute.count >= 2 {
      out += pair(attribute[0], attribute[1])
    }
    out += "</dl>"
    if row.logs.count > 3 { write(logs: row.logs, limit: 10) }
    out += "</div>"
  }

  private func edgeWords(_ edge: String) -> String {
    edge.hasPrefix("detached:") ? "not waited for" : edge.replacing("_", with: " ")
  }

  private func place(_ time: Int64, _ range: Range<Int64>) -> Double {
    let length = max(1, Double(range.upperBound) - Double(range.lowerBound))
    return min(1, max(0, (Double(time) - Double(range.lowerBound)) / length))
  }

  /// The bar of a span: its whole length pale, its stretches on the critical path strong, log lines as ticks.
  private func track(
    _ row: Findings.WaterfallRow, _ exemplar: Findings.ExemplarTrace, _ range: Range<Int64>
  ) -> HTML {
    var picture: HTML =
      "<svg class=\"track\" width=\"100%\" height=\"18\" aria-hidden=\"true\"><line class=\"base\" x1=\"0\" x2=\"100%\" y1=\"9\" y2=\"9\"/>"
    func rect(_ name: HTML, _ from: Int64, _ to: Int64, _ y: Int, _ height: Int) -> HTML {
      let left = min(place(from, range), 0.997)
      let width = max(0.003, place(to, range) - left)
      return
        "<rect class=\"\(name)\" x=\"\(Percent(left))\" y=\"\(y)\" width=\"\(Percent(width))\" height=\"\(height)\" rx=\"2\"/>"
    }
    picture += rect("all", row.startNs, row.startNs &+ max(0, row.durationNs), 4, 10)
    for segment in joined(row.critical, range) {
      picture += rect("cp", segment.lowerBound, segment.upperBound, 4, 10)
    }
    for line in row.logs.prefix(10) {
      guard let time = line.timeNs else { continue }
      let at = Percent(place(time &- exemplar.startNs, range))
      let name: HTML = line.confidence == nil ? "tick" : "tick joined"
      picture += "<line class=\"\(name)\" x1=\"\(at)\" x2=\"\(at)\" y1=\"1\" y2=\"17\"/>"
    }
    picture += "</svg>"
    return picture
  }

  /// Stretches of the critical path, those joined that no screen can tell apart; at most 40.
  private func joined(_ segments: [[Int64]], _ range: Range<Int64>) -> [Range<Int64>] {
    var result: [Range<Int64>] = []
    for segment in segments where segment.count == 2 && segment[0] <= segment[1] {
      if let last = result.last,
        result.count >= 40 || place(segment[0], range) - place(last.upperBound, range) < 0.002
      {
        let end = max(last.upperBound, segment[1])
        result[result.count - 1] = min(last.lowerBound, segment[0])..<end
      } else {
        result.append(segment[0]..<segment[1])
      }
    }
    return result
  }

  /// Lengths along the top of a waterfall.
  private func ruler(_ range: Range<Int64>) -> HTML {
    var picture: HTML = "<svg class=\"track\" width=\"100%\" height=\"18\" aria-hidden=\"true\">"
    for step in 0...2 {
      let fraction = Double(step) / 2
      let time = range.lowerBound &+ Int64(Double(range.upperBound &- range.lowerBound) * fraction)
      let anchor: HTML = step == 0 ? "start" : step == 2 ? "end" : "middle"
      picture +=
        "<text x=\"\(Percent(fraction))\" y=\"13\" text-anchor=\"\(anchor)\">\(durationText(time))</text>"
    }
    picture += "</svg>"
    return picture
  }
}
