import GuestCustomization
import TestSupport
import Testing

@Suite struct AttributeHistoryTests {
    /// What a VM was, by the definition: of the changes at or before the instant the one of the latest run, else the first one.
    private static func reference(_ changes: [(run: Int, since: Int64, host: String?)], at instant: Int64) -> String? {
        let past = changes.filter { $0.since <= instant }
        let chosen = past.isEmpty ? changes.min { $0.run < $1.run } : past.max { $0.run < $1.run }
        return chosen?.host
    }

    @Test func `a VM is what the definition says, whatever the clocks said`() throws {
        let seed = UInt64.random(in: 0..<UInt64(UInt32.max))
        var random = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            var history = AttributeHistory()
            var all: [VirtualMachineRow: [(run: Int, since: Int64, host: String?)]] = [:]
            for vm in (1...5).map({ VirtualMachineRow(rawValue: $0) }) {
                for run in 0..<Int.random(in: 0...6, using: &random) {
                    let since = Int64.random(in: 0...20, using: &random)
                    let host = Bool.random(using: &random) ? "esx-\(Int.random(in: 0...3, using: &random))" : nil
                    all[vm, default: []].append((run, since, host))
                    var values = AttributeValues()
                    values[.host] = host.map { history.number(of: $0) }
                    history.add(values, of: vm, since: Timestamp(unixMilliseconds: since))
                }
            }
            for vm in (1...6).map({ VirtualMachineRow(rawValue: $0) }) {
                for instant in Int64(-1)...21 {
                    let values = history.values(of: vm, at: Timestamp(unixMilliseconds: instant))
                    let found = values[.host].map(history.text)
                    try #require(found == Self.reference(all[vm] ?? [], at: instant), "seed \(seed)")
                }
            }
        }
    }

    @Test func `what is known of a customization itself prevails, and only that`() {
        var history = AttributeHistory()
        let vm = VirtualMachineRow(rawValue: 1)
        var known = AttributeValues()
        known[.host] = history.number(of: "esx-1")
        known[.cluster] = history.number(of: "a")
        known[.guestOS] = history.number(of: "Debian")
        history.add(known, of: vm, since: Timestamp(unixMilliseconds: 0))
        history.add(template: history.number(of: "golden"), of: vm)
        let instant = Timestamp(unixMilliseconds: 5)
        history.add(CustomizationPlace(host: "esx-2", cluster: "b", datacenter: "east"), of: vm, at: instant)
        func texts(at instant: Timestamp) -> [String?] {
            let values = history.values(of: vm, at: instant)
            return VirtualMachineAttribute.allCases.map { values[$0].map(history.text) }
        }
        #expect(texts(at: instant) == ["Debian", "esx-2", "b", nil, "east", "golden", nil])
        #expect(texts(at: Timestamp(unixMilliseconds: 6)) == ["Debian", "esx-1", "a", nil, nil, "golden", nil])
    }

    @Test func `a VM of which nothing is recorded is unknown`() {
        let history = AttributeHistory()
        #expect(history.isEmpty)
        #expect(history.values(of: nil, at: Timestamp(unixMilliseconds: 0)) == AttributeValues())
        #expect(
            history.values(of: VirtualMachineRow(rawValue: 1), at: Timestamp(unixMilliseconds: 0)) == AttributeValues())
    }
}
