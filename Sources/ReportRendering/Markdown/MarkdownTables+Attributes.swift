import GuestCustomization

extension MarkdownTables {
    /// What customized VMs are: the values of one attribute, or the suspects.
    func attributes(_ report: AttributeReport) -> [String] {
        guard let attribute = report.attribute else { return ["### Suspects", suspects(of: report)] }
        let title = AttributeWords.title(of: attribute)
        let columns: [TableColumn<AttributeValueReport>] =
            [Self.name(title) { AttributeWords.value($0.value, of: attribute) }]
            + Self.figures(AttributeValueReport.self) { .init(figures: $0.figures) }
        return report.values.isEmpty ? [] : ["### \(title)", table(columns, report.values, "more value")]
    }

    private func suspects(of report: AttributeReport) -> String {
        guard !report.suspects.isEmpty else { return MarkdownText.escaped(AttributeWords.nothing(of: report)) }
        let columns: [TableColumn<Suspect>] = [
            TableColumn("Chance", .right) { TableCell(AttributeWords.chance(of: $0)) },
            Self.name("Suspect") { AttributeWords.sentence(about: $0) },
        ]
        return table(columns, report.suspects, "more suspect") + "\n\n"
            + MarkdownText.escaped(AttributeWords.explanation(of: report))
    }
}
