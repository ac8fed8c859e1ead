import GuestCustomization

/// Why customizations failed, each error with a bar for its number of failures.
struct ErrorList {
    let markup: Markup?

    /// Characters; longer messages are folded.
    private static let shownLength = 240
    private static let maximumLength = 20_000

    init(_ errors: [ErrorGroup], limit: Int, _ times: LocalTimeFormat) {
        guard !errors.isEmpty else {
            markup = nil
            return
        }
        let most = errors.map(\.count).max() ?? 1
        var explained: Set<FailureCause?> = []
        let rows = errors.prefix(limit).map { error -> Markup in
            let cause = error.cause
            let explanation = Self.explanation(cause, isRepeated: !explained.insert(cause).inserted)
            return """
                <tr><td class="number" data-label="Failed">\(error.count)<svg class="meter" width="100%" height="6" aria-hidden="true" focusable="false">\
                <rect class="track" width="100%" height="6" rx="3"/><rect class="bad" width="\(percent: Double(error.count) / Double(most))" height="6" rx="3"/></svg></td>\
                <td class="number" data-label="VMs">\(error.virtualMachines)</td>\
                <td class="number" data-label="Latest">\(times.minute(error.last))</td>\
                <td class="message">\(Self.message(of: error))\(explanation)</td></tr>
                """
        }
        let rest = errors.count - rows.count
        markup = """
            <section class="card" aria-labelledby="errors"><h2 id="errors">Errors</h2>
            <table class="stacked errors" role="table"><caption class="unseen">Errors of failed customizations, the most frequent first</caption>
            <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Failed</th><th scope="col" role="columnheader">VMs</th>\
            <th scope="col" role="columnheader">Latest</th><th scope="col" role="columnheader">Error</th></tr></thead>
            <tbody>\(rows)</tbody></table>\(rest > 0 ? "<p class=\"quiet\">… and \(FigureText.counted(rest, "more error"))</p>" as Markup : nil)</section>
            """
    }

    /// The explanation of a cause: folded on a screen, and open on paper at its first occurrence.
    private static func explanation(_ cause: FailureCause?, isRepeated: Bool) -> Markup {
        let checks = (cause?.checks ?? []).map { "<li>\($0)</li>" as Markup }
        let logs = cause.logs.map { "<li><code>\($0.path)</code> \($0.shows)</li>" as Markup }
        return """
            <details class="cause\(isRepeated ? " again" : "")"><summary>Probable cause: \(cause?.explanation ?? "unknown")</summary>\
            \(checks.isEmpty ? nil : "<h3>What to check</h3><ul>\(checks)</ul>" as Markup)\
            \(logs.isEmpty ? nil : "<h3>Logs in the guest</h3><ul>\(logs)</ul>" as Markup)</details>
            """
    }

    private static func message(of error: ErrorGroup) -> Markup {
        let text = error.words
        let id: Markup? = error.message == nil ? nil : error.id.map { "<code>\(Markup.isolated($0, upTo: 200))</code>" }
        guard text.unicodeScalars.count > shownLength else {
            return "\(Markup.isolated(text, upTo: shownLength))\(id)"
        }
        return """
            <details><summary>\(Markup.isolated(text, upTo: shownLength))</summary>\(Markup.isolated(text, upTo: maximumLength))</details>\(id)
            """
    }
}
