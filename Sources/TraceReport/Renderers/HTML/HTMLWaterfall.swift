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
      "<span class=\"badge \(exemplar.failed ? "bad" : "good")\">\(exemplar.failed ? "failed" : "did not fail")</span>"
    out += "<span class=\"len\">\(durationText(exemplar.totalNs))</span>"
    out += "<span class=\"why\">\(HTML(cut: Section.sentence(exemplar.reason), to: 300))</span>"
    out +=
      "</summary>\n<p class=\"about\">Trace <code class=\"trace\">\(HTML(cut: exemplar.id, to: 80))</code>, "
    out +=
      "started \(clock.text(exemplar.startNs, digits: 3)), \(counted(exemplar.spanCount, "span"))"
    if exemplar.spanCount > exemplar.rows.count {
      out += ", \(countText(exemplar.rows.count)) of them shown"
    }
    out += ".</p>\n<p class=\"legend\"><span class=\"k crit\">on the critical path</span> "
    out += "<span class=\"k span\">rest of the span</span> <span class=\"k err\">error</span> "
    out +=
      "<span class=\"k tick\">log line</span> <span class=\"quiet\">Open a row for its details.</span></p>\n"
    let range = exemplar.timeRange
    out += "<div class=\"rows\">"
    out +=
      "<div class=\"row head\"><span class=\"lbl\">Span</span>\(ruler(range))<span class=\"num\">Length</span><span class=\"num self\">Self</span></div>\n"
    for row in exemplar.rows { write(row, of: exemplar, range) }
    out += "</div>\n"
    if !exemplar.looseLogs.isEmpty {
      out += "<h4>Log lines of this trace that name none of these spans</h4>\n"
      write(logs: exemplar.looseLogs, limit: 20)
    }
    out += "</details>\n"
  }

  private mutating func write(
    _ row: Findings.WaterfallRow, of exemplar: Findings.ExemplarTrace, _ range: Range<Int64>
  ) {
    let depth = min(max(0, row.depth), 20)
    let hue = hues[row.operation.service] ?? 0
    let state: HTML = row.isError ? " bad" : ""
    let path: HTML = row.critical.isEmpty ? "" : " crit"
    out +=
      "<details class=\"sp h\(hue)\(state)\(path)\"><summary class=\"row\"><span class=\"lbl d\(depth)\"><i></i>"
    if row.depth > 20 { out += "<small>[\(row.depth)]</small> " }
    out += operation(row.operation)
    if row.isError { out += " <span class=\"badge bad\">error</span>" }
    if row.edge != "sync", row.edge != "root" {
      out += " <span class=\"badge plain\">\(shortened(edgeWords(row.edge), to: 30))</span>"
    }
    if row.shiftNs != 0 {
      out += " <span class=\"badge warn\">clock \(signedDurationText(row.shiftNs))</span>"
    }
    out +=
      "</span>\(track(row, exemplar, range))<span class=\"num\">\(durationText(row.durationNs))</span>"
    out += "<span class=\"num self\">\(durationText(row.selfNs))</span></summary>"
    let before = out.count
    if detailRoom > 0 {
      writeDetails(row)
    } else {
      out +=
        "<p class=\"quiet more\">Details are left out here to keep the page small: <code>\(options.command("trace", exemplar.id))</code></p>"
    }
    out += "</details>"
    if row.isError, !row.errorText.isEmpty {
      out += "<p class=\"err d\(depth)\">\(HTML(cut: row.errorText, to: 240))</p>"
    }
    if detailRoom > 0, !row.logs.isEmpty {
      out += "<ol class=\"logs d\(depth)\">"
      for line in row.logs.prefix(3) { out += log(line) }
      if row.logs.count > 3 {
        out += "<li class=\"more\">\(counted(row.logs.count - 3, "more line")) in the details</li>"
      }
      out += "</ol>"
    }
    detailRoom -= out.count - before
    out += "\n"
  }

  private mutating func writeDetails(_ row: Findings.WaterfallRow) {
    out += "<div class=\"more\"><dl>"
    func pair(_ name: String, _ value: String) -> HTML {
      "<div><dt>\(HTML(cut: name, to: 60))</dt><dd>\(HTML(cut: value, to: 240))</dd></div>"
    }
    out += pair("span", row.span)
    out += pair("starts", signedDurationText(row.startNs) + " after the root")
    let onPath = row.critical.filter { $0.count == 2 }.map { $0[1] &- $0[0] }.reduce(0, &+)
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
    var picture: HTML = "<svg class=\"track\" width=\"100%\" height=\"18\" aria-hidden=\"true\">"
    func rect(_ name: HTML, _ from: Int64, _ to: Int64, _ y: Int, _ height: Int) -> HTML {
      let left = min(place(from, range), 0.997)
      let width = max(0.003, place(to, range) - left)
      return
        "<rect class=\"\(name)\" x=\"\(Percent(left))\" y=\"\(y)\" width=\"\(Percent(width))\" height=\"\(height)\" rx=\"2\"/>"
    }
    picture += rect("all", row.startNs, row.startNs &+ max(0, row.durationNs), 4, 10)
    for segment in row.critical.prefix(60) where segment.count == 2 {
      picture += rect("cp", segment[0], segment[1], 4, 10)
    }
    for line in row.logs.prefix(10) {
      guard let time = line.timeNs else { continue }
      let at = Percent(place(time &- exemplar.startNs, range))
      picture += "<line class=\"tick\" x1=\"\(at)\" x2=\"\(at)\" y1=\"1\" y2=\"17\"/>"
    }
    picture += "</svg>"
    return picture
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
