import TraceAnalysis
import TraceModel

extension Findings {
  /// The findings as they may be shown: credentials masked in every text, and shares rounded to six digits, so that
  /// nothing printed hangs on the last bit of a fraction or is no number at all.
  ///
  /// - Parameter showSecrets: leaves all text as it stands.
  /// - Returns: the findings, and how many values were masked.
  func prepared(showSecrets: Bool) -> (findings: Findings, masked: Int) {
    var pass = TextPass(isOn: !showSecrets)
    var shown = self
    shown.input.sources.mapEach { pass.apply(&$0) }
    pass.apply(&shown.verdict)
    shown.causes.mapEach { pass.apply(&$0) }
    shown.impact.failed.round()
    shown.impact.saved.round()
    shown.impact.endpoints.mapEach {
      pass.apply(&$0.operation)
      $0.failed.round()
    }
    shown.timeSpent.mapEach { selection in
      pass.apply(&selection.name)
      pass.apply(&selection.description)
      selection.rows.mapEach {
        pass.apply(&$0.operation)
        pass.apply(&$0.exemplar)
        $0.share = rounded($0.share)
      }
    }
    shown.errors.mapEach { pass.apply(&$0) }
    shown.exceptions.mapEach { pass.apply(&$0) }
    shown.otherItems.mapEach { pass.apply(&$0) }
    if var theirs = shown.backEnd {
      theirs.disagreements.mapEach {
        pass.apply(&$0.trace)
        pass.apply(&$0.theirs)
        pass.apply(&$0.ours)
      }
      theirs.annotations.mapEach { pass.apply(&$0.name) }
      shown.backEnd = theirs
    }
    shown.map.nodes.mapEach { pass.apply(&$0.name) }
    shown.map.edges.mapEach {
      pass.apply(&$0.caller)
      pass.apply(&$0.callee)
    }
    shown.latency.mapEach {
      pass.apply(&$0.operation)
      pass.apply(&$0.exemplar)
    }
    shown.invocations.mapEach {
      pass.apply(&$0.function)
      pass.apply(&$0.exemplar)
    }
    shown.metrics?.rows.mapEach {
      pass.apply(&$0.service)
      pass.apply(&$0.host)
      pass.apply(&$0.instance)
      pass.apply(&$0.name)
      pass.apply(&$0.attributes)
      pass.apply(&$0.resource)
    }
    shown.exemplars.mapEach { pass.apply(&$0) }
    shown.quality.defects.mapEach {
      pass.apply(&$0.kind)
      pass.apply(&$0.severity)
      pass.apply(&$0.firstPlace)
      pass.apply(&$0.example)
      pass.apply(&$0.explanation)
      pass.apply(&$0.remedy)
    }
    shown.quality.clocks.mapEach {
      $0.services.mapEach { pass.apply(&$0) }
      pass.apply(&$0.host)
    }
    shown.quality.orphans.mapEach { pass.apply(&$0.service) }
    shown.quality.unfinished.mapEach { pass.apply(&$0.service) }
    shown.method.mapEach { pass.apply(&$0) }
    shown.reproduce.mapEach {
      pass.apply(&$0.purpose)
      pass.apply(&$0.command)
    }
    return (shown, pass.secrets.count)
  }
}

/// Masks the texts of findings in place.
private struct TextPass {
  let isOn: Bool
  var secrets = Secrets()

  init(isOn: Bool) { self.isOn = isOn }

  mutating func apply(_ text: inout String) {
    if isOn { text = secrets.masked(text) }
  }

  mutating func apply(_ operation: inout Operation) {
    apply(&operation.service)
    apply(&operation.name)
    apply(&operation.kind)
  }

  mutating func apply(_ reference: inout Findings.SpanReference) {
    apply(&reference.trace)
    apply(&reference.span)
  }

  mutating func apply(_ source: inout Findings.Source) {
    apply(&source.name)
    apply(&source.format)
    apply(&source.compression)
    apply(&source.remark)
  }

  mutating func apply(_ verdict: inout Findings.Verdict) {
    apply(&verdict.headline)
    verdict.lines.mapEach { apply(&$0) }
    if var operation = verdict.operation {
      apply(&operation)
      verdict.operation = operation
    }
    verdict.nextSteps.mapEach {
      apply(&$0.sentence)
      apply(&$0.command)
    }
  }

  mutating func apply(_ cause: inout Findings.Cause) {
    apply(&cause.operation)
    apply(&cause.title)
    cause.share = rounded(cause.share)
    cause.evidenceFor.mapEach { apply(&$0) }
    cause.evidenceAgainst.mapEach { apply(&$0) }
  }

  mutating func apply(_ evidence: inout Findings.Evidence) {
    apply(&evidence.sentence)
    evidence.traces.mapEach { apply(&$0) }
  }

  mutating func apply(_ group: inout Findings.ErrorGroup) {
    apply(&group.operation)
    apply(&group.peer)
    apply(&group.type)
    apply(&group.message)
    group.path.mapEach { apply(&$0) }
    group.exemplars.mapEach { apply(&$0) }
    group.logs.mapEach { apply(&$0) }
  }

  mutating func apply(_ group: inout Findings.ExceptionGroup) {
    apply(&group.type)
    apply(&group.template)
    apply(&group.message)
    apply(&group.blame)
    group.services.mapEach { apply(&$0.name) }
    group.versions.mapEach { apply(&$0.name) }
    group.hosts.mapEach { apply(&$0) }
    group.exemplars.mapEach { apply(&$0) }
    group.items.mapEach { apply(&$0) }
    apply(&group.id)
    group.related.mapEach { apply(&$0) }
    group.sources.mapEach { apply(&$0) }
  }

  mutating func apply(_ item: inout TrackedItem) {
    apply(&item.tracker)
    apply(&item.number)
    apply(&item.title)
    apply(&item.status)
    apply(&item.level)
    apply(&item.environment)
  }

  mutating func apply(_ line: inout Findings.LogLine) {
    apply(&line.severity)
    apply(&line.service)
    apply(&line.text)
    if var joinedBy = line.joinedBy {
      apply(&joinedBy)
      line.joinedBy = joinedBy
    }
    if var exception = line.exception {
      apply(&exception.type)
      apply(&exception.message)
      apply(&exception.blame)
      line.exception = exception
    }
    if var span = line.span {
      apply(&span)
      line.span = span
    }
  }

  mutating func apply(_ exemplar: inout Findings.ExemplarTrace) {
    apply(&exemplar.id)
    apply(&exemplar.reason)
    apply(&exemplar.endpoint)
    exemplar.rows.mapEach { row in
      apply(&row.span)
      apply(&row.operation)
      apply(&row.edge)
      apply(&row.errorClass)
      apply(&row.errorText)
      apply(&row.peer)
      row.logs.mapEach { apply(&$0) }
      row.attributes.mapEach { attribute in
        guard isOn, attribute.count >= 2 else { return }
        let key = attribute[0]
        attribute =
          [secrets.masked(key)] + attribute.dropFirst().map { secrets.masked($0, key: key) }
      }
    }
    exemplar.looseLogs.mapEach { apply(&$0) }
  }
}

extension Findings.Share {
  fileprivate mutating func round() {
    low = rounded(low)
    high = rounded(high)
  }
}

extension Array {
  fileprivate mutating func mapEach(_ change: (inout Element) -> Void) {
    for index in indices { change(&self[index]) }
  }
}

private func rounded(_ value: Double) -> Double {
  guard value.isFinite else { return 0 }
  return (value * 1_000_000).rounded() / 1_000_000
}
