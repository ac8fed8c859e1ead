import GuestCustomization

/// What fails more often than chance explains; nothing if nothing does.
struct SuspectList {
    let markup: Markup?

    private static let nameLimit = 200

    /// - Parameter report: `nil` if that was not asked for.
    init(_ report: AttributeReport?, limit: Int) {
        guard let report, report.finished > 0, !report.suspects.isEmpty else {
            markup = AttributeWords.unknown(in: report).map { "<p class=\"quiet\">\($0)</p>" }
            return
        }
        let heads = ["Suspect", "Failed", "Rate", "Others failed", "Rate", "Chance"].map {
            "<th scope=\"col\">\($0)</th>" as Markup
        }
        let shown = report.suspects.prefix(limit)
        let rest = report.suspects.count - shown.count
        let more: Markup? = rest > 0 ? "<p class=\"quiet\">… and \(FigureText.counted(rest, "more suspect"))</p>" : nil
        markup = """
            <section class="card short" aria-labelledby="suspects"><h2 id="suspects">What fails</h2>
            <p class="quiet">\(AttributeWords.explanation(of: report))</p>
            <table class="stacked"><caption class="unseen">Values of attributes whose VMs fail more often than chance explains</caption>
            <thead><tr>\(heads)</tr></thead><tbody>\(shown.map(Self.row))</tbody></table>\(more)</section>
            """
    }

    private static func row(of suspect: Suspect) -> Markup {
        """
        <tr><th scope="row">\(Markup.isolated(AttributeWords.virtualMachines(of: suspect), upTo: nameLimit))</th>\
        \(cells(suspect.here, "Failed"))\(cells(suspect.elsewhere, "Others failed"))\
        <td class="number" data-label="Chance">\(AttributeWords.chance(of: suspect))</td></tr>
        """
    }

    private static func cells(_ counts: FisherExactTest.Counts, _ label: String) -> Markup {
        """
        <td class="number" data-label="\(label)">\(counts.failed) of \(counts.finished)</td>\
        <td class="number" data-label="Rate">\(FigureText.percent(Double(counts.failed) / Double(counts.finished)))</td>
        """
    }
}
