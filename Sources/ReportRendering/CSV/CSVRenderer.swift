import GuestCustomization

/// The rows of one breakdown of a report as CSV (RFC 4180): a header line first, lines ending in CR LF, UTF-8 without a byte order
/// mark.
///
/// Times are RFC 3339 in UTC, durations are in seconds, rates are between 0 and 1. A missing figure is an empty cell; so is every figure
/// of a day or vCenter without data. A text is on one line without control characters, truncated to 32,000 characters (spreadsheets
/// accept 32,767 in a cell). A `'` precedes a text that a spreadsheet would run as a formula.
///
/// For errors, `cause` is the cause's name or `unknown`, `probable_cause` is one sentence on it, and `log_files` are the guest's log
/// files, separated by `; `.
package struct CSVRenderer: Sendable {
    /// What each row stands for.
    package var breakdown: ReportBreakdown
    /// Maximum number of rows; `nil`: all.
    package var limit: Int?

    package init(by breakdown: ReportBreakdown = .vm, limit: Int? = nil) {
        self.breakdown = breakdown
        self.limit = limit
    }

    /// The whole text, ending with a line break.
    package func render(_ report: Report) -> String {
        var csv = CSVWriter()
        let limit = limit ?? .max
        switch breakdown {
        case .vm: Self.write(report.listedVirtualMachines.prefix(limit), to: &csv)
        case .error: Self.write(report.listedErrors.prefix(limit), to: &csv)
        case .cause: Self.write(report.listedCauses.prefix(limit), to: &csv)
        case .day: Self.write(report.days.newest(limit), to: &csv)
        case .vCenter: Self.write(report.vCenters.prefix(limit), to: &csv)
        case .guestOS, .host, .cluster, .folder, .datacenter, .template, .tools, .suspect:
            Self.write(report.attributes, limit, to: &csv)
        }
        return csv.text
    }

    private static func write(_ virtualMachines: some Sequence<VirtualMachineReport>, to csv: inout CSVWriter) {
        csv.header(
            ["vcenter", "vm", "name", "condition", "is_listed"] + figures + [
                "stuck_since", "latest_status", "error_id", "error_message", "failed_at", "recovered_at",
            ])
        for vm in virtualMachines {
            let error = vm.matchedError ?? vm.latestError
            csv.row(
                [
                    .text(vm.vCenter), .text(vm.vm), .text(vm.name), .text(vm.condition.word),
                    .text(vm.isListed ? "true" : "false"),
                ]
                    + cells(of: vm.figures) + [
                        .time(vm.stuckSince), .text(vm.latestStatus.rawValue), .text(error?.id),
                        .text(error?.message), .time(error?.failedAt), .time(error?.recoveredAt),
                    ])
        }
    }

    private static func write(_ errors: some Sequence<ErrorGroup>, to csv: inout CSVWriter) {
        csv.header([
            "error_id", "error_message", "failed", "virtual_machines", "first", "last", "cause", "probable_cause",
            "log_files",
        ])
        for group in errors {
            let cause = group.cause
            csv.row([
                .text(group.id), .text(group.message), .number(group.count), .number(group.virtualMachines),
                .time(group.first), .time(group.last), .text(cause?.name ?? FailureCause.unknownName),
                .text(cause?.explanation),
                .text(cause.logs.map(\.path).joined(separator: "; ")),
            ])
        }
    }

    private static func write(_ causes: some Sequence<CauseGroup>, to csv: inout CSVWriter) {
        csv.header([
            "cause", "probable_cause", "failed", "virtual_machines", "errors", "first", "last", "log_files",
        ])
        for group in causes {
            csv.row([
                .text(group.cause?.name ?? FailureCause.unknownName), .text(group.cause?.explanation),
                .number(group.count),
                .number(group.virtualMachines), .number(group.errors.count), .time(group.first),
                .time(group.last), .text(group.cause.logs.map(\.path).joined(separator: "; ")),
            ])
        }
    }

    private static func write(_ days: some Sequence<DayReport>, to csv: inout CSVWriter) {
        csv.header(["day", "since", "until", "good_runs"] + figures)
        for day in days {
            csv.row(
                [.text(day.date), .time(day.since), .time(day.until), .number(day.goodRuns)]
                    + (day.isWithoutData ? figures.map { _ in .text(nil) } : cells(of: day.figures)))
        }
    }

    private static func write(_ vCenters: some Sequence<VCenterReport>, to csv: inout CSVWriter) {
        csv.header(["vcenter", "virtual_machines", "good_runs"] + figures)
        for vCenter in vCenters {
            csv.row(
                [.text(vCenter.name), .number(vCenter.virtualMachines), .number(vCenter.goodRuns)]
                    + (vCenter.isWithoutData
                        ? figures.map { _ in .text(nil) } : cells(of: vCenter.figures)))
        }
    }

    static let figures = [
        "customizations", "succeeded", "failed", "running", "pending", "stuck", "lost", "other", "failure_rate",
        "failure_rate_lower", "failure_rate_upper", "clock_faults", "duration_count", "duration_min_seconds",
        "duration_mean_seconds", "duration_p50_seconds", "duration_p90_seconds", "duration_p95_seconds",
        "duration_p99_seconds", "duration_max_seconds",
    ]

    static func cells(of figures: CustomizationFigures) -> [CSVWriter.Cell] {
        let interval = figures.failureRateInterval
        let durations = figures.durations
        return [
            .number(figures.customizations), .number(figures.succeeded), .number(figures.failed),
            .number(figures.running), .number(figures.pending), .number(figures.stuck), .number(figures.lost),
            .number(figures.other), .fraction(figures.failureRate), .fraction(interval?.lower),
            .fraction(interval?.upper), .number(figures.clockFaults), .number(durations?.count ?? 0),
            .fraction(durations?.minimum), .fraction(durations?.mean), .fraction(durations?.p50),
            .fraction(durations?.p90), .fraction(durations?.p95), .fraction(durations?.p99),
            .fraction(durations?.maximum),
        ]
    }
}

/// Writes lines of cells as in RFC 4180.
struct CSVWriter {
    enum Cell {
        case text(String?)
        case number(Int)
        /// Rounded to millionths.
        case fraction(Double?)
        case time(Timestamp?)
        /// A notation that is not a text of somebody else's, as it is.
        case exact(String)

        var content: String {
            switch self {
            case .text(let text): text.map { CSVWriter.harmless($0.visible(upTo: 32_000)) } ?? ""
            case .number(let number): String(number)
            case .fraction(let fraction): fraction.map { ExactNumber.text($0.toMillionths) } ?? ""
            case .time(let time): time?.rfc3339 ?? ""
            case .exact(let text): text
            }
        }
    }

    private(set) var text = ""

    /// What was written since the last call.
    mutating func take() -> String {
        defer { text = "" }
        return text
    }

    mutating func header(_ names: [String]) {
        row(names.map { .text($0) })
    }

    mutating func row(_ cells: [Cell]) {
        text += cells.map { Self.quoted($0.content) }.joined(separator: ",") + "\r\n"
    }

    private static func quoted(_ content: String) -> String {
        // By bytes: a quote with a combining mark is one character that is not a quote.
        guard content.utf8.contains(where: { "\",\r\n".utf8.contains($0) }) else { return content }
        return "\"" + content.replacingScalars { $0 == "\"" ? "\"\"" : nil } + "\""
    }

    /// Spreadsheets run a text that begins with one of these as a formula, some even after spaces; Chinese and Japanese versions
    /// also accept the full-width forms. Source: OWASP, "CSV Injection".
    private static func harmless(_ text: String) -> String {
        guard let first = text.unicodeScalars.first(where: { $0 != " " }), "=+-@\t\r＝＋－＠".unicodeScalars.contains(first)
        else { return text }
        return "'" + text
    }
}

extension String {
    /// With some scalars replaced.
    func replacingScalars(_ replacement: (Unicode.Scalar) -> String?) -> String {
        var replaced = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if let other = replacement(scalar) {
                replaced.append(contentsOf: other.unicodeScalars)
            } else {
                replaced.append(scalar)
            }
        }
        return String(replaced)
    }
}
